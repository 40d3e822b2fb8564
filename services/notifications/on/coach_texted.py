"""A coach's text, once it is read: 1 accepts, 2 passes, STOP ends texts."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class CoachText:
    """One text: who wrote, what it says, and in which language, where that is clear."""

    tx: Transaction
    coach_id: UUID
    phone_hash: bytes
    reading: Reading
    language: str | None


async def coach_texted(text: CoachText, follows: Consequences) -> None:
    """Do what the text means. Matching judges an answer to an offer; its event brings the reply."""
    if follows.holds:
        await contacts.hold(text.tx.connection, text.phone_hash)
    said_before: set[Kind | None] = set()
    for fact, meaning in follows.facts:
        if not await _state(text, fact, meaning):
            said_before.add(follows_of(meaning, Who.COACH).answer)
    for kind in follows.answers:
        if kind not in said_before:
            await _reply(text, kind)


async def _state(text: CoachText, fact: Fact, meaning: Meaning) -> bool:
    """Keep it and state it for others. False when it was so before."""
    connection = text.tx.connection
    match fact:
        case Fact.OPTED_OUT:
            return await contacts.opt_out(connection, text.phone_hash, "all", at=text.tx.now)
        case Fact.OPTED_IN:
            await contacts.opt_in(connection, text.phone_hash)
        case Fact.OFFER_ANSWERED:
            await _answer_offer(text, meaning)
        case Fact.FLAGGED | Fact.REPLIED:
            raise AssertionError(f"{meaning} is about a referral of the writer's own")
    return True


async def _reply(text: CoachText, kind: Kind) -> None:
    """One text; asked which of several offers is meant, one for each, with its code and link."""
    offers: list[UUID | None] = [None]
    if kind is Kind.OFFER_REPLY_UNCLEAR:
        still_open = await referrals.open_offers(text.tx.connection, text.coach_id)
        offers = [one.offer_id for one in still_open]
    for offer_id in offers[:MAX_NAMED]:
        await _plan(text, kind, offer_id)


async def _plan(text: CoachText, kind: Kind, offer_id: UUID | None) -> None:
    occasion = Occasion(
        cause=Reply(Who.COACH, kind),
        subject_id=text.coach_id,
        recipients={RecipientKind.COACH: text.coach_id},
        occasion_id=text.tx.new_id(),
        offer_id=offer_id,
        language=text.language,
    )
    await plan_messages(text.tx, occasion)


async def _answer_offer(text: CoachText, verdict: Meaning) -> None:
    """State the answer to the offer of that code; it was open when the text was read."""
    for offer in await referrals.open_offers(text.tx.connection, text.coach_id):
        if offer.code == text.reading.offer:
            await referrals.answered_by_text(
                text.tx.connection, offer.offer_id, language=text.language
            )
            text.tx.emit(
                CoachReplied(
                    subject_id=offer.referral_id,
                    offer_id=offer.offer_id,
                    coach_id=text.coach_id,
                    answer="accept" if verdict is Meaning.ACCEPT else "pass",
                )
            )
