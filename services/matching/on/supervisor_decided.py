"""A supervisor decides how a search goes on that waits for one."""

from datetime import timedelta
from uuid import UUID

from services.matching.actions.ask_next_coach import OfferContext, ask_next_coach
from services.matching.actions.end_assignment import end_assignment
from services.matching.actions.human_tasks import close_tasks
from services.matching.actions.pauses import pause, resume
from services.matching.rules.states import OfferTrigger, Overruled, SearchState, SearchTrigger
from services.matching.rules.supervision import DECISIONS, Decision, fits, refused_as
from services.matching.store import offers, searches
from services.matching.store.searches import Search
from services.matching.timers import FirstContactDue
from shared import task_store
from shared.events import UNABLE_TO_CONTACT, PauseReason, SearchGivenUp
from shared.task_store import Listed
from shared.tasks import Outcome, TaskKind
from shared.transaction import Transaction

ONE_MORE_DAY, TWO_WEEKS = timedelta(days=1), timedelta(days=14)


class MovedOnError(Exception):
    """What was decided about is not so any more."""


class HeldError(Exception):
    """Nothing is decided about a referral that is held: a named human releases it first."""


async def supervisor_decided(
    tx: Transaction, task_id: UUID, decision: Decision, why: str, context: OfferContext
) -> None:
    """Do what was decided, close the task, and keep `why` in the audit log.

    Raises MovedOnError when the task is closed or the search stands elsewhere by now, and
    HeldError while it is held.
    """
    task = await task_store.find(tx.connection, task_id)
    search = await searches.locked(tx.connection, task.subject_id) if task else None
    if task is None or search is None or not await _is_open(tx, task):
        raise MovedOnError
    if search.state is SearchState.HELD:
        raise HeldError
    if decision not in DECISIONS.get(task.kind, ()) or not fits(decision, search.state):
        raise MovedOnError
    tx.audit("search.decided", "referral", search.referral_id, decision=decision.value, why=why)
    await close_tasks(tx, search.referral_id, Outcome.SUPERVISOR_DECIDED, [task.kind])
    await _do(tx, decision, search, task.kind, context)


async def _do(
    tx: Transaction, decision: Decision, search: Search, kind: TaskKind, context: OfferContext
) -> None:
    match decision:
        case Decision.ASK_ON | Decision.ASK_ALL_AGAIN:
            await _ask_on(tx, search, context, all_again=decision is Decision.ASK_ALL_AGAIN)
        case Decision.NO_COACH:
            await _no_coach(tx, search, kind)
        case Decision.MORE_TIME:
            await _more_time(tx, search)
        case Decision.GIVE_UP:
            await _give_up(tx, search)
        case Decision.RESUME | Decision.PAUSE_ON:
            await _after_pause(tx, search, goes_on=decision is Decision.RESUME)
        case Decision.TRY_ON:
            pass  # the task is closed, and that is all


async def _is_open(tx: Transaction, task: Listed) -> bool:
    """Asked again with the search locked: two may press at once."""
    now = await task_store.find(tx.connection, task.task_id)
    return now is not None and now.closed_at is None


async def _ask_on(
    tx: Transaction, search: Search, context: OfferContext, *, all_again: bool
) -> None:
    again = await searches.ask_on(tx.connection, search, all_again=all_again, at=tx.now)
    moved = await searches.move(
        tx.connection, again, SearchTrigger.REVIEW_IS_DUE, next_action_at=tx.now, at=tx.now
    )
    if not isinstance(moved, Overruled):
        await ask_next_coach(tx, moved, context)


async def _no_coach(tx: Transaction, search: Search, kind: TaskKind) -> None:
    rejects = SearchTrigger.SUPERVISOR_REJECTS
    await searches.move(tx.connection, search, rejects, next_action_at=None, at=tx.now)
    tx.cancel_all(search.referral_id)
    await close_tasks(tx, search.referral_id, Outcome.REFERRAL_OVER)
    tx.emit(SearchGivenUp(referral_id=search.referral_id, reason=refused_as(kind)))


async def _more_time(tx: Transaction, search: Search) -> None:
    """The clinic was promised a first contact by then; the promise to the person stands."""
    offer = await offers.live_of(tx.connection, search.referral_id)
    if offer is None:
        raise MovedOnError
    due = FirstContactDue(offer_id=offer.offer_id, referral_id=search.referral_id)
    tx.schedule(tx.now + ONE_MORE_DAY, due)


async def _after_pause(tx: Transaction, search: Search, *, goes_on: bool) -> None:
    offer = await offers.live_of(tx.connection, search.referral_id)
    if offer is None or offer.paused_until is None:
        raise MovedOnError
    if goes_on:
        await resume(tx, offer)
    else:
        await pause(tx, offer, PauseReason.OTHER, tx.now + TWO_WEEKS)


async def _give_up(tx: Transaction, search: Search) -> None:
    offer = await offers.live_of(tx.connection, search.referral_id)
    if offer is None:
        raise MovedOnError
    gives_up = SearchTrigger.CONTACT_IS_GIVEN_UP
    await searches.move(tx.connection, search, gives_up, next_action_at=None, at=tx.now)
    tx.cancel_all(search.referral_id)
    await end_assignment(tx, offer, OfferTrigger.CONTACT_IS_GIVEN_UP, UNABLE_TO_CONTACT)
    await close_tasks(tx, search.referral_id, Outcome.REFERRAL_OVER)
