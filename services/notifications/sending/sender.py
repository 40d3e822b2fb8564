"""Claim, send, record: what leaves here leaves once, or waits in sight of a human.

A claim is committed before the request and recorded after it. Where the outcome is unknown, the
message is looked up after a wait; found, it was sent; not found, a human decides (crisis texts
are sent again instead). No transaction is open during a request.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.notifications.actions import message_moves
from services.notifications.channels.letter import Mail
from services.notifications.channels.mail import MailProvider
from services.notifications.channels.outcomes import Delivery, Taken
from services.notifications.channels.sms import Sms, SmsProvider
from services.notifications.rules.compose import TextTooLongError, UnsayableValueError
from services.notifications.rules.plan import STEPS, step_named
from services.notifications.rules.send_check import (
    Escalate,
    Send,
    Suppress,
    Wait,
    WaitReason,
    decide_send,
)
from services.notifications.rules.steps import Step
from services.notifications.sending.after_restore import AFTER_RESTORE, may_have_been_sent
from services.notifications.sending.facts import Policy, facts_of
from services.notifications.sending.outbound import (
    MessageComposer,
    OutgoingMessage,
    is_like_one_under_way,
    mail_id,
)
from services.notifications.sending.record import record
from services.notifications.store import claims, messages
from services.notifications.store.claims import Claim
from services.notifications.store.messages import due_message
from shared import db
from shared.db import Row
from shared.errors import PermanentError
from shared.events import Channel, RecipientKind, ReferralAccepted
from shared.heartbeat import Heartbeat
from shared.logs import log
from shared.messaging.own_history import OwnHistory
from shared.transaction import Database, Transaction

AT_ONCE = datetime.min.replace(tzinfo=UTC)
NOT_SOON = datetime.max.replace(tzinfo=UTC)
COUNTED = [step.name for step in STEPS if step.counted]
WEEK = timedelta(days=7)
MAX_SLEEP_SECONDS = 1.0
GATHER_SECONDS = 0.02
"""Answers that come within this time are recorded together."""
FINISH_SECONDS = 2.0
"""How long an ending process waits for the answers to its sends."""
HISTORY_SECONDS = 0.2
"""Between two looks whether the database is current; from an older one nothing is sent."""
ASK_AGAIN_AFTER = timedelta(seconds=1)
"""A missing fact may arrive at any moment, by an event that knows nothing of this message."""


@dataclass(frozen=True, slots=True)
class Providers:
    """The channels, and the address under which receipts come back."""

    sms: SmsProvider
    mail: MailProvider
    public_url: str
    mail_domain: str


class Sender:
    """One per process; replicas share the work, each skips what another has locked."""

    def __init__(
        self,
        *,
        database: Database,
        history: OwnHistory,
        composer: MessageComposer,
        policy: Policy,
        providers: Providers,
        sends_at_once: int,
        look_up_after: timedelta,
    ) -> None:
        self._database, self._history = database, history
        self._composer, self._policy = composer, policy
        self._providers, self._most = providers, sends_at_once
        self._look_up_after = look_up_after
        self._work = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._done: list[tuple[OutgoingMessage, Delivery]] = []
        self._look_at = AT_ONCE
        self.heartbeat = Heartbeat("sender", silent_after=120.0)

    def wake(self) -> None:
        """There may be something to send."""
        self._look_at = AT_ONCE
        self._work.set()

    async def run(self) -> None:
        """Send until cancelled; outages of the database are waited out."""
        try:
            while True:
                self.heartbeat.beat()
                try:
                    if not self._history.is_current:
                        await asyncio.sleep(HISTORY_SECONDS)
                    elif not await self.step():
                        await self._rest()
                except db.RETRYABLE as error:
                    log.warning("sender_interrupted", error=type(error).__name__)
                    await asyncio.sleep(0.2)
        finally:
            await self._finish()

    async def _finish(self) -> None:
        """Note what becomes of sends that are under way, so that nobody has to look them up."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=FINISH_SECONDS)
        try:
            await self._record_done()
        except db.RETRYABLE as error:
            log.warning("sends_not_recorded", error=type(error).__name__)

    async def step(self) -> bool:
        """Record what is done and claim what is due. False when nothing is left to do now."""
        self._work.clear()
        if self._free <= 0 or self._database.clock.now() < self._look_at:
            return await self._record_done()
        recorded = bool(self._done)
        send_by = self._database.clock.now() + self._look_up_after
        self._look_at = NOT_SOON
        try:
            async with self._recording() as tx:
                claimed = await self._claim_due(tx)
        except Exception:
            self._look_at = AT_ONCE
            await self._record_done()  # whatever is wrong with what is due
            raise
        for outgoing in claimed:
            task = asyncio.create_task(self._deliver(outgoing, send_by))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return bool(recorded or claimed or self._look_at == AT_ONCE)

    @property
    def _free(self) -> int:
        return self._most - len(self._under_way)

    async def _record_done(self) -> bool:
        if not self._done:
            return False
        async with self._recording():
            return True

    @asynccontextmanager
    async def _recording(self) -> AsyncIterator[Transaction]:
        """A transaction that records what is done. Where it fails, that is still to be recorded."""
        done, self._done = self._done, []
        try:
            async with self._database.transaction() as tx:
                await record(tx, done, look_up_after=self._look_up_after)
                yield tx
        except BaseException:
            self._done = done + self._done
            raise

    async def _claim_due(self, tx: Transaction) -> Sequence[OutgoingMessage]:
        free = self._free
        due = await claims.lock_due(
            tx.connection,
            now=tx.now,
            limit=free,
            counted_since=tx.now - WEEK,
            counted_steps=COUNTED,
            feed=ReferralAccepted.topic,
        )
        self._look_again(AT_ONCE if len(due.rows) == free else due.next_at or NOT_SOON)
        await self._composer.prefetch(due.rows)
        outgoing_messages: list[OutgoingMessage] = []
        for row in due.rows:
            outgoing = await self._judge(tx, row)
            if outgoing is not None and is_like_one_under_way(outgoing, outgoing_messages):
                await self._wait(tx, row, tx.now + ASK_AGAIN_AFTER, "equal-text-under-way")
            elif outgoing is not None:
                outgoing_messages.append(outgoing)
        to_send = [one for one in outgoing_messages if not may_have_been_sent(one)]
        if to_send:
            look_up_at = tx.now + self._look_up_after * 2
            ours = list(map(_claim, to_send))
            await claims.claim(tx.connection, ours, look_up_at=look_up_at, at=tx.now)
        for one in outgoing_messages:
            if one not in to_send:
                await self._ask_first(tx, one)
        return to_send

    async def _ask_first(self, tx: Transaction, outgoing: OutgoingMessage) -> None:
        """Leave it to the look-up: nobody knows whether it was sent before the restore."""
        lost_since: datetime = outgoing.row["lost_since"]
        ours = [_claim(outgoing)]
        await claims.claim(
            tx.connection, ours, look_up_at=tx.now, at=lost_since, reason=AFTER_RESTORE
        )

    def _look_again(self, at: datetime) -> None:
        self._look_at = min(self._look_at, at)

    async def _judge(self, tx: Transaction, row: Row) -> OutgoingMessage | None:
        """The last question before a send, with everything re-read. A outgoing means yes.

        A message that cannot be judged waits in sight, so that it stops no other.
        """
        tx.correlation_id = row["correlation_id"]
        try:
            return await self._decide(tx, row, step_named(row["step"]))
        except db.RETRYABLE:
            raise
        except Exception:  # noqa: BLE001 (a bug or a broken fact: parked, logged, counted)
            log.error("message_not_judged", step=row["step"], exc_info=True)
            to_clinic = row["recipient_kind"] == RecipientKind.CLINIC.value
            await self._park(tx, row, Channel.EMAIL if to_clinic else Channel.SMS, "not-judged")
        return None

    async def _decide(self, tx: Transaction, row: Row, step: Step) -> OutgoingMessage | None:
        facts = facts_of(row, step, now=tx.now, policy=self._policy)
        match decide_send(facts, tx.now):
            case Send():
                try:
                    return await self._composer.compose(row, step, facts.channel)
                except (PermanentError, UnsayableValueError, TextTooLongError) as error:
                    log.error("message_not_composed", step=row["step"], error=type(error).__name__)
                    await self._park(tx, row, facts.channel, "not-composed")
            case Wait(until=until, reason=reason):
                again = max(until, tx.now + ASK_AGAIN_AFTER)
                if reason is WaitReason.FACTS_MISSING:
                    again = tx.now + ASK_AGAIN_AFTER
                await self._wait(tx, row, again, reason.value)
            case Suppress(reason=why):
                message = due_message(row)
                await message_moves.suppressed(tx, message, facts.channel, why.value)
            case Escalate(reason=because):
                await self._park(tx, row, facts.channel, because.value)
        return None

    async def _wait(self, tx: Transaction, row: Row, until: datetime, reason: str) -> None:
        self._look_again(until)
        await messages.wait(tx.connection, row["message_id"], until=until, reason=reason)

    async def _park(self, tx: Transaction, row: Row, channel: Channel, reason: str) -> None:
        await message_moves.park(tx, due_message(row), reason, channel=channel)

    async def _deliver(self, outgoing: OutgoingMessage, send_by: datetime) -> None:
        if self._database.clock.now() > send_by:
            # The process stood still since its claim. Another one may have looked the message up
            # and decided, so it is left to the look-up.
            log.warning("claim_too_old", step=outgoing.step.name)
            return
        if outgoing.channel is Channel.SMS:
            url = (
                f"{self._providers.public_url}/twilio/status/{outgoing.message_id}/{outgoing.epoch}"
            )
            delivery = await self._providers.sms.send(Sms(outgoing.to, outgoing.text.body, url))
        else:
            message_id = f"<{mail_id(outgoing.row)}@{self._providers.mail_domain}>"
            now = self._database.clock.now()
            delivery = await self._providers.mail.send(
                Mail(outgoing.to, outgoing.text.subject, outgoing.text.body, message_id, now)
            )
        self._done.append((outgoing, delivery))
        if not isinstance(delivery, Taken):
            self._look_at = AT_ONCE  # it may have to be sent again, and soon
        in_a_hurry = self._look_at == AT_ONCE and len(self._under_way) == 1
        wait = 0.0 if in_a_hurry else GATHER_SECONDS
        asyncio.get_running_loop().call_later(wait, self._work.set)

    async def _rest(self) -> None:
        wait = MAX_SLEEP_SECONDS
        if self._free > 0:
            due_in = (self._look_at - self._database.clock.now()).total_seconds()
            wait = min(max(due_in, 0.0), MAX_SLEEP_SECONDS)
        try:
            await asyncio.wait_for(self._work.wait(), wait)
        except TimeoutError:
            self._look_at = AT_ONCE


def _claim(outgoing: OutgoingMessage) -> Claim:
    return Claim(outgoing.message_id, outgoing.channel.value, outgoing.body_hash)
