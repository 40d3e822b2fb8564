"""Support that a restored database has forgotten: what own events told of it is applied again."""

from datetime import datetime, timedelta
from uuid import UUID

from services.matching.actions.restore_search import (
    LOOK_AGAIN_AFTER,
    search_stands,
    waits_again,
)
from services.matching.on.supervisor_decided import ONE_MORE_DAY
from services.matching.rules.pausing import PAUSE_GRACE
from services.matching.rules.states import OfferState, SearchState
from services.matching.store import coaches, offers, restored, searches
from services.matching.store.offers import Offer
from services.matching.timers import (
    FirstContactDue,
    OfferDeadlinePassed,
    PauseReviewDue,
    PlaceFreed,
)
from shared import events, task_store
from shared.messaging.recovery import Inputs
from shared.tasks import Outcome, TaskKind
from shared.transaction import Transaction


async def coach_assigned(
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
    stands = await search_stands(
        tx, event.referral_id, SearchState.ASSIGNED, event.first_contact_by, at
    )
    return None if stands else "search_closed"


async def contact_logged(
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


async def assignment_ended(
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
    tx.schedule(tx.now, PlaceFreed(coach_id=event.coach_id))
    if event.outcome in (events.REMATCHING, events.COACH_LEFT):
        await _coach_changed(tx, event, at)
        return None
    await search_stands(tx, event.referral_id, SearchState.CLOSED, None, at)
    return None


async def _coach_changed(tx: Transaction, event: events.AssignmentEnded, at: datetime) -> None:
    """Another coach is sought, unless a hold or the clinic's wish to end it lies over that.

    What was said of those meanwhile is read again: a release then leads to the search.
    """
    search = await searches.locked(tx.connection, event.referral_id)
    if search is None:
        return
    if event.outcome == events.REMATCHING:
        await coaches.keep_apart(tx.connection, event.coach_id, search.need.person_id)
    if search.end_requested:
        return
    if search.state is SearchState.HELD:
        await searches.rematch_after_hold(tx.connection, event.referral_id)
        return
    await waits_again(tx, event.referral_id, tx.now + LOOK_AGAIN_AFTER, at)


async def assignment_paused(
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


async def assignment_resumed(
    tx: Transaction, event: events.AssignmentResumed, _: datetime, __: Inputs
) -> str | None:
    offer = await offers.live_of(tx.connection, event.referral_id)
    if offer is not None:
        await offers.set_pause(tx.connection, offer.offer_id, until=None)
        tx.cancel(PauseReviewDue, str(offer.offer_id))
        await _promise_contact(tx, offer, event.first_contact_by)
    return None


async def _promise_contact(tx: Transaction, offer: Offer, until: datetime | None) -> None:
    if until is not None:
        await offers.promise_first_contact(tx.connection, offer.offer_id, until=until)
        due = FirstContactDue(offer_id=offer.offer_id, referral_id=offer.referral_id)
        tx.schedule(until, due)


async def decided_again(tx: Transaction, task_id: UUID, at: datetime) -> None:
    """A supervisor gave the coach one more day: without a contact they are asked again."""
    task = await task_store.find(tx.connection, task_id)
    if task is None or task.kind is not TaskKind.FIRST_CONTACT_OVERDUE:
        return
    offer = await offers.live_of(tx.connection, task.subject_id)
    if task.outcome is Outcome.SUPERVISOR_DECIDED and offer is not None:
        due = FirstContactDue(offer_id=offer.offer_id, referral_id=task.subject_id)
        tx.schedule(at + ONE_MORE_DAY, due)
