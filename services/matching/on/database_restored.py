"""The database was restored and has forgotten own events: what they told is applied again.

Only facts are written, in the order in which they happened, and no new event. What the others
published meanwhile is consumed again afterwards, and holds, withdrawals and revocations win then
as they always do.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from services.matching.actions.ask_next_coach import OfferContext
from services.matching.rules.pausing import PAUSE_GRACE
from services.matching.rules.states import OfferState, SearchState
from services.matching.rules.waitlist import bonus
from services.matching.store import coaches, offers, restored, searches, staff
from services.matching.timers import (
    FirstContactDue,
    OfferDeadlinePassed,
    PauseReviewDue,
    WaitlistReviewDue,
)
from shared import events, task_store
from shared.events import Event
from shared.messaging.recovery import Inputs, Reapply
from shared.offer_link import offer_code
from shared.tasks import Task
from shared.transaction import Transaction

LOOK_AGAIN_AFTER = timedelta(minutes=1)
"""When a search without an offer is looked at, unless a later event says how it went on."""

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
        events.CoachAssigned: _coach_assigned,
        **dict.fromkeys(STATES, _offer_ended),
        events.ReferralWaitlisted: _referral_waitlisted,
        events.ContactLogged: _contact_logged,
        events.AssignmentEnded: _assignment_ended,
        events.SearchGivenUp: _search_given_up,
        events.AssignmentPaused: _assignment_paused,
        events.AssignmentResumed: _assignment_resumed,
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
    if not await _search_stands(tx, event.referral_id, SearchState.OFFERED, event.answer_by, at):
        return "search_closed"
    code = offer_code(link_key, event.offer_id, event.coach_id)
    await restored.offer(tx.connection, event, code=code, at=at)
    tx.cancel(WaitlistReviewDue, str(event.referral_id))
    deadline = OfferDeadlinePassed(offer_id=event.offer_id, referral_id=event.referral_id)
    tx.schedule(event.answer_by, deadline)
    return None


async def _coach_assigned(
    tx: Transaction, event: events.CoachAssigned, at: datetime, _: Inputs
) -> str | None:
    """The yes: `offer.accepted` comes with it and tells nothing more."""
    before = [OfferState.OPEN.value, OfferState.ACCEPTED.value]
    accepted = await restored.settled(
        tx.connection, event.offer_id, OfferState.ACCEPTED.value, before=before, reason=None, at=at
    )
    if not accepted:
        return None if await restored.is_known(tx.connection, event.offer_id) else "offer_missing"
    await offers.promise_first_contact(tx.connection, event.offer_id, until=event.first_contact_by)
    tx.cancel(OfferDeadlinePassed, str(event.offer_id))
    due = FirstContactDue(offer_id=event.offer_id, referral_id=event.referral_id)
    tx.schedule(event.first_contact_by, due)
    stands = await _search_stands(
        tx, event.referral_id, SearchState.ASSIGNED, event.first_contact_by, at
    )
    return None if stands else "search_closed"


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
    if not isinstance(event, events.OfferWithdrawn):
        await searches.count_lapse(tx.connection, event.referral_id)
    await _waits(tx, event.referral_id, tx.now + LOOK_AGAIN_AFTER, at)
    return None


async def _referral_waitlisted(
    tx: Transaction, event: events.ReferralWaitlisted, at: datetime, inputs: Inputs
) -> str | None:
    if not await _has_search(tx, event.referral_id, at, inputs):
        return "search_missing"
    await _waits(tx, event.referral_id, event.review_at, at)
    return None


async def _contact_logged(
    tx: Transaction, event: events.ContactLogged, at: datetime, _: Inputs
) -> str | None:
    if not await restored.is_known(tx.connection, event.offer_id):
        return "offer_missing"
    channel, outcome = event.channel.value, event.outcome.value
    just_before = at - timedelta(seconds=1)
    if not await offers.contact_was_logged(
        tx.connection, event.offer_id, channel=channel, outcome=outcome, since=just_before
    ):
        await offers.log_contact(
            tx.connection,
            event.offer_id,
            contact_id=tx.new_id(),
            at=at,
            channel=channel,
            outcome=outcome,
        )
    tx.cancel(FirstContactDue, str(event.offer_id))
    return None


async def _assignment_ended(
    tx: Transaction, event: events.AssignmentEnded, at: datetime, _: Inputs
) -> str | None:
    before = [OfferState.ACCEPTED.value, OfferState.HANDING_OVER.value]
    ended = await restored.settled(
        tx.connection,
        event.offer_id,
        OfferState.ENDED.value,
        before=before,
        reason=event.outcome,
        at=at,
    )
    if not ended:
        return None if await restored.is_known(tx.connection, event.offer_id) else "offer_missing"
    if event.outcome == events.REMATCHING:
        await _waits(tx, event.referral_id, tx.now + LOOK_AGAIN_AFTER, at)
        search = await searches.find(tx.connection, event.referral_id)
        if search is not None:
            await coaches.keep_apart(tx.connection, event.coach_id, search.need.person_id)
        return None
    await _search_stands(tx, event.referral_id, SearchState.CLOSED, None, at)
    return None


async def _assignment_paused(
    tx: Transaction, event: events.AssignmentPaused, _: datetime, __: Inputs
) -> str | None:
    offer = await offers.live_of(tx.connection, event.referral_id)
    if offer is None:
        return None
    await offers.set_pause(tx.connection, offer.offer_id, until=event.until)
    tx.cancel(FirstContactDue, str(offer.offer_id))
    review = PauseReviewDue(offer_id=offer.offer_id, referral_id=event.referral_id)
    tx.schedule(event.until + PAUSE_GRACE, review)
    return None


async def _assignment_resumed(
    tx: Transaction, event: events.AssignmentResumed, _: datetime, __: Inputs
) -> str | None:
    offer = await offers.live_of(tx.connection, event.referral_id)
    if offer is not None:
        await offers.set_pause(tx.connection, offer.offer_id, until=None)
        tx.cancel(PauseReviewDue, str(offer.offer_id))
    return None


async def _search_given_up(
    tx: Transaction, event: events.SearchGivenUp, at: datetime, inputs: Inputs
) -> str | None:
    if not await _has_search(tx, event.referral_id, at, inputs):
        return "search_missing"
    await _search_stands(tx, event.referral_id, SearchState.CLOSED, None, at)
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


async def _waits(tx: Transaction, referral_id: UUID, review_at: datetime, at: datetime) -> None:
    if await _search_stands(tx, referral_id, SearchState.WAITLISTED, review_at, at):
        tx.schedule(review_at, WaitlistReviewDue(referral_id=referral_id))


async def _search_stands(
    tx: Transaction,
    referral_id: UUID,
    state: SearchState,
    next_action_at: datetime | None,
    at: datetime,
) -> bool:
    return await restored.search_stands(
        tx.connection, referral_id, state.value, next_action_at=next_action_at, at=at
    )


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
    return None
