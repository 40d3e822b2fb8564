"""A claimed message as it goes out, composed from sealed contacts."""

import hashlib
import hmac
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from services.notifications.actions.address_book import AddressBook, Opened
from services.notifications.actions.sealed_words import answer_context, open_words
from services.notifications.rules.by_hand import written
from services.notifications.rules.compose import Text, Values, compose
from services.notifications.rules.facts import Number
from services.notifications.rules.ids_in_links import short_id
from services.notifications.rules.kinds import WRITTEN_BY_HAND, Kind
from services.notifications.rules.steps import Step
from services.notifications.rules.wording import Wording
from services.notifications.sending.particulars import Particulars
from services.notifications.store.alarms import Called
from services.notifications.store.claims import Claim
from services.notifications.store.due_messages import DueMessage
from shared.errors import PermanentError
from shared.events import Channel, RecipientKind, Sealed
from shared.offer_link import offer_code
from shared.signin.link import code_of


@dataclass(frozen=True, slots=True, repr=False)
class OutgoingMessage:
    """One message for one address, under one claim."""

    message_id: UUID
    epoch: int
    channel: Channel
    to: str
    text: Text
    body_hash: bytes
    due: DueMessage
    step: Step

    @property
    def claim(self) -> Claim:
        """What has to be committed before it leaves."""
        return Claim(self.message_id, self.channel.value, self.body_hash)


@dataclass(frozen=True, slots=True)
class Links:
    """Where links lead, and the keys that make the codes of offers and of sign-ins."""

    offers: str
    clinics: str
    sign_in: str
    desk: str
    key: bytes
    sign_in_key: bytes
    team_phone: str


@dataclass(frozen=True, slots=True)
class MessageComposer:
    """Opens contacts and composes."""

    book: AddressBook
    wording: Wording
    links: Links
    hash_key: bytes

    async def prefetch(self, due: Sequence[DueMessage]) -> None:
        """Fetch at once the keys that packing these messages needs."""
        sealed = [each for one in due for each in (one.sealed, one.coach_sealed)]
        keys: set[UUID] = set()
        for one in sealed:
            with suppress(ValueError):  # composing says so of its own message
                keys |= {Sealed.model_validate_json(one).key_id} if one is not None else set()
        await self.book.vault.prefetch(list(keys))

    async def compose(
        self, due: DueMessage, step: Step, channel: Channel, more: Particulars
    ) -> OutgoingMessage:
        """Compose the message. Raises PermanentError when the recipient cannot be addressed,
        ValueError when the wording lacks a value.
        """
        if due.sealed is None or due.language is None:
            raise PermanentError("no_contact")
        sealed = Sealed.model_validate_json(due.sealed)
        contact = await self.book.open(due.recipient_kind, due.recipient_id, sealed)
        to = contact.email if channel is Channel.EMAIL else contact.phone
        if to is None:
            raise PermanentError("no_address")
        if step.kind in WRITTEN_BY_HAND:
            text = written(await self._by_hand(due, more))
        else:
            values = await self._values(due, step, contact, more.called)
            language = due.answer_language or due.language
            text = compose(self.wording, step.kind, channel, language, values)
        return OutgoingMessage(
            due.message_id,
            due.claim_epoch + 1,
            channel,
            to,
            text,
            body_hash(self.hash_key, to, text.body),
            due,
            step,
        )

    async def _by_hand(self, due: DueMessage, more: Particulars) -> str:
        words = await open_words(self.book.vault, more.answer, answer_context(due.occasion_id))
        if words is None:
            raise PermanentError("no_words")
        return words

    async def _values(
        self, due: DueMessage, step: Step, contact: Opened, called: Called | None
    ) -> Values:
        person = due.recipient_kind is RecipientKind.PERSON
        named = person and is_named(due)
        several = due.open_offers > 1
        if due.recipient_kind is RecipientKind.STAFF:
            return self._for_staff(due, step, called)
        return Values(
            name=_first_word(contact.name) if named else None,
            coach=await self._coach(due) if person else None,
            by=due.answer_by if _about_offer(due) else due.first_contact_by,
            zone=ZoneInfo(due.zone or "UTC"),
            link=self._link(due),
            reference=due.reference,
            code=due.offer_code if several else None,
            phone=self.links.team_phone,
        )

    def _for_staff(self, due: DueMessage, step: Step, called: Called | None) -> Values:
        if step.kind is Kind.STAFF_SIGN_IN:
            code = code_of(self.links.sign_in_key, due.occasion_id)
            return Values(link=f"{self.links.sign_in}/sign-in/{code}")
        if called is None:
            return Values(link=f"{self.links.desk}/desk")
        return Values(
            task=called.kind,
            by=called.due_at,
            zone=ZoneInfo(due.zone or "UTC"),
            link=f"{self.links.desk}/t/{short_id(called.task_id)}",
            code=called.code,
        )

    async def _coach(self, due: DueMessage) -> str | None:
        if due.coach_sealed is None or due.coach_id is None:
            return None
        sealed = Sealed.model_validate_json(due.coach_sealed)
        opened = await self.book.open("coach", due.coach_id, sealed)
        return opened.name

    def _link(self, due: DueMessage) -> str | None:
        if due.recipient_kind is RecipientKind.CLINIC:
            return f"{self.links.clinics}/referrals/{due.referral_id}"
        if due.step == Kind.COACH_SIGN_IN:
            return f"{self.links.sign_in}/c/{code_of(self.links.sign_in_key, due.occasion_id)}"
        offer_id = due.offer_id or due.live_offer_id
        if due.recipient_kind is RecipientKind.COACH and offer_id is not None:
            code = offer_code(self.links.key, offer_id, due.recipient_id)
            return f"{self.links.offers}/o/{code}"
        return None


def is_named(due: DueMessage) -> bool:
    """Whether a text may say the person's name: its holder has confirmed the number,
    and it is nobody else's.
    """
    return (
        due.number_state == Number.VERIFIED and not due.shared_phone and not due.number_is_on_others
    )


def _first_word(name: str) -> str | None:
    """A text never carries a full name, however a name field was filled in."""
    return next(iter(name.split()), None)


def _about_offer(due: DueMessage) -> bool:
    return due.step.startswith("offer_")


def body_hash(key: bytes, to: str, body: str) -> bytes:
    """What a look-up recognises our text by, without the text."""
    return hmac.new(key, f"{to}\x1f{body}".encode(), hashlib.sha256).digest()


MAIL_IDS = UUID("5f3a1c2e-7d40-5b8e-9a61-2c4d8e0f7b13")
"""The namespace of the ids of our mails. It never changes."""


def mail_id(due: DueMessage) -> UUID:
    """Of the step, not of the row: a mail that is planned again after a restore has the same."""
    parts = (due.subject_id, due.occasion_id, due.episode, due.step, due.recipient_id)
    return uuid5(MAIL_IDS, "|".join(map(str, parts)))


def is_like_one_under_way(outgoing: OutgoingMessage, claimed: Sequence[OutgoingMessage]) -> bool:
    """Whether an equal text has no outcome yet: a look-up could not tell the two apart.

    An urgent one does not wait.
    """
    if outgoing.channel is not Channel.SMS or outgoing.step.urgent:
        return False
    unresolved = {*outgoing.due.unresolved, *(one.body_hash for one in claimed)}
    return outgoing.body_hash in unresolved
