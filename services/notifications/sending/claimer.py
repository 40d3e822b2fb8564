"""What is due is judged once more with everything re-read, and claimed if it may be sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.notifications.actions import message_moves
from services.notifications.actions.numbers import flag_numbers
from services.notifications.rules.compose import TextTooLongError, UnsayableValueError
from services.notifications.rules.facts import Facts
from services.notifications.rules.plan import STEPS, step_named
from services.notifications.rules.send_check import (
    Escalate,
    Send,
    Suppress,
    Wait,
    WaitReason,
    decide_send,
    number_frees,
)
from services.notifications.rules.states import State
from services.notifications.rules.steps import Step
from services.notifications.sending.after_restore import AFTER_RESTORE, may_have_been_sent
from services.notifications.sending.facts import Policy, facts_of
from services.notifications.sending.interruptions import Interruptions
from services.notifications.sending.outbound import (
    MessageComposer,
    OutgoingMessage,
    is_like_one_under_way,
)
from services.notifications.sending.particulars import particulars_of
from services.notifications.store import claims, due_messages, messages
from services.notifications.store.due_messages import DueMessage
from shared import db
from shared.clock_guard import ClockGuard
from shared.errors import PermanentError
from shared.events import Channel, RecipientKind, ReferralAccepted
from shared.logs import log
from shared.transaction import Transaction

AT_ONCE = datetime.min.replace(tzinfo=UTC)
NOT_SOON = datetime.max.replace(tzinfo=UTC)
COUNTED = [step.name for step in STEPS if step.counted]
UNASKED = [step.name for step in STEPS if step.is_unasked]
DAY, WEEK = timedelta(days=1), timedelta(days=7)
ASK_AGAIN_AFTER = timedelta(seconds=1)
"""A missing fact may arrive at any moment, by an event that knows nothing of this message."""


@dataclass(slots=True)
class Claimed:
    """What may be sent once the claim has committed, and when to look for what is due again."""

    messages: list[OutgoingMessage] = field(default_factory=list)
    look_at: datetime = NOT_SOON
    texted: dict[bytes, set[UUID]] = field(default_factory=dict)
    """By number: the referrals of which an unasked text is among `messages`."""

    def add(self, outgoing: OutgoingMessage) -> None:
        """Send this one once the claim has committed."""
        self.messages.append(outgoing)
        due = outgoing.due
        if due.step in UNASKED and due.phone_hash and due.referral_id:
            self.texted.setdefault(due.phone_hash, set()).add(due.referral_id)

    def others_on_number(self, due: DueMessage) -> int:
        """How many other referrals this claim adds to those that have texted the number."""
        ours = self.texted.get(due.phone_hash or b"", set())
        return len(ours.difference(due.texted_for, [due.referral_id]))


class RefusedClaimError(Exception):
    """The database has refused a statement of a claim; what the transaction wrote is lost."""

    def __init__(self, due: Sequence[DueMessage]) -> None:
        super().__init__("one of the due messages cannot be claimed; alone it shows itself")
        self.due = due


@dataclass(frozen=True, slots=True)
class Claimer:
    """Claims in the caller's transaction. Several may at once: none takes what another has locked,
    neither a message nor a number.
    """

    guard: ClockGuard
    composer: MessageComposer
    policy: Policy
    look_up_after: timedelta
    interruptions: Interruptions = field(default_factory=Interruptions)

    async def claim_due(self, tx: Transaction, *, limit: int) -> Claimed:
        """Judge up to `limit` messages that are due. Nothing is claimed by a clock in doubt.

        Raises RefusedClaimError, or the error of an outage; the caller's transaction is lost then.
        """
        claimed = Claimed()
        if not await self.guard.trusts(tx.connection, tx.now):
            return claimed
        found = await due_messages.lock_due(
            tx.connection,
            now=tx.now,
            limit=limit,
            counted_since=tx.now - WEEK,
            counted_steps=COUNTED,
            unasked_since=tx.now - DAY,
            unasked_steps=UNASKED,
            feed=ReferralAccepted.topic,
        )
        claimed.look_at = AT_ONCE if found.is_full else (found.next_at or NOT_SOON)
        if found.others_hold_numbers:
            claimed.look_at = min(claimed.look_at, tx.now + ASK_AGAIN_AFTER)
        await message_moves.park_unreadable(tx, found.unreadable)
        await self.composer.prefetch(found.messages)
        try:
            await self._claim(tx, claimed, found.messages)
            await tx.connection.flush()
        except db.RETRYABLE:
            raise
        except db.REFUSALS as error:
            log.error("claim_refused", error=type(error).__name__, count=len(found.messages))
            raise RefusedClaimError(found.messages) from error
        return claimed

    async def _claim(self, tx: Transaction, claimed: Claimed, found: Sequence[DueMessage]) -> None:
        for due in found:
            outgoing = await self._judge(tx, claimed, due)
            if outgoing is not None and is_like_one_under_way(outgoing, claimed.messages):
                await _wait(tx, claimed, due, tx.now + ASK_AGAIN_AFTER, "equal-text-under-way")
            elif outgoing is not None:
                claimed.add(outgoing)
        to_look_up = list(filter(may_have_been_sent, claimed.messages))
        claimed.messages = [one for one in claimed.messages if one not in to_look_up]
        look_up_at = tx.now + self.look_up_after * 2
        ours = [one.claim for one in claimed.messages]
        await claims.claim(tx.connection, ours, look_up_at=look_up_at, at=tx.now)
        for one in to_look_up:
            await _look_up_first(tx, one)

    async def _judge(
        self, tx: Transaction, claimed: Claimed, due: DueMessage
    ) -> OutgoingMessage | None:
        """The last question before a send, with everything re-read. An outgoing message means yes.

        A message that cannot be judged waits in sight, so that it stops no other.
        """
        tx.correlation_id = due.correlation_id
        try:
            return await self._decide(tx, claimed, due, step_named(due.step))
        except db.RETRYABLE as error:
            self.interruptions.add(due.message_id, error)
            raise
        except db.REFUSALS:
            raise
        except Exception:  # noqa: BLE001 (a bug or a broken fact: parked, logged, counted)
            log.error("message_not_judged", step=due.step, exc_info=True)
            await _park(tx, due, _usual_channel(due), "not-judged")
        return None

    async def _decide(
        self, tx: Transaction, claimed: Claimed, due: DueMessage, step: Step
    ) -> OutgoingMessage | None:
        facts = facts_of(due, step, now=tx.now, policy=self.policy)
        others = (*facts.others_texted_at, *[tx.now] * claimed.others_on_number(due))
        facts = replace(facts, others_texted_at=others)
        decision = decide_send(facts, tx.now)
        await _look_at_number(tx, due, facts)
        match decision:
            case Send():
                try:
                    more = await particulars_of(tx.connection, due, step)
                    return await self.composer.compose(due, step, facts.channel, more)
                except (PermanentError, UnsayableValueError, TextTooLongError) as error:
                    log.error("message_not_composed", step=due.step, error=type(error).__name__)
                    await _park(tx, due, facts.channel, "not-composed")
            case Wait(until=until, reason=reason):
                again = max(until, tx.now + ASK_AGAIN_AFTER)
                if reason is WaitReason.FACTS_MISSING and facts.up_to_date:
                    again = tx.now + ASK_AGAIN_AFTER
                await _wait(tx, claimed, due, again, reason.value)
            case Suppress(reason=why):
                await message_moves.suppressed(tx, due.message, facts.channel, why.value)
            case Escalate(reason=because):
                await _park(tx, due, facts.channel, because.value)
        return None


async def _look_at_number(tx: Transaction, due: DueMessage, facts: Facts) -> None:
    """A human is asked about a number that is on several people, or has texts of too many."""
    full = number_frees(facts, tx.now) > tx.now
    if due.phone_hash is not None and facts.step.is_unasked and (due.number_is_on_others or full):
        await flag_numbers(tx, [due.phone_hash], full=full)


async def _look_up_first(tx: Transaction, outgoing: OutgoingMessage) -> None:
    """Leave it to the look-up: nobody knows whether it was sent before the restore."""
    since = outgoing.due.lost_since or tx.now
    await claims.claim(
        tx.connection, [outgoing.claim], look_up_at=tx.now, at=since, reason=AFTER_RESTORE
    )


async def _wait(
    tx: Transaction, claimed: Claimed, due: DueMessage, until: datetime, reason: str
) -> None:
    claimed.look_at = min(claimed.look_at, until)
    await messages.wait(tx.connection, due.message_id, until=until, reason=reason)


async def _park(tx: Transaction, due: DueMessage, channel: Channel, reason: str) -> None:
    await message_moves.park(tx, due.message, reason, channel=channel)


def _usual_channel(due: DueMessage) -> Channel:
    return Channel.EMAIL if due.recipient_kind is RecipientKind.CLINIC else Channel.SMS


async def park_refused(tx: Transaction, due: DueMessage) -> None:
    """Park a message that the database refuses, in a transaction that it has not lost."""
    for message in await messages.locked(tx.connection, [due.message_id]):
        if message.state is State.PLANNED:
            tx.correlation_id = message.correlation_id
            await message_moves.park(tx, message, "not-judged", channel=_usual_channel(due))
