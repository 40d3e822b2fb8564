"""Claim, send, record: what leaves here leaves once, or waits in sight of a human.

A claim is committed before the request and recorded after it. Where the outcome is unknown, the
message is looked up after a wait; found, it was sent; not found, a human decides (crisis texts
are sent again instead). No transaction is open during a request.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.notifications.channels.letter import Mail
from services.notifications.channels.mail import MailProvider
from services.notifications.channels.outcomes import Delivery, Taken
from services.notifications.channels.sms import Sms, SmsProvider
from services.notifications.on.tell_of_message import say_parked, say_suppressed
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
from services.notifications.rules.states import State
from services.notifications.sending.facts import Policy, facts_of
from services.notifications.sending.look_up import LookUp
from services.notifications.sending.outbound import Packer, Parcel, body_hash
from services.notifications.sending.record import record
from services.notifications.store import messages
from services.notifications.store.messages import Claim, Outcome
from shared import db, metrics
from shared.db import Row
from shared.errors import PermanentError
from shared.events import Channel, ReferralAccepted
from shared.logs import log
from shared.pulse import Pulse
from shared.transaction import Database, Transaction

COUNTED = [step.name for step in STEPS if step.counted]
WEEK = timedelta(days=7)
MOST_SLEEP_SECONDS = 1.0
LOOK_AROUND_EVERY = timedelta(seconds=30)
FINISH_SECONDS = 2.0
"""How long an ending process waits for the answers to its sends."""
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
        packer: Packer,
        policy: Policy,
        providers: Providers,
        hash_key: bytes,
        sends_at_once: int,
        look_up_after: timedelta,
    ) -> None:
        self._database, self._packer, self._policy = database, packer, policy
        self._providers, self._hash_key = providers, hash_key
        self._most, self._look_up_after = sends_at_once, look_up_after
        self._look_up = LookUp(database, packer, providers.sms, hash_key)
        self._work = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._done: list[tuple[Parcel, Delivery]] = []
        self._next_due: datetime | None = None
        self._look = True
        self._looked_around_at = datetime.min.replace(tzinfo=UTC)
        self.pulse = Pulse("sender", silent_after=120.0)

    def wake(self) -> None:
        """There may be something to send."""
        self._look = True
        self._work.set()

    async def run(self) -> None:
        """Send until cancelled; outages of the database are waited out."""
        try:
            while True:
                self.pulse.beat()
                try:
                    if not await self.step():
                        await self._rest()
                except db.RETRYABLE as error:
                    log.warning("sender_interrupted", error=type(error).__name__)
                    self._look = True
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
        """Record what is done, claim what is due, look up what is unknown. False when idle."""
        self._work.clear()
        recorded = await self._record_done()
        if not self._look and self._is_early():
            return recorded
        self._look = False
        send_by = self._database.clock.now() + self._look_up_after
        claimed = await self._claim_due()
        for parcel in claimed:
            task = asyncio.create_task(self._deliver(parcel, send_by))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        self._next_due = await self._look_ahead()
        if recorded or claimed or self._is_early():
            return bool(recorded or claimed)
        return await self._look_up.some()

    def _is_early(self) -> bool:
        """True when nothing is due, as far as the last look told."""
        return self._next_due is None or self._next_due > self._database.clock.now()

    async def _record_done(self) -> bool:
        done, self._done = self._done, []
        if not done:
            return False
        self._look |= any(not isinstance(delivery, Taken) for _, delivery in done)
        try:
            async with self._database.transaction() as tx:
                await record(tx, done)
        except BaseException:
            self._done = done + self._done
            raise
        return True

    async def _claim_due(self) -> Sequence[Parcel]:
        free = self._most - len(self._under_way)
        if free <= 0:
            return []
        async with self._database.transaction() as tx:
            rows = await messages.lock_due(
                tx.connection,
                now=tx.now,
                limit=free,
                counted_since=tx.now - WEEK,
                counted_steps=COUNTED,
                feed=ReferralAccepted.topic,
            )
            parcels = [parcel for row in rows if (parcel := await self._judge(tx, row))]
            if parcels:
                await messages.claim(
                    tx.connection, [self._claim(tx, parcel) for parcel in parcels], at=tx.now
                )
        return parcels

    def _claim(self, tx: Transaction, parcel: Parcel) -> Claim:
        return Claim(
            message_id=parcel.message_id,
            channel=parcel.channel.value,
            body_hash=body_hash(self._hash_key, parcel.to, parcel.text.body),
            look_up_at=tx.now + self._look_up_after * 2,
        )

    async def _judge(self, tx: Transaction, row: Row) -> Parcel | None:
        """The last question before a send, with everything re-read. A parcel means yes."""
        tx.correlation_id = row["correlation_id"]
        step = step_named(row["step"])
        facts = facts_of(row, step, now=tx.now, policy=self._policy)
        match decide_send(facts, tx.now):
            case Send():
                try:
                    return await self._packer.pack(row, step, facts.channel)
                except (PermanentError, UnsayableValueError, TextTooLongError) as error:
                    log.error("message_not_composed", step=row["step"], error=type(error).__name__)
                    await self._park(tx, row, facts.channel, "not-composed")
            case Wait(until=until, reason=reason):
                again = max(until, tx.now + ASK_AGAIN_AFTER)
                if reason is WaitReason.FACTS_MISSING:
                    again = tx.now + ASK_AGAIN_AFTER
                await messages.wait(
                    tx.connection, row["message_id"], until=again, reason=reason.value
                )
            case Suppress(reason=why):
                outcome = Outcome(
                    State.SUPPRESSED.value, reason=why.value, channel=facts.channel.value
                )
                await messages.settle(tx.connection, row["message_id"], outcome, at=tx.now)
                say_suppressed(tx, row, facts.channel.value, why.value)
            case Escalate(reason=because):
                await self._park(tx, row, facts.channel, because.value)
        return None

    async def _park(self, tx: Transaction, row: Row, channel: Channel, reason: str) -> None:
        outcome = Outcome(State.PARKED.value, reason=reason, channel=channel.value)
        await messages.settle(tx.connection, row["message_id"], outcome, at=tx.now)
        say_parked(tx, row, channel.value, reason)

    async def _deliver(self, parcel: Parcel, send_by: datetime) -> None:
        if self._database.clock.now() > send_by:
            # The process stood still since its claim. Another one may have looked the message up
            # and decided, so it is left to the look-up.
            log.warning("claim_too_old", step=parcel.step.name)
            return
        if parcel.channel is Channel.SMS:
            url = f"{self._providers.public_url}/twilio/status/{parcel.message_id}/{parcel.epoch}"
            delivery = await self._providers.sms.send(Sms(parcel.to, parcel.text.body, url))
        else:
            message_id = f"<{parcel.message_id}@{self._providers.mail_domain}>"
            delivery = await self._providers.mail.send(
                Mail(parcel.to, parcel.text.subject, parcel.text.body, message_id)
            )
        self._done.append((parcel, delivery))
        self._work.set()

    async def _look_ahead(self) -> datetime | None:
        async with self._database.look() as connection:
            return await messages.next_due(connection)

    async def _rest(self) -> None:
        now, due = self._database.clock.now(), self._next_due
        if now - self._looked_around_at >= LOOK_AROUND_EVERY:
            async with self._database.transaction() as tx:
                await messages.give_up_on_receipts(tx.connection, now=tx.now)
                metrics.MESSAGES_PARKED.set(await messages.count_parked(tx.connection))
            self._looked_around_at = now
        wait = MOST_SLEEP_SECONDS
        if due is not None and not self._under_way:
            wait = min(max((due - now).total_seconds(), 0.02), MOST_SLEEP_SECONDS)
        try:
            await asyncio.wait_for(self._work.wait(), wait)
        except TimeoutError:
            self._look = True
