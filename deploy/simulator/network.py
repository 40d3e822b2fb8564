"""The simulated telephone network: takes texts, moves them on, and reports back."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from deploy.simulator.changes import Changes
from deploy.simulator.clock import Clock, NewSid
from deploy.simulator.courier import Attempt, Courier, Outcome, Webhook
from deploy.simulator.journey import Journey, Step
from deploy.simulator.messages import (
    Direction,
    HandOver,
    Message,
    Messages,
    Phone,
    Status,
)
from deploy.simulator.twilio_format import inbound_form, receipt_form, replies_in

_STOP_WORDS = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}
)
_START_WORDS = frozenset({"start", "yes", "unstop"})
FIRST_ATTEMPT_SECONDS = 12.0
AT_ONCE = Journey(tuple(Step(0.0, s) for s in (Status.QUEUED, Status.SENT, Status.DELIVERED)))
_NOT_YET = Attempt(Outcome.WAITING, None, 0)


@dataclass(frozen=True, slots=True)
class Line:
    """Who the system is on the network, and where its inbound texts go."""

    account_sid: str
    sender: str
    inbound_url: str | None


@dataclass(frozen=True, slots=True)
class TypedText:
    """A text typed on a phone, and how its first webhook went; None without a receiver."""

    message: Message
    first_attempt: Attempt | None


class Network:
    """Moves texts between the system and the phones. All its methods run in one event loop."""

    def __init__(
        self,
        line: Line,
        messages: Messages,
        courier: Courier,
        changes: Changes,
        *,
        clock: Clock,
        new_sid: NewSid,
    ) -> None:
        self.line = line
        self.messages = messages
        self.opt_out_in_network = False
        self._courier = courier
        self._changes = changes
        self._clock = clock
        self._new_sid = new_sid

    def blocks(self, to: str) -> bool:
        """Whether the network itself refuses texts to this number after a STOP."""
        phone = self.messages.phones.get(to)
        return self.opt_out_in_network and phone is not None and phone.opted_out

    def accept(self, to: str, body: str, journey: Journey, *, status_callback: str = "") -> Message:
        """Take a text for `to` and send it on its way."""
        message = self._message(Direction.OUTBOUND, to, body, Status.QUEUED)
        message.status_callback = status_callback
        phone = self.messages.add(message)
        self.touch(phone)
        phone.heard = phone.version
        self._take_step(message, journey, 0)
        return message

    async def text_from(self, number: str, body: str) -> TypedText:
        """A phone sends `body` to the system; returns after the first attempt to hand it over.

        When nobody answers, the text is offered again with growing waits. Texts of one phone
        keep their order, so behind one that waits this returns without an attempt.
        """
        message = self._message(Direction.INBOUND, number, body, Status.RECEIVED)
        message.move(Status.RECEIVED, message.created_at)
        phone = self.messages.add(message)
        self._obey_keyword(phone, body)
        self.touch(phone)
        if self.line.inbound_url is None:
            return TypedText(message, None)
        first: asyncio.Future[Attempt] = asyncio.get_running_loop().create_future()

        def tell(attempt: Attempt) -> None:
            self._told(message, attempt)
            self._reply(message, attempt)
            if not first.done():
                first.set_result(attempt)

        message.hand_over = HandOver.WAITING
        form = inbound_form(message, self.line.account_sid)
        self._courier.send(f"from {number}", Webhook(self.line.inbound_url, form, tell))
        await asyncio.wait({first}, timeout=FIRST_ATTEMPT_SECONDS)
        return TypedText(message, first.result() if first.done() else _NOT_YET)

    def touch(self, phone: Phone) -> None:
        """Note that a phone looks different now."""
        phone.version = self._changes.mark()

    def _message(self, direction: Direction, number: str, body: str, status: Status) -> Message:
        outbound = direction is Direction.OUTBOUND
        return Message(
            number=self.messages.arrived + 1,
            sid=self._new_sid(),
            direction=direction,
            to=number if outbound else self.line.sender,
            sender=self.line.sender if outbound else number,
            body=body,
            created_at=self._clock(),
            status=status,
        )

    def _take_step(self, message: Message, journey: Journey, index: int) -> None:
        if message.sid not in self.messages:
            return
        step = journey.steps[index]
        message.move(step.status, self._clock(), step.error_code)
        is_last = index + 1 == len(journey.steps)
        self._report(message, journey, step, is_last=is_last)
        self.touch(self.messages.phone(message.phone))
        if not is_last:
            following = partial(self._take_step, message, journey, index + 1)
            _later(journey.steps[index + 1].after, following)

    def _report(self, message: Message, journey: Journey, step: Step, *, is_last: bool) -> None:
        due: tuple[Step, ...] = (step,)
        if journey.backwards:
            due = tuple(reversed(journey.steps)) if is_last else ()
        for step_told in due:
            for _ in range(journey.copies):
                self._post_receipt(message, step_told)

    def _post_receipt(self, message: Message, step: Step) -> None:
        if not message.status_callback:
            return
        form = receipt_form(message, step.status, step.error_code, self.line.account_sid)
        message.hand_over = HandOver.WAITING
        webhook = Webhook(message.status_callback, form, partial(self._told, message))
        self._courier.send(message.sid, webhook)

    def _told(self, message: Message, attempt: Attempt) -> None:
        message.hand_over = _HAND_OVER[attempt.outcome]
        message.hand_over_status = attempt.http_status
        message.hand_over_attempts = attempt.number
        if message.sid in self.messages:
            self.touch(self.messages.phone(message.phone))

    def _reply(self, message: Message, attempt: Attempt) -> None:
        """Send what the receiver answered, as the provider does with its `Message` verbs."""
        if attempt.outcome is not Outcome.ANSWERED or self.blocks(message.phone):
            return
        for body in replies_in(attempt.body):
            self.accept(message.phone, body, AT_ONCE)

    def _obey_keyword(self, phone: Phone, body: str) -> None:
        word = body.strip().casefold()
        if word in _STOP_WORDS:
            phone.opted_out = True
        elif word in _START_WORDS:
            phone.opted_out = False


_HAND_OVER = {
    Outcome.ANSWERED: HandOver.ANSWERED,
    Outcome.REFUSED: HandOver.REFUSED,
    Outcome.WAITING: HandOver.WAITING,
    Outcome.GIVEN_UP: HandOver.GIVEN_UP,
}


def _later(seconds: float, act: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(seconds, act)
