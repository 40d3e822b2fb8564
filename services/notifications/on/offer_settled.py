"""An offer is made or settled."""

from services.notifications.actions.plan_messages import (
    Occasion,
    about,
    messages_on,
    plan_messages,
    plan_together,
)
from services.notifications.rules.steps import Cause
from services.notifications.store import referrals
from services.notifications.store.planned import NewMessage
from shared.events import (
    CLINICS_TURN,
    NEWS_WAITS,
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    OfferMade,
    OfferWithdrawn,
    RecipientKind,
    ReferralWaitlisted,
)
from shared.transaction import Batch, Transaction

NOT_LOOKED_YET = (CLINICS_TURN, NEWS_WAITS)

Settled = OfferAccepted | OfferDeclined | OfferExpired | OfferWithdrawn


async def offers_made(tx: Transaction, batch: Batch[OfferMade]) -> None:
    """Ask each coach, and remind at half time."""
    planned: list[NewMessage] = []
    for event in tx.each(batch):
        await referrals.offer_made(
            tx.connection, event.offer_id, event.referral_id, event.coach_id, event.answer_by
        )
        asked = Occasion(
            cause=Cause.OFFER_MADE,
            subject_id=event.referral_id,
            recipients={RecipientKind.COACH: event.coach_id},
            occasion_id=event.offer_id,
            referral_id=event.referral_id,
            episode=event.episode,
            offer_id=event.offer_id,
            remind_at=event.remind_at,
        )
        planned += messages_on(tx, asked)
    await plan_together(tx, planned)


async def offer_settled(tx: Transaction, event: Settled) -> None:
    """Nothing more is asked; who answered by text, or let the time pass, is thanked."""
    answered = await referrals.offer_settled(tx.connection, event.offer_id)
    cause = _thanks(event, by_text=answered.by_text)
    if cause is None:
        return
    await plan_messages(
        tx,
        Occasion(
            cause=cause,
            subject_id=event.referral_id,
            recipients={RecipientKind.COACH: event.coach_id},
            occasion_id=event.offer_id,
            referral_id=event.referral_id,
            offer_id=event.offer_id,
            language=answered.language,
        ),
    )


def _thanks(event: Settled, *, by_text: bool) -> Cause | None:
    match event:
        case OfferExpired():
            return Cause.OFFER_EXPIRED
        case OfferAccepted() if by_text:
            return Cause.OFFER_REPLY_ACCEPTED
        case OfferDeclined() if by_text:
            return Cause.OFFER_REPLY_PASSED
        case _:
            return None


async def referral_waitlisted(tx: Transaction, event: ReferralWaitlisted) -> None:
    """Nobody who fits has room now: the clinic is told.

    It is not where coaches were not looked for yet: the page says that it waits for its turn.
    """
    if event.reason in NOT_LOOKED_YET:
        return
    known = await referrals.find(tx.connection, event.referral_id)
    if known is not None:
        await plan_messages(tx, about(known, Cause.REFERRAL_WAITLISTED, occasion_id=tx.new_id()))
