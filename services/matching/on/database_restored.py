"""The database was restored and has forgotten own events: what they told is applied again.

Only facts are written, in the order in which they happened, and no new event. What the others
published meanwhile is consumed again afterwards, and holds, withdrawals and revocations win then
as they always do.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from services.matching.actions.ask_next_coach import OfferContext
from services.matching.actions.restore_search import (
    LOOK_AGAIN_AFTER,
    search_stands,
    waits_again,
)
from services.matching.on.support_restored import (
    assignment_ended,
    assignment_paused,
    assignment_resumed,
    coach_assigned,
    contact_logged,
    decided_again,
)
from services.matching.rules.states import OfferState, SearchState
from services.matching.rules.waitlist import bonus
from services.matching.store import coaches, offers, restored, searches, staff
from services.matching.timers import OfferDeadlinePassed, PlaceFreed, WaitlistReviewDue
from shared import events, task_store
from shared.events import Event
from shared.messaging.recovery import Inputs, Reapply
from shared.offer_link import offer_code
from shared.tasks import Task
from shared.transaction import Transaction

WITHOUT_STATE: tuple[type[Event], ...] = (
    events.OfferAccepted,
    events.ReferralEscalated,
    events.StaffContactRecorded,
    events.StaffSignInRequested,
    events.CoachSignInRequested,
)
"""Own events that tell nothing which another one does not tell, or a link that has run out."""

EndedOffer = events.OfferDeclined | events.OfferExpired | events.OfferWithdrawn
STATES: Mapping[type[EndedOffer], OfferState] = {
    events.OfferDeclined: OfferState.DECLINED,
    events.OfferExpired: OfferState.EXPIRED,
    events.OfferWithdrawn: OfferState.WITHDRAWN,
}


def reapply(context: OfferContext) -> dict[type[Event], Reapply]:
    """Event type → function, for the events that matching owns."""
    return {
        events.OfferMade: partial(_offer_made, link_key=context.link_key),
        events.CoachAssigned: coach_assigned,
        **dict.fromkeys(STATES, _offer_ended),
        events.ReferralWaitlisted: _referral_waitlisted,
        events.ContactLogged: contact_logged,
        events.AssignmentEnded: assignment_ended,
        events.SearchGivenUp: _search_given_up,
        events.AssignmentPaused: assignment_paused,
        events.AssignmentResumed: assignment_resumed,
        events.CoachContactRecorded: _coach_contact_recorded,
        events.StaffAccessGranted: _staff_access_granted,
        events.StaffAccessEnded: _staff_access_ended,
        events.StaffSessionEnded: _staff_session_ended,
        events.AssignmentTaskOpened: _task_opened,
        events.AssignmentTaskClosed: _task_closed,
    }


async def _offer_made(
    tx: Transaction, event: events.OfferMade, at: datetime, inputs: Inputs, *, link_key: bytes
) -> str | None:
    if await restored.is_known(tx.connection, event.offer_id):
        return None
    if not await _has_search(tx, event.referral_id, at, inputs):
        return "search_missing"
    if await offers.live_of(tx.connection, event.referral_id) is not None:
        return "another_offer_is_live"
    if not await search_stands(tx, event.referral_id, SearchState.OFFERED, event.answer_by, at):
        return "search_closed"
    code = offer_code(link_key, event.offer_id, event.coach_id)
    await restored.offer(tx.connection, event, code=code, at=at)
    tx.cancel(WaitlistReviewDue, str(event.referral_id))
    deadline = OfferDeadlinePassed(offer_id=event.offer_id, referral_id=event.referral_id)
    tx.schedule(event.answer_by, deadline)
    return None


async def _offer_ended(tx: Transaction, event: EndedOffer, at: datetime, _: Inputs) -> str | None:
    """The offer came to nothing; the search goes on, unless a later event says how."""
    over = await restored.settled(
        tx.connection,
        event.offer_id,
        STATES[type(event)].value,
        before=[OfferState.OPEN.value],
        reason=None if isinstance(event, events.OfferExpired) else event.reason,
        at=at,
    )
    if not over:
        return None if await restored.is_known(tx.connection, event.offer_id) else "offer_missing"
    tx.cancel(OfferDeadlinePassed, str(event.offer_id))
    tx.schedule(tx.now, PlaceFreed(coach_id=event.coach_id))
    if not isinstance(event, events.OfferWithdrawn):
        await searches.count_lapse(tx.connection, event.referral_id)
    await waits_again(tx, event.referral_id, tx.now + LOOK_AGAIN_AFTER, at)
    return None


async def _referral_waitlisted(
    tx: Transaction, event: events.ReferralWaitlisted, at: datetime, inputs: Inputs
) -> str | None:
    if not await _has_search(tx, event.referral_id, at, inputs):
        return "search_missing"
    await waits_again(tx, event.referral_id, event.review_at, at)
    return None


async def _search_given_up(
    tx: Transaction, event: events.SearchGivenUp, at: datetime, inputs: Inputs
) -> str | None:
    if not await _has_search(tx, event.referral_id, at, inputs):
        return "search_missing"
    await search_stands(tx, event.referral_id, SearchState.CLOSED, None, at)
    return None


async def _coach_contact_recorded(
    tx: Transaction, event: events.CoachContactRecorded, _: datetime, __: Inputs
) -> str | None:
    """What a coach offers is on no topic, so a coach who is missing has to be recorded again."""
    known = await coaches.settings_of(tx.connection, event.coach_id)
    return "coach_missing" if known is None else None


async def _staff_access_granted(
    tx: Transaction, event: events.StaffAccessGranted, _: datetime, __: Inputs
) -> str | None:
    """Addresses of staff are on no topic in clear: who is missing has to be added again."""
    member = await staff.by_id(tx.connection, event.staff_id)
    if member is None:
        return "staff_missing"
    await staff.roles_stand(tx.connection, event.staff_id, event.roles, event.access_version)
    return None


async def _staff_access_ended(
    tx: Transaction, event: events.StaffAccessEnded, at: datetime, _: Inputs
) -> str | None:
    await staff.end_access(tx.connection, event.staff_id, at=at)
    return None


async def _staff_session_ended(
    tx: Transaction, event: events.StaffSessionEnded, at: datetime, _: Inputs
) -> str | None:
    await staff.end_session(tx.connection, event.session_id, event.staff_id, at=at)
    return None


async def _has_search(tx: Transaction, referral_id: UUID, at: datetime, inputs: Inputs) -> bool:
    """Whether the search is there; one that is missing begins with its input."""
    if await searches.find(tx.connection, referral_id) is not None:
        return True
    accepted = await inputs.take(tx, referral_id, events.ReferralAccepted)
    if accepted is None:
        return False
    await restored.search(tx.connection, accepted, at=at, bonus=bonus(accepted.urgency))
    return True


async def _task_opened(
    tx: Transaction, event: events.AssignmentTaskOpened, _: datetime, __: Inputs
) -> str | None:
    task = Task(
        event.task_id, event.kind, event.subject_id, event.reason, event.opened_at, event.due_at
    )
    await task_store.open_one(tx.connection, "matching", task)
    return None


async def _task_closed(
    tx: Transaction, event: events.AssignmentTaskClosed, at: datetime, _: Inputs
) -> str | None:
    await task_store.close_one(tx.connection, event.task_id, event.outcome, at=at, by=tx.actor)
    await decided_again(tx, event.task_id, at)
    return None
