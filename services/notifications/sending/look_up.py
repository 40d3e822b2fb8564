"""Messages whose outcome nobody knows: ask the provider, then decide."""

from datetime import timedelta

from services.notifications.channels.sms import SmsProvider
from services.notifications.on.tell_of_message import say_parked, say_sent
from services.notifications.rules.plan import step_named
from services.notifications.rules.states import NO_RECEIPT_AFTER, State
from services.notifications.rules.steps import OnUnknown
from services.notifications.sending.outbound import Packer, body_hash
from services.notifications.store import contacts, messages
from services.notifications.store.messages import Outcome
from shared.db import Row
from shared.errors import PermanentError
from shared.events import Channel, Sealed
from shared.logs import log
from shared.transaction import Database

BATCH = 20
AGAIN_AFTER = timedelta(seconds=5)
BEFORE_CLAIM = timedelta(seconds=60)
"""The provider's clock may be behind ours."""


class LookUp:
    """Asks by recipient, time and the hash of the body; our receipts may answer first."""

    def __init__(
        self, database: Database, packer: Packer, sms: SmsProvider, hash_key: bytes
    ) -> None:
        self._database, self._packer = database, packer
        self._sms, self._hash_key = sms, hash_key

    async def some(self) -> bool:
        """Look up what is due. False when nothing is."""
        async with self._database.transaction() as tx:
            rows = await messages.unresolved(tx.connection, now=tx.now, limit=BATCH)
        for row in rows:
            await self._resolve(row)
        return bool(rows)

    async def _resolve(self, row: Row) -> None:
        if row["channel"] == Channel.EMAIL.value:
            return await self._settle(row, None, found=False)
        try:
            provider_id = await self._find(row)
        except (ConnectionError, PermanentError) as error:
            log.warning("look_up_failed", error=type(error).__name__)
            return await self._later(row)
        await self._settle(row, provider_id, found=provider_id is not None)

    async def _find(self, row: Row) -> str | None:
        """The provider's id of our text. Raises ConnectionError when it cannot be asked."""
        async with self._database.transaction() as tx:
            contact = await contacts.sealed_of(
                tx.connection, row["recipient_kind"], row["recipient_id"]
            )
        if contact is None:
            raise PermanentError("contact_gone")
        sealed = Sealed.model_validate_json(contact)
        opened = await self._packer.book.open(row["recipient_kind"], row["recipient_id"], sealed)
        if opened.phone is None:
            raise PermanentError("contact_gone")
        since = row["claimed_at"] - BEFORE_CLAIM
        listed = await self._sms.find(opened.phone, since=since)
        ours = [
            provider_id
            for provider_id, body in listed
            if body_hash(self._hash_key, opened.phone, body) == row["body_hash"]
        ]
        async with self._database.transaction() as tx:
            known = await messages.known_provider_ids(tx.connection, ours)
        return next((one for one in reversed(ours) if one not in known), None)

    async def _later(self, row: Row) -> None:
        async with self._database.transaction() as tx:
            until = tx.now + AGAIN_AFTER
            await messages.wait(
                tx.connection, row["message_id"], until=until, reason="look-up-failed"
            )

    async def _settle(self, row: Row, provider_id: str | None, *, found: bool) -> None:
        resend = row["channel"] == Channel.EMAIL.value or (
            step_named(row["step"]).on_unknown is OnUnknown.RESEND
        )
        async with self._database.transaction() as tx:
            rows = await messages.locked(tx.connection, [row["message_id"]])
            now = rows[0]
            if now["state"] not in (State.CLAIMED.value, State.UNKNOWN.value):
                return
            tx.correlation_id = now["correlation_id"]
            if found:
                sent = Outcome(
                    State.SENT.value, next_at=tx.now + NO_RECEIPT_AFTER, provider_id=provider_id
                )
                await messages.settle(tx.connection, row["message_id"], sent, at=tx.now)
                say_sent(tx, now)
            elif resend:
                await messages.retry(
                    tx.connection, row["message_id"], until=tx.now, reason="outcome-unknown"
                )
            else:
                parked = Outcome(State.PARKED.value, reason="outcome-unknown")
                await messages.settle(tx.connection, row["message_id"], parked, at=tx.now)
                say_parked(tx, now, row["channel"], "outcome-unknown")
