"""Messages of which nobody knows the outcome: ask the provider, then decide.

A loop of its own, so that a provider that answers slowly does not keep what is due waiting.
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.notifications.actions import message_moves
from services.notifications.actions.on_call import who_is_on_call
from services.notifications.actions.try_again import not_taken
from services.notifications.channels.outcomes import ProviderAwayError
from services.notifications.channels.sms import SmsProvider
from services.notifications.rules.keywords import Meaning
from services.notifications.rules.retries import MAX_TRIES, wait_before_retry
from services.notifications.rules.rota import Place
from services.notifications.rules.states import NO_RECEIPT_AFTER, State, Trigger
from services.notifications.sending.after_restore import AFTER_RESTORE, LOOKED_UP
from services.notifications.sending.interruptions import Interruptions
from services.notifications.sending.outbound import MessageComposer, body_hash
from services.notifications.sending.record import Chance
from services.notifications.store import contacts, inbound, messages
from services.notifications.store.messages import Details, Message, Unresolved
from shared import db, metrics, task_store
from shared.clock_guard import ClockGuard
from shared.errors import PermanentError
from shared.events import Channel, Sealed
from shared.heartbeat import IDLE_SECONDS, Heartbeat
from shared.logs import log
from shared.messaging.own_history import OwnHistory
from shared.tasks import RULES, Role
from shared.transaction import Database, Transaction, Wakeable

BATCH = 20
LOOK_AROUND_EVERY = timedelta(seconds=30)
GRAVE = (Meaning.DANGER.value, Meaning.SOUNDS_GRAVE.value, Meaning.DEATH.value)
"""What a human looks at within a quarter of an hour."""
BEFORE_CLAIM = timedelta(seconds=60)
"""The provider's clock may be behind ours."""


