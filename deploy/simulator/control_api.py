"""JSON for tests, checkers and the demo: what arrived, and what is to go wrong."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field

from deploy.simulator.courier import Outcome
from deploy.simulator.faults import Rule
from deploy.simulator.mail import Mail, Mailbox
from deploy.simulator.messages import Direction, HandOver, Kind, Message, Phone, Status
from deploy.simulator.network import TypedText
from deploy.simulator.settings import PHONE_NUMBER
from deploy.simulator.simulator import Simulator, simulator_of

Number = Annotated[str, Path(pattern=PHONE_NUMBER)]
Running = Annotated[Simulator, Depends(simulator_of)]


class Body(BaseModel):
    """A request body: unknown fields are refused, values are not repeated in errors."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class StatusAt(BaseModel):
    """A status of a text and when it came."""

    status: Status
    at: datetime


class MessageOut(BaseModel):
    """A text with all that happened to it."""

    sid: str
    direction: Direction
    to: str
    sender: str = Field(serialization_alias="from")
    body: str
    status: Status
    error_code: int | None
    created_at: datetime
    history: list[StatusAt]
    status_callback: str
    hand_over: HandOver
    hand_over_status: int | None

    @classmethod
    def of(cls, message: Message) -> "MessageOut":
        """The text as JSON shows it."""
        return cls(
            sid=message.sid,
            direction=message.direction,
            to=message.to,
            sender=message.sender,
            body=message.body,
            status=message.status,
            error_code=message.error_code,
            created_at=message.created_at,
            history=[StatusAt(status=status, at=at) for status, at in message.history],
            status_callback=message.status_callback,
            hand_over=message.hand_over,
            hand_over_status=message.hand_over_status,
        )


class MessagesOut(BaseModel):
    """Texts, oldest first; `dropped` ones were too many to keep; `webhooks_owed` still to post."""

    messages: list[MessageOut]
    dropped: int
    webhooks_owed: int


class MailOut(BaseModel):
    """An e-mail as it arrived."""

    message_id: str
    to: str
    sender: str = Field(serialization_alias="from")
    subject: str
    body: str
    received_at: datetime

    @classmethod
    def of(cls, mail: Mail) -> "MailOut":
        """The e-mail as JSON shows it."""
        return cls(
            message_id=mail.message_id,
            to=mail.to,
            sender=mail.sender,
            subject=mail.subject,
            body=mail.body,
            received_at=mail.received_at,
        )


class MailboxOut(BaseModel):
    """A mailbox, its e-mails oldest first."""

    address: str
    label: str
    mails: list[MailOut]

    @classmethod
    def of(cls, box: Mailbox) -> "MailboxOut":
        """The mailbox as JSON shows it."""
        mails = [MailOut.of(mail) for mail in box.mails]
        return cls(address=box.address, label=box.label, mails=mails)


class MailboxesOut(BaseModel):
    """All mailboxes, and the port where e-mail is taken."""

    mailboxes: list[MailboxOut]
    smtp_port: int


class PhoneIn(Body):
    """Names a phone."""

    number: str = Field(pattern=PHONE_NUMBER)
    label: str = Field(min_length=1, max_length=80)
    kind: Kind = Kind.PERSON
    language: str = Field(default="en", pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")


class PhoneOut(BaseModel):
    """A phone without its texts."""

    number: str
    label: str
    kind: Kind | None
    language: str

    @classmethod
    def of(cls, phone: Phone) -> "PhoneOut":
        """The phone as JSON shows it."""
        return cls(number=phone.number, label=phone.label, kind=phone.kind, language=phone.language)


class MailboxIn(Body):
    """Names a mailbox."""

    address: str = Field(min_length=3, max_length=254, pattern=r"^[^\s@]+@[^\s@]+$")
    label: str = Field(min_length=1, max_length=80)


class TextIn(Body):
    """What somebody types on a phone."""

    body: str = Field(min_length=1, max_length=1600)


class TextOut(BaseModel):
    """What came of a typed text; `outcome` is None when no service listens."""

    sid: str
    outcome: Outcome | None
    http_status: int | None
    answer: str

    @classmethod
    def of(cls, typed: TypedText) -> "TextOut":
        """The typed text with its first webhook's result."""
        attempt = typed.first_attempt
        return cls(
            sid=typed.message.sid,
            outcome=attempt.outcome if attempt else None,
            http_status=attempt.http_status if attempt else None,
            answer=attempt.body if attempt else "",
        )


class FaultsIn(Body):
    """The rules that shall hold instead of the present ones; an absent switch stays as it is."""

    rules: list[Rule] = []
    network_opt_out: bool | None = None
    seed: int | None = None


class FaultsOut(BaseModel):
    """The rules in force."""

    rules: Sequence[Rule]
    network_opt_out: bool


def _faults(simulator: Simulator) -> FaultsOut:
    return FaultsOut(
        rules=simulator.faults.rules, network_opt_out=simulator.network.opt_out_in_network
    )


router = APIRouter(prefix="/simulator", tags=["simulator"])


@router.get("/messages")
async def messages(simulator: Running, to: str | None = None) -> MessagesOut:
    """All texts kept, in both directions; with `to` those that were sent to that number."""
    if to is not None and to.startswith(" "):
        to = f"+{to[1:]}"  # a plus sign that was not encoded arrives as a space
    phone = None if to == simulator.settings.sms_sender else to
    kept = simulator.messages.oldest_first(phone=phone)
    return MessagesOut(
        messages=[MessageOut.of(message) for message in kept if to in (None, message.to)],
        dropped=simulator.messages.dropped,
        webhooks_owed=simulator.courier.owed,
    )


@router.get("/mail")
async def mail(simulator: Running) -> MailboxesOut:
    """All mailboxes with their e-mails."""
    boxes = [MailboxOut.of(box) for box in simulator.mailboxes.boxes.values()]
    return MailboxesOut(mailboxes=boxes, smtp_port=simulator.smtp_port)


@router.post("/phones", status_code=201)
async def name_phone(simulator: Running, named: PhoneIn) -> PhoneOut:
    """Name a phone, so that the page shows whose it is; naming it again changes it."""
    phone = simulator.messages.phone(named.number)
    phone.label, phone.kind, phone.language = named.label, named.kind, named.language
    simulator.network.touch(phone)
    return PhoneOut.of(phone)


@router.post("/mailboxes", status_code=201)
async def name_mailbox(simulator: Running, named: MailboxIn) -> MailboxOut:
    """Name a mailbox, so that the page shows whose it is."""
    return MailboxOut.of(simulator.mailboxes.name(named.address, named.label))


@router.post("/phones/{number}/texts")
async def type_text(simulator: Running, number: Number, text: TextIn) -> TextOut:
    """Type a text on a phone; answers with the result of the webhook's first attempt."""
    return TextOut.of(await simulator.network.text_from(number, text.body))


@router.get("/faults")
async def faults(simulator: Running) -> FaultsOut:
    """The rules in force, with the sends that are left to them."""
    return _faults(simulator)


@router.put("/faults")
async def replace_faults(simulator: Running, wanted: FaultsIn) -> FaultsOut:
    """Put rules in force; an empty list makes everything work again."""
    simulator.faults.replace(wanted.rules, seed=wanted.seed)
    if wanted.network_opt_out is not None:
        simulator.network.opt_out_in_network = wanted.network_opt_out
    simulator.changes.mark()
    return _faults(simulator)


@router.delete("/state", status_code=204)
async def clear(simulator: Running) -> None:
    """Forget texts, phones, e-mails, faults and webhooks owed."""
    simulator.clear()
