"""Texts and the phones they belong to, kept in memory up to a limit."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import islice


class Status(StrEnum):
    """Where a text is, in the provider's words."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    RECEIVED = "received"


class Direction(StrEnum):
    """Seen from the system: `outbound-api` goes to a phone, `inbound` comes from one."""

    OUTBOUND = "outbound-api"
    INBOUND = "inbound"


class HandOver(StrEnum):
    """How far the webhooks about a text have come."""

    NONE = "none"
    WAITING = "waiting"
    ANSWERED = "answered"
    REFUSED = "refused"
    GIVEN_UP = "given_up"


class Kind(StrEnum):
    """Whose phone it is."""

    COACH = "coach"
    PERSON = "person"
    CLINIC = "clinic"
    STAFF = "staff"


@dataclass(slots=True)
class Message:
    """One text, in either direction."""

    number: int
    """Place in the order of arrival; grows by one."""
    sid: str
    direction: Direction
    to: str
    sender: str
    body: str
    created_at: datetime
    status: Status
    status_callback: str = ""
    error_code: int | None = None
    history: list[tuple[Status, datetime]] = field(default_factory=list)
    hand_over: HandOver = HandOver.NONE
    hand_over_status: int | None = None
    """HTTP status of the last webhook about this text; None when nobody answered."""
    hand_over_attempts: int = 0

    def move(self, status: Status, at: datetime, error_code: int | None = None) -> None:
        """Take the next status and remember when."""
        self.status = status
        self.error_code = error_code
        self.history.append((status, at))

    @property
    def updated_at(self) -> datetime:
        """When the status last changed."""
        return self.history[-1][1] if self.history else self.created_at

    @property
    def sent_at(self) -> datetime | None:
        """When the text left or arrived; None while it is queued."""
        settled = (at for status, at in self.history if status is not Status.QUEUED)
        return next(settled, None)

    @property
    def phone(self) -> str:
        """The number of the phone on the other side of the system."""
        return self.to if self.direction is Direction.OUTBOUND else self.sender


@dataclass(slots=True)
class Phone:
    """A phone of the pretended network with the texts it holds."""

    number: str
    label: str = ""
    kind: Kind | None = None
    language: str = "en"
    opted_out: bool = False
    """The network blocks texts to this phone (only with network opt-out)."""
    version: int = 0
    """Version of the last change, for open pages."""
    heard: int = 0
    """Version at which the newest text from the system came."""
    messages: deque[Message] = field(default_factory=deque)


class Messages:
    """All texts by sid, in order of arrival, and by phone; the oldest go beyond `keep`."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._by_sid: dict[str, Message] = {}
        self.phones: dict[str, Phone] = {}
        self.arrived = 0
        """Texts ever taken; never counts back, so numbers are not given twice."""
        self.dropped = 0
        """Texts that were too many to keep."""

    def __len__(self) -> int:
        return len(self._by_sid)

    def __contains__(self, sid: str) -> bool:
        return sid in self._by_sid

    def get(self, sid: str) -> Message | None:
        """The text with this sid, or None when it is unknown or was dropped."""
        return self._by_sid.get(sid)

    def phone(self, number: str) -> Phone:
        """The phone with this number; made when it is not known yet."""
        phone = self.phones.get(number)
        if phone is None:
            phone = self.phones[number] = Phone(number)
        return phone

    def add(self, message: Message) -> Phone:
        """Keep a text; the oldest one is dropped when there are too many."""
        self.arrived += 1
        self._by_sid[message.sid] = message
        phone = self.phone(message.phone)
        phone.messages.append(message)
        if len(self._by_sid) > self._keep:
            self._drop_oldest()
        return phone

    def newest_first(self, *, phone: str | None = None) -> Iterator[Message]:
        """Texts, newest first; with `phone` only those to or from it."""
        if phone is None:
            return reversed(self._by_sid.values())
        known = self.phones.get(phone)
        return reversed(known.messages) if known else iter(())

    def oldest_first(self, *, phone: str | None = None) -> Iterator[Message]:
        """Texts, oldest first; with `phone` only those to or from it."""
        if phone is None:
            return iter(self._by_sid.values())
        known = self.phones.get(phone)
        return iter(known.messages) if known else iter(())

    def clear(self) -> None:
        """Forget all texts and phones."""
        self._by_sid.clear()
        self.phones.clear()
        self.dropped = 0

    def _drop_oldest(self) -> None:
        oldest = self._by_sid.pop(next(islice(self._by_sid, 1)))
        phone = self.phones[oldest.phone]
        phone.messages.popleft()
        self.dropped += 1
        if not phone.messages and not phone.label:
            del self.phones[phone.number]