class LookUp:
    """Asks by recipient, time and the hash of the body; our receipts may answer first."""

    def __init__(
        self,
        database: Database,
        history: OwnHistory,
        guard: ClockGuard,
        composer: MessageComposer,
        sms: SmsProvider,
        chance: Chance,
        desk_zone: ZoneInfo,
    ) -> None:
        self._database, self._history, self._guard = database, history, guard
        self._composer, self._sms, self._chance = composer, sms, chance
        self._zone, self._on_call_missing = desk_zone, False
        self._interruptions = Interruptions()
        self._looked_around_at = datetime.min.replace(tzinfo=UTC)
        self._work = asyncio.Event()
        self.heartbeat = Heartbeat("look_up", silent_after=120.0)

    def wake(self) -> None:
        """There may be something to look up."""
        self._work.set()

    async def run(self) -> None:
        """Look up until cancelled; outages of the database are waited out."""
        while True:
            self._work.clear()
            found = False
            try:
                trusted = await self._trusts_clock()
                await self._look_around()
                found = trusted and self._history.is_current and await self.some()
            except db.RETRYABLE as error:
                log.warning("look_up_interrupted", error=type(error).__name__)
            self.heartbeat.beat()
            if not found:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._work.wait(), IDLE_SECONDS)

    async def _trusts_clock(self) -> bool:
        async with self._database.read_connection() as connection:
            return await self._guard.trusts(connection, self._database.clock.now())

    async def _look_around(self) -> None:
        """Now and then: which receipts stayed away, and what waits for a human."""
        if self._database.clock.now() - self._looked_around_at < LOOK_AROUND_EVERY:
            return
        async with self._database.transaction() as tx:
            if await self._guard.trusts(tx.connection, tx.now):
                await messages.give_up_on_receipts(tx.connection, now=tx.now)
            metrics.MESSAGES_PARKED.set(await messages.count_parked(tx.connection))
            unread = await inbound.unread_since(tx.connection, grave=GRAVE)
            tasks = await task_store.count(tx.connection, now=tx.now)
            on_call = await who_is_on_call(tx.connection, now=tx.now, zone=self._zone)
        self._tell_on_call(missing=Place.FIRST not in on_call)
        for role in Role:
            counts = [both for kind, both in tasks.items() if RULES[kind].role is role]
            metrics.TASKS_OPEN.labels(role.value).set(sum(total for total, _ in counts))
            metrics.TASKS_OVERDUE.labels(role.value).set(sum(late for _, late in counts))
        for danger, label in ((True, "true"), (False, "false")):
            waiting = tx.now - unread.get(danger, tx.now)
            metrics.TEXTS_UNREAD.labels(label).set(waiting.total_seconds())
        self._looked_around_at = tx.now

    def _tell_on_call(self, *, missing: bool) -> None:
        """With nobody on the rota the log says so at the start, and the metric all the time."""
        metrics.ON_CALL_MISSING.set(missing)
        if missing and not self._on_call_missing:
            log.error("nobody_is_on_call")
        self._on_call_missing = missing

    async def some(self) -> bool:
        """Look up what is due. False when nothing is."""
        async with self._database.read_connection() as connection:
            overdue = await messages.unresolved(
                connection, now=self._database.clock.now(), limit=BATCH
            )
        for claim in overdue:
            try:
                await self._resolve(claim)
            except db.RETRYABLE as error:
                self._interruptions.add(claim.message_id, error)
                if not await self._interruptions.put_off(self._database):
                    raise
            except Exception:  # noqa: BLE001 (a bug or a broken fact: parked, logged, counted)
                log.error("message_not_judged", step=claim.step, exc_info=True)
                await self._park(claim, "not-judged")
            self.heartbeat.beat()
        return bool(overdue)

    async def _resolve(self, claim: Unresolved) -> None:
        provider_id = None
        try:
            if claim.channel is Channel.SMS:
                provider_id = await self._find(claim)
        except (ConnectionError, PermanentError) as error:
            log.warning("look_up_failed", error=type(error).__name__)
            asked = error.retry_after if isinstance(error, ProviderAwayError) else None
            return await self._later(claim, asked)
        await self._settle(claim, provider_id)

    async def _find(self, claim: Unresolved) -> str | None:
        """The provider's id of our text. Raises ProviderAwayError when it cannot be asked."""
        async with self._database.read_connection() as connection:
            contact = await contacts.sealed_of(connection, claim.recipient_kind, claim.recipient_id)
        if contact is None:
            raise PermanentError("contact_gone")
        sealed = Sealed.model_validate_json(contact)
        opened = await self._composer.book.open(claim.recipient_kind, claim.recipient_id, sealed)
        if opened.phone is None:
            raise PermanentError("contact_gone")
        since = claim.claimed_at - BEFORE_CLAIM
        listed = await self._sms.find(opened.phone, since=since)
        ours = [
            provider_id
            for provider_id, body in listed
            if body_hash(self._composer.hash_key, opened.phone, body) == claim.body_hash
        ]
        async with self._database.read_connection() as connection:
            known = await messages.known_provider_ids(connection, ours)
        return next((one for one in reversed(ours) if one not in known), None)

    async def _later(self, claim: Unresolved, asked: timedelta | None = None) -> None:
        """The provider that might have it cannot be asked. After about a day a human does so."""
        async with self._database.transaction() as tx:
            message = await self._still_unknown(tx, claim)
            if message is None:
                return
            if claim.retries >= MAX_TRIES:
                tx.correlation_id = message.correlation_id
                await message_moves.park(tx, message, "outcome-unknown")
                return
            until = tx.now + wait_before_retry(claim.retries, self._chance(), asked=asked)
            await messages.look_up_later(
                tx.connection, claim.message_id, until=until, reason=_reason(claim)
            )

    async def _settle(self, claim: Unresolved, provider_id: str | None) -> None:
        async with self._database.transaction() as tx:
            message = await self._still_unknown(tx, claim)
            if message is None:
                return
            tx.correlation_id = message.correlation_id
            nothing = Trigger.LOOK_UP_FINDS_NOTHING
            if provider_id is not None:
                await message_moves.sent(
                    tx,
                    message,
                    Trigger.LOOK_UP_FINDS_IT,
                    provider_id=provider_id,
                    receipt_by=tx.now + NO_RECEIPT_AFTER,
                )
            elif message.wait_reason == AFTER_RESTORE or message.retries == 0:
                again = Details(LOOKED_UP, next_at=tx.now)
                await messages.move(tx.connection, message, nothing, again, at=tx.now)
                tx.wake(Wakeable.SENDER)
            else:
                await not_taken(tx, message, nothing, chance=self._chance())

    async def _park(self, claim: Unresolved, reason: str) -> None:
        async with self._database.transaction() as tx:
            message = await self._still_unknown(tx, claim)
            if message is not None:
                tx.correlation_id = message.correlation_id
                await message_moves.park(tx, message, reason)

    async def _still_unknown(self, tx: Transaction, claim: Unresolved) -> Message | None:
        """The message, locked, unless it is settled or claimed again since it was looked up."""
        (message,) = await messages.locked(tx.connection, [claim.message_id])
        unknown = message.state in (State.CLAIMED, State.UNKNOWN)
        return message if unknown and message.claim_epoch == claim.claim_epoch else None


def _reason(claim: Unresolved) -> str:
    """A text that may have been sent before a restore stays known as one."""
    return AFTER_RESTORE if claim.wait_reason == AFTER_RESTORE else "look-up-failed"
