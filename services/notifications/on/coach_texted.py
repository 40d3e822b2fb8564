"""A coach's text, once it is read: 1 accepts, 2 passes, STOP ends texts."""

from uuid import UUID

from services.notifications.actions.plan_messages import Occasion, plan_messages
from services.notifications.rules.follows import Fact, Who
from services.notifications.rules.inbound import Consequences, Reading
from services.notifications.rules.keywords import Meaning, follows_of
from services.notifications.rules.kinds import Kind
from services.notifications.rules.steps import Reply
from services.notifications.store import contacts, referrals
from shared.events import CoachReplied, RecipientKind
from shared.transaction import Transaction

MAX_NAMED = 5
"""Of how many open offers a coach is reminded at once; the next due come first."""


async def coach_texted(
    tx: Transaction, coach_id: UUID, phone_hash: bytes, reading: Reading, follows: Consequences
) -> None:
    """Do what the text means. Matching judges an answer to an offer; its event brings the reply."""
    if follows.holds:
        await contacts.hold(tx.connection, phone_hash)
    said_before: set[Kind | None] = set()
    for fact, meaning in follows.facts:
        if not await _state(tx, coach_id, phone_hash, fact, meaning, reading):
            said_before.add(follows_of(meaning, Who.COACH).answer)
    for kind in follows.answers:
        if kind not in said_before:
            await _reply(tx, coach_id, kind)


async def _state(
    tx: Transaction,
    coach_id: UUID,
    phone_hash: bytes,
    fact: Fact,
    meaning: Meaning,
    reading: Reading,
) -> bool:
    """Keep it and state it for others. False when it was so before."""
    match fact:
        case Fact.OPTED_OUT:
            return await contacts.opt_out(tx.connection, phone_hash, "all", at=tx.now)
        case Fact.OPTED_IN:
            await contacts.opt_in(tx.connection, phone_hash)
        case Fact.OFFER_ANSWERED:
            await _answer_offer(tx, coach_id, meaning, reading.offer)
        case Fact.FLAGGED | Fact.REPLIED:
            raise AssertionError(f"{meaning} is about a referral of the writer's own")
    return True


async def _reply(tx: Transaction, coach_id: UUID, kind: Kind) -> None:
    """One text; asked which of several offers is meant, one for each, with its code and link."""
    offers: list[UUID | None] = [None]
    if kind is Kind.OFFER_REPLY_UNCLEAR:
        offers = [one.offer_id for one in await referrals.open_offers(tx.connection, coach_id)]
    for offer_id in offers[:MAX_NAMED]:
        await _plan(tx, coach_id, kind, offer_id)


async def _plan(tx: Transaction, coach_id: UUID, kind: Kind, offer_id: UUID | None) -> None:
    occasion = Occasion(
        cause=Reply(Who.COACH, kind),
        subject_id=coach_id,
        recipients={RecipientKind.COACH: coach_id},
        occasion_id=tx.new_id(),
        offer_id=offer_id,
    )
    await plan_messages(tx, occasion)


async def _answer_offer(
    tx: Transaction, coach_id: UUID, verdict: Meaning, code: str | None
) -> None:
    """State the answer to the offer of that code; it was open when the text was read."""
    for offer in await referrals.open_offers(tx.connection, coach_id):
        if offer.code == code:
            await referrals.answered_by_text(tx.connection, offer.offer_id)
            tx.emit(
                CoachReplied(
                    subject_id=offer.referral_id,
                    offer_id=offer.offer_id,
                    coach_id=coach_id,
                    answer="accept" if verdict is Meaning.ACCEPT else "pass",
                )
            )
