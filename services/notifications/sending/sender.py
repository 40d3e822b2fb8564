"""Claim, send, record: what leaves here leaves once, or waits in sight of a human.

A claim is committed before the request and recorded after it: what records from the broker make due
is claimed in the transaction that applies them, all else by the loop here. Where the outcome is
unknown, the message is looked up after a wait; found, it was sent; not found, it is sent again. No
transaction is open during a request.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from services.notifications.channels.letter import Mail
from services.notifications.channels.mail import MailProvider
from services.notifications.channels.outcomes import Delivery, Taken
from services.notifications.channels.sms import Sms, SmsProvider
from services.notifications.sending.claimer import (
    AT_ONCE,
    NOT_SOON,
    Claimed,
    Claimer,
    RefusedClaimError,
    park_refused,
)
from services.notifications.sending.outbound import OutgoingMessage, mail_id
from services.notifications.sending.record import Chance, record
from shared import db
from shared.events import Channel
from shared.heartbeat import IDLE_SECONDS, Heartbeat
from shared.logs import log
from shared.messaging.own_history import OwnHistory
from shared.transaction import Database, Transaction, Wakeable

GATHER_SECONDS = 0.02
"""Answers that come within this time are recorded together while something waits to be sent."""
RECORD_SECONDS = 0.2
"""The same while nothing waits: until then only the provider knows what became of a send."""
FINISH_SECONDS = 2.0
"""How long an ending process waits for the answers to its sends."""
HISTORY_SECONDS = 0.2
"""Between two looks whether the database is current; from an older one nothing is sent."""


@dataclass(frozen=True, slots=True)
class Providers:
    """The channels, and the address under which receipts come back."""

    sms: SmsProvider
    mail: MailProvider
    public_url: str
    mail_domain: str
    look_up_after: timedelta
    """How long a send whose answer was lost may take to become visible."""


class Sender:
    """One per process; replicas share the work, each skips what another has locked."""

    def __init__(
        self,
        *,
        database: Database,
        history: OwnHistory,
        claimer: Claimer,
        providers: Providers,
        sends_at_once: int,
        chance: Chance,
    ) -> None:
        self._database, self._history, self._claimer = database, history, claimer
        self._providers, self._most = providers, sends_at_once
        self._chance = chance
        self._work = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._done: list[tuple[OutgoingMessage, Delivery]] = []
        self._look_at = AT_ONCE
        self._record_at: asyncio.TimerHandle | None = None
        self._is_running = False
        self._is_claiming = False
        """A claim is under way: until it has ended, nobody knows how many are free for another."""
        self._claims_alone = False
        """A message has just failed: until it is put off, it must not undo what others do."""
        self._claims_singly = False
        """The database has refused a claim: alone, the message shows itself that it refuses."""
        self.heartbeat = Heartbeat("sender", silent_after=120.0)

    def wake(self) -> None:
        """There may be something to send."""
        self._look_at = AT_ONCE
        self._work.set()

    async def run(self) -> None:
        """Send until cancelled; outages of the database are waited out."""
        self._is_running = True
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
            self._is_running = False
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
        """Record what is done and claim what is due. False when nothing is left to claim now."""
        self._work.clear()
        if not self._may_claim or self._database.clock.now() < self._look_at:
            await self._record_done()
            return False
        send_by = self._database.clock.now() + self._providers.look_up_after
        self._look_at = NOT_SOON
        limit = 1 if self._claims_singly else self._free
        self._is_claiming = True
        try:
            async with self._recording() as tx:
                claimed = await self._claimer.claim_due(tx, limit=limit)
        except Exception as error:
            self._look_at, self._claims_alone = AT_ONCE, True
            await self._record_done()  # whatever is wrong with what is due
            await self._claimer.interruptions.put_off(self._database)
            if not isinstance(error, RefusedClaimError) or not error.due:
                raise
            await self._part_with(error)
            return True
        finally:
            self._is_claiming = False
        self._send(claimed, send_by)
        is_more = bool(claimed.messages or self._look_at == AT_ONCE)
        self._claims_alone = self._claims_singly = self._claims_singly and is_more
        return is_more

    async def _part_with(self, refused: RefusedClaimError) -> None:
        """Park the message that the database refuses, once it is known which one it is."""
        first, *others = refused.due
        self._claims_singly = bool(others)
        if not others:
            async with self._database.transaction() as tx:
                await park_refused(tx, first)

    async def claim_in(self, tx: Transaction) -> None:
        """Claim what is due in a transaction that has made something due, and send after it.

        Only while this process sends: else the process that does so claims it.
        """
        sends = self._is_running and self._history.is_current and self._may_claim
        if not sends or self._claims_alone or Wakeable.SENDER not in tx.woken:
            return
        self._is_claiming = True
        tx.at_end(self._claim_ended)
        # From the moment from which the look-up counts: this transaction may be seconds old.
        send_by = tx.now + self._providers.look_up_after
        try:
            claimed = await self._claimer.claim_due(tx, limit=self._free)
        except Exception:
            self._claims_alone = True
            self.wake()
            raise
        tx.woken.discard(Wakeable.SENDER)
        tx.after_commit(partial(self._send_committed, claimed, send_by))

    def _send_committed(self, claimed: Claimed, send_by: datetime) -> None:
        if self._is_running:  # else they are looked up, as after a crash
            self._send(claimed, send_by)

    def _send(self, claimed: Claimed, send_by: datetime) -> None:
        self._look_at = min(self._look_at, claimed.look_at)
        for outgoing in claimed.messages:
            task = asyncio.create_task(self._deliver(outgoing, send_by))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    def _claim_ended(self) -> None:
        self._is_claiming = False
        if self._look_at <= self._database.clock.now():
            self._work.set()

    @property
    def _may_claim(self) -> bool:
        return self._free > 0 and not self._is_claiming

    @property
    def _free(self) -> int:
        return self._most - len(self._under_way)

    async def _record_done(self) -> None:
        if self._done:
            async with self._recording():
                pass

    @asynccontextmanager
    async def _recording(self) -> AsyncIterator[Transaction]:
        """A transaction that records what is done. Where it fails, that is still to be recorded."""
        done, self._done = self._done, []
        try:
            async with self._database.transaction() as tx:
                await record(
                    tx, done, look_up_after=self._providers.look_up_after, chance=self._chance
                )
                yield tx
        except BaseException:
            self._done = done + self._done
            raise

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
            message_id = f"<{mail_id(outgoing.due)}@{self._providers.mail_domain}>"
            now = self._database.clock.now()
            delivery = await self._providers.mail.send(
                Mail(outgoing.to, outgoing.text.subject, outgoing.text.body, message_id, now)
            )
        self._done.append((outgoing, delivery))
        if not isinstance(delivery, Taken):
            self._look_at = AT_ONCE  # it may have to be sent again, and soon
        loop = asyncio.get_running_loop()
        if self._look_at == AT_ONCE:
            loop.call_later(GATHER_SECONDS if len(self._under_way) > 1 else 0.0, self._work.set)
        elif self._record_at is None:
            self._record_at = loop.call_later(RECORD_SECONDS, self._record_now)

    def _record_now(self) -> None:
        self._record_at = None
        self._work.set()

    async def _rest(self) -> None:
        wait = IDLE_SECONDS
        if self._may_claim:
            due_in = (self._look_at - self._database.clock.now()).total_seconds()
            wait = min(max(due_in, 0.0), IDLE_SECONDS)
        try:
            await asyncio.wait_for(self._work.wait(), wait)
        except TimeoutError:
            self._look_at = AT_ONCE
