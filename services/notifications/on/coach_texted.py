"""A coach's text, once it is read: 1 accepts, 2 passes, STOP ends texts."""

from collections.abc import Sequence
from uuid import UUID

from services.notifications.actions.plan_messages import Occasion, plan_messages
from services.notifications.rules.inbound import Reading
from services.notifications.rules.replies import OfferAnswer, WhichOffer
from services.notifications.rules.steps import Cause
from services.notifications.store import contacts, referrals
from shared.db import Row
from shared.events import CoachReplied, RecipientKind
from shared.transaction import Transaction


async def coach_texted(
    tx: Transaction, coach_id: UUID, phone_hash: bytes, reading: Reading, occasion_id: UUID
) -> None:
    """Do what the text means. Matching judges an answer; its event brings the reply."""
    for cause in await _do(tx, coach_id, phone_hash, reading):
        await plan_messages(
            tx,
            Occasion(
                cause=cause,
                subject_id=coach_id,
                recipients={RecipientKind.COACH: coach_id},
                occasion_id=occasion_id,
            ),
        )


async def _do(
    tx: Transaction, coach_id: UUID, phone_hash: bytes, reading: Reading
) -> Sequence[Cause]:
    """What follows; a text that says stop may speak of danger too."""
    causes = []
    if reading.opt_out is not None and await contacts.opt_out(
        tx.connection, phone_hash, "all", at=tx.now
    ):
        causes.append(Cause.COACH_OPTED_OUT)
    if reading.crisis is not None:
        await contacts.hold(tx.connection, phone_hash)
        causes.append(Cause.COACH_IN_DANGER)
    if reading.opt_out is None and reading.crisis is None:
        plain = await _answer_plainly(tx, coach_id, phone_hash, reading)
        causes += [plain] if plain is not None else []
    return causes


async def _answer_plainly(
    tx: Transaction, coach_id: UUID, phone_hash: bytes, reading: Reading
) -> Cause | None:
    if reading.start:
        again = await contacts.opt_in(tx.connection, phone_hash)
        return Cause.COACH_OPTED_IN if again else None
    match reading.answer:
        case OfferAnswer():
            return await _answer(tx, coach_id, reading.answer)
        case WhichOffer():
            return Cause.OFFER_REPLY_UNCLEAR
        case _:
            return Cause.COACH_ASKED_HELP if reading.help else Cause.COACH_TEXT_NOT_UNDERSTOOD


async def _answer(tx: Transaction, coach_id: UUID, answer: OfferAnswer) -> Cause | None:
    offers = await referrals.open_offers(tx.connection, coach_id)
    offer = _named(offers, answer.offer_code)
    if offer is None:
        return Cause.OFFER_REPLY_TOO_LATE
    await referrals.answered_by_text(tx.connection, offer["offer_id"])
    tx.emit(
        CoachReplied(
            subject_id=offer["referral_id"],
            offer_id=offer["offer_id"],
            coach_id=coach_id,
            answer=answer.verdict,
        )
    )
    return None


def _named(offers: Sequence[Row], code: str | None) -> Row | None:
    if code is None:
        return offers[0] if len(offers) == 1 else None
    return next((offer for offer in offers if offer["code"] == code), None)
