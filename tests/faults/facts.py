"""What the databases and the simulator say after a fault run, and every promise checked on it.

Reads nothing but the databases and the simulator. Pure over `Facts`, so that a violation can be
planted (`test_checker.py`).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

LIVE = ("open", "accepted")
FINAL_SENDS = ("sent", "delivered", "undelivered", "no_receipt")


@dataclass(frozen=True, slots=True)
class Message:
    """One row of `messages`."""

    message_id: str
    step: str
    channel: str | None
    state: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """The end of a run. Ids are text."""

    acknowledged: frozenset[str]
    """Business identifiers whose submission was answered with success."""
    stored: tuple[str, ...]
    """The referral of each stored submission."""
    searches: dict[str, str]
    """Referral → state of its search."""
    offers: tuple[tuple[str, str, str], ...]
    """Referral, coach and state of every offer."""
    room: dict[str, tuple[int, int]]
    """Coach → places taken as counted, places there are."""
    clinic_view: dict[str, str]
    """Referral → what its clinic reads."""
    messages: tuple[Message, ...]
    handed_over: Counter[str]
    """Message id → texts that the provider stored for it."""
    parked_records: int
    """Records that wait in some service, for whatever reason."""
    outbox: int
    inbox_behind: tuple[str, ...]
    """Keys whose consumer has not handled all that was emitted."""
    broken_chains: tuple[str, ...]
    stuck_timers: int
    without_deadline: int
    logs: str = field(default="", repr=False)
    canaries: frozenset[str] = frozenset()

    @property
    def parked_without_trace(self) -> list[Message]:
        """Texts that wait for a human because the provider, asked later, knew nothing of them."""
        return [m for m in self.messages if m.state == "parked" and m.reason == "outcome-unknown"]


def violations(facts: Facts) -> Iterator[str]:
    """Every broken promise, in words. None means that all hold."""
    yield from _referrals(facts)
    yield from _capacity(facts)
    yield from _messages(facts)
    yield from _machinery(facts)
    for canary in sorted(facts.canaries):
        if canary in facts.logs:
            yield f"a log says {canary[:4]}…"


def _referrals(facts: Facts) -> Iterator[str]:
    if len(facts.stored) < len(facts.acknowledged):
        lost = len(facts.acknowledged) - len(facts.stored)
        yield f"{lost} acknowledged referrals are lost"
    twice = [one for one, count in Counter(facts.stored).items() if count > 1]
    if twice:
        yield f"{len(twice)} referrals are stored twice"
    live = Counter(referral for referral, _, state in facts.offers if state in LIVE)
    for referral in facts.stored:
        waits = facts.searches.get(referral) == "waitlisted"
        if live[referral] + waits != 1:
            yield f"{referral}: {live[referral]} live offers, waitlisted {waits}"
    expected = {"offered": "offered", "assigned": "assigned", "waitlisted": "waitlisted"}
    for referral, state in facts.searches.items():
        if facts.clinic_view.get(referral) != expected.get(state, state):
            yield f"{referral}: clinic reads {facts.clinic_view.get(referral)}, search is {state}"


def _capacity(facts: Facts) -> Iterator[str]:
    taken = Counter(coach for _, coach, state in facts.offers if state in LIVE)
    for coach, (counted, most) in facts.room.items():
        if counted != taken[coach]:
            yield f"coach {coach}: {taken[coach]} live offers, counted {counted}"
        if taken[coach] > most:
            yield f"coach {coach}: {taken[coach]} live offers, room for {most}"


def _messages(facts: Facts) -> Iterator[str]:
    for message in facts.messages:
        copies = facts.handed_over[message.message_id]
        if copies > 1:
            yield f"{message.step} was handed over {copies} times"
        if message.channel != "sms":
            continue
        if message.state in FINAL_SENDS and copies == 0:
            yield f"{message.step} counts as sent, and the provider has no text"
        if message.state not in FINAL_SENDS and copies:
            yield f"{message.step} is {message.state}, and the provider has its text"
        if message.state in ("claimed", "unknown"):
            yield f"{message.step} is still {message.state}"
    strangers = set(facts.handed_over) - {message.message_id for message in facts.messages}
    if strangers:
        yield f"{len(strangers)} texts belong to no message"


def _machinery(facts: Facts) -> Iterator[str]:
    if facts.parked_records:
        yield f"{facts.parked_records} records are parked"
    if facts.outbox:
        yield f"{facts.outbox} events are not relayed"
    if facts.inbox_behind:
        yield f"{len(facts.inbox_behind)} keys are not handled to their end"
    for service in facts.broken_chains:
        yield f"the audit chain of {service} is broken"
    if facts.stuck_timers:
        yield f"{facts.stuck_timers} timers are stuck"
    if facts.without_deadline:
        yield f"{facts.without_deadline} unfinished referrals have no deadline"
