"""A claimed message as it goes out, composed from sealed contacts."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from services.notifications.actions.address_book import AddressBook, Opened
from services.notifications.rules.compose import Text, Values, compose
from services.notifications.rules.steps import OnUnknown, Step
from services.notifications.rules.wording import Wording
from shared.db import Row
from shared.errors import PermanentError
from shared.events import Channel, RecipientKind, Sealed
from shared.offer_link import offer_code


@dataclass(frozen=True, slots=True, repr=False)
class OutgoingMessage:
    """One message for one address, under one claim."""

    message_id: UUID
    epoch: int
    channel: Channel
    to: str
    text: Text
    phone_hash: bytes | None
    body_hash: bytes
    row: Row
    step: Step


@dataclass(frozen=True, slots=True)
class Links:
    """Where links lead, and the key that makes the offer's code."""

    offers: str
    clinics: str
    key: bytes
    team_phone: str | None


@dataclass(frozen=True, slots=True)
class MessageComposer:
    """Opens contacts and composes."""

    book: AddressBook
    wording: Wording
    links: Links
    hash_key: bytes

    async def prefetch(self, rows: Sequence[Row]) -> None:
        """Fetch at once the keys that packing these messages needs."""
        sealed = [row[column] for row in rows for column in ("sealed", "coach_sealed")]
        keys = {Sealed.model_validate_json(one).key_id for one in sealed if one is not None}
        await self.book.vault.prefetch(list(keys))

    async def compose(self, row: Row, step: Step, channel: Channel) -> OutgoingMessage:
        """Compose the message. Raises PermanentError when the recipient cannot be addressed,
        ValueError when the wording lacks a value.
        """
        kind, recipient_id = row["recipient_kind"], row["recipient_id"]
        sealed = Sealed.model_validate_json(row["sealed"])
        contact = await self.book.open(kind, recipient_id, sealed)
        to = contact.email if channel is Channel.EMAIL else contact.phone
        if to is None:
            raise PermanentError("no_address")
        values = await self._values(row, contact)
        text = compose(self.wording, step.kind, channel, row["language"], values)
        return OutgoingMessage(
            row["message_id"],
            row["claim_epoch"] + 1,
            channel,
            to,
            text,
            row["phone_hash"],
            body_hash(self.hash_key, to, text.body),
            row,
            step,
        )

    async def _values(self, row: Row, contact: Opened) -> Values:
        person = row["recipient_kind"] == RecipientKind.PERSON.value
        named = person and not row["shared_phone"]
        several = (row["open_offers"] or 0) > 1
        return Values(
            name=_first_word(contact.name) if named else None,
            coach=await self._coach(row) if person else None,
            by=row["answer_by"] if _about_offer(row) else row["first_contact_by"],
            zone=ZoneInfo(row["zone"]),
            link=self._link(row),
            reference=row["reference"],
            code=row["offer_code"] if several else None,
            phone=self.links.team_phone,
        )

    async def _coach(self, row: Row) -> str | None:
        if row["coach_sealed"] is None:
            return None
        sealed = Sealed.model_validate_json(row["coach_sealed"])
        opened = await self.book.open("coach", row["coach_contact_id"], sealed)
        return opened.name

    def _link(self, row: Row) -> str | None:
        if row["recipient_kind"] == RecipientKind.CLINIC.value:
            return f"{self.links.clinics}/referrals/{row['referral_id']}"
        offer_id = row["offer_id"] or row["live_offer_id"]
        if row["recipient_kind"] == RecipientKind.COACH.value and offer_id is not None:
            code = offer_code(self.links.key, offer_id, row["recipient_id"])
            return f"{self.links.offers}/o/{code}"
        return None


def _first_word(name: str) -> str | None:
    """A text never carries a full name, however a name field was filled in."""
    return next(iter(name.split()), None)


def _about_offer(row: Row) -> bool:
    return bool(row["step"].startswith("offer_"))


def body_hash(key: bytes, to: str, body: str) -> bytes:
    """What a look-up recognises our text by, without the text."""
    return hmac.new(key, f"{to}\x1f{body}".encode(), hashlib.sha256).digest()


MAIL_IDS = UUID("5f3a1c2e-7d40-5b8e-9a61-2c4d8e0f7b13")
"""The namespace of the ids of our mails. It never changes."""


def mail_id(row: Row) -> UUID:
    """Of the step, not of the row: a mail that is planned again after a restore has the same."""
    columns = ("subject_id", "occasion_id", "episode", "step", "recipient_id")
    return uuid5(MAIL_IDS, "|".join(str(row[column]) for column in columns))


def is_like_one_under_way(outgoing: OutgoingMessage, claimed: Sequence[OutgoingMessage]) -> bool:
    """Whether an equal text has no outcome yet: a look-up could not tell the two apart.

    What is sent again anyway when its outcome is unknown does not wait.
    """
    if outgoing.channel is not Channel.SMS or outgoing.step.on_unknown is OnUnknown.RESEND:
        return False
    unresolved = {*outgoing.row["unresolved"], *(one.body_hash for one in claimed)}
    return outgoing.body_hash in unresolved
