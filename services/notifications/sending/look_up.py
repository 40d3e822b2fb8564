"""Messages of which nobody result again: ask the provider, then decide.

A loop of its own, so that a provider that answers slowly does not keep what is due waiting.
"""

import asyncio
from datetime import UTC, datetime, timedelta

from services.notifications.actions import message_moves
from services.notifications.channels.sms import SmsProvider
from services.notifications.rules.plan import step_named
from services.notifications.rules.states import NO_RECEIPT_AFTER, State, Trigger
from services.notifications.rules.steps import OnUnknown
from services.notifications.sending.after_restore import AFTER_RESTORE, LOOKED_UP
from services.notifications.sending.outbound import MessageComposer, body_hash
from services.notifications.store import contacts, inbound, messages
from services.notifications.store.messages import Details, Message
from shared import db, metrics
from shared.db import Row
from shared.errors import PermanentError
from shared.events import Channel, Sealed
from shared.heartbeat import Heartbeat
from shared.logs import log
from shared.messaging.own_history import OwnHistory
from shared.transaction import Database, Transaction, Wakeable

BATCH = 20
POLL_SECONDS = 1.0
AGAIN_AFTER = timedelta(seconds=5)
LOOK_AROUND_EVERY = timedelta(seconds=30)
BEFORE_CLAIM = timedelta(seconds=60)
"""The provider's clock may be behind ours."""


class LookUp:
    """Asks by recipient, time and the hash of the body; our receipts may answer first."""

    def __init__(
        self,
        database: Database,
        history: OwnHistory,
        composer: MessageComposer,
        sms: SmsProvider,
    ) -> None:
        self._database, self._history = database, history
        self._composer, self._sms = composer, sms
        self._looked_around_at = datetime.min.replace(tzinfo=UTC)
        self.heartbeat = Heartbeat("look_up", silent_after=120.0)

    async def run(self) -> None:
        """Look up until cancelled; outages of the database are waited out."""
        while True:
            found = False
            try:
                await self._look_around()
                found = self._history.is_current and await self.some()
            except db.RETRYABLE as error:
                log.warning("look_up_interrupted", error=type(error).__name__)
            self.heartbeat.beat()
            if not found:
                await asyncio.sleep(POLL_SECONDS)

    async def _look_around(self) -> None:
        """Now and then: which receipts stayed away, and what waits for a human."""
        if self._database.clock.now() - self._looked_around_at < LOOK_AROUND_EVERY:
            return
        async with self._database.transaction() as tx:
            await messages.give_up_on_receipts(tx.connection, now=tx.now)
            metrics.MESSAGES_PARKED.set(await messages.count_parked(tx.connection))
            unread = await inbound.unread_since(tx.connection)
        for danger, label in ((True, "true"), (False, "false")):
            waiting = tx.now - unread.get(danger, tx.now)
            metrics.TEXTS_UNREAD.labels(label).set(waiting.total_seconds())
        self._looked_around_at = tx.now

    async def some(self) -> bool:
        """Look up what is due. False when nothing is."""
        async with self._database.read_connection() as connection:
            rows = await messages.unresolved(
                connection, now=self._database.clock.now(), limit=BATCH
            )
        for row in rows:
            try:
                await self._resolve(row)
            except db.RETRYABLE:
                raise
            except Exception:  # noqa: BLE001 (a bug or a broken fact: parked, logged, counted)
                log.error("message_not_judged", step=row["step"], exc_info=True)
                await self._park(row, "not-judged")
            self.heartbeat.beat()
        return bool(rows)

    async def _resolve(self, row: Row) -> None:
        provider_id = None
        try:
            if row["channel"] == Channel.SMS.value:
                provider_id = await self._find(row)
        except (ConnectionError, PermanentError) as error:
            log.warning("look_up_failed", error=type(error).__name__)
            return await self._later(row)
        await self._settle(row, provider_id)

    async def _find(self, row: Row) -> str | None:
        """The provider's id of our text. Raises ConnectionError when it cannot be asked."""
        async with self._database.read_connection() as connection:
            contact = await contacts.sealed_of(
                connection, row["recipient_kind"], row["recipient_id"]
            )
        if contact is None:
            raise PermanentError("contact_gone")
        sealed = Sealed.model_validate_json(contact)
        opened = await self._composer.book.open(row["recipient_kind"], row["recipient_id"], sealed)
        if opened.phone is None:
            raise PermanentError("contact_gone")
        since = row["claimed_at"] - BEFORE_CLAIM
        listed = await self._sms.find(opened.phone, since=since)
        ours = [
            provider_id
            for provider_id, body in listed
            if body_hash(self._composer.hash_key, opened.phone, body) == row["body_hash"]
        ]
        async with self._database.read_connection() as connection:
            known = await messages.known_provider_ids(connection, ours)
        return next((one for one in reversed(ours) if one not in known), None)

    async def _later(self, row: Row) -> None:
        async with self._database.transaction() as tx:
            if await self._still_unknown(tx, row) is None:
                return
            until = tx.now + AGAIN_AFTER
            await messages.look_up_later(
                tx.connection, row["message_id"], until=until, reason=_reason(row)
            )

    async def _settle(self, row: Row, provider_id: str | None) -> None:
        resend = row["channel"] == Channel.EMAIL.value or (
            step_named(row["step"]).on_unknown is OnUnknown.RESEND
        )
        async with self._database.transaction() as tx:
            message = await self._still_unknown(tx, row)
            if message is None:
                return
            tx.correlation_id = message.correlation_id
            if provider_id is not None:
                await message_moves.sent(
                    tx,
                    message,
                    Trigger.LOOK_UP_FINDS_IT,
                    provider_id=provider_id,
                    receipt_by=tx.now + NO_RECEIPT_AFTER,
                )
            elif resend or message.wait_reason == AFTER_RESTORE:
                again = Details(LOOKED_UP, next_at=tx.now)
                await messages.move(tx.connection, message, Trigger.IS_SENT_AGAIN, again, at=tx.now)
                tx.wake(Wakeable.SENDER)
            else:
                nothing = Trigger.LOOK_UP_FINDS_NOTHING
                await message_moves.park(tx, message, "outcome-unknown", trigger=nothing)

    async def _park(self, row: Row, reason: str) -> None:
        async with self._database.transaction() as tx:
            message = await self._still_unknown(tx, row)
            if message is not None:
                tx.correlation_id = message.correlation_id
                await message_moves.park(tx, message, reason)

    async def _still_unknown(self, tx: Transaction, row: Row) -> Message | None:
        """The message, locked, unless it is settled or claimed again since it was looked up."""
        (message,) = await messages.locked(tx.connection, [row["message_id"]])
        unknown = message.state in (State.CLAIMED, State.UNKNOWN)
        return message if unknown and message.claim_epoch == row["claim_epoch"] else None


def _reason(row: Row) -> str:
    """A text that may have been sent before a restore stays known as one."""
    return AFTER_RESTORE if row["wait_reason"] == AFTER_RESTORE else "look-up-failed"
