"""What the databases and the simulator say after a fault run, and every promise checked on it.

Reads nothing but the databases and the simulator. Pure over `Facts`, so that a violation can be
planted (`test_checker.py`).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

LIVE = ("open", "accepted")
AFTER_STOP = frozenset({"person_opt_out_confirmed"})
AFTER_REVOCATION = frozenset({"contact_called_off"})
"""The words that a person still gets: that no more follow, and that nobody will call."""

CLINIC_READS = {"closed": ("consent_revoked", "cancelled")}
"""State of a search → what its clinic may read, where it is not the same word."""

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
class Standing:
    """A referral as notifications knows it."""

    standing: str
    revoked: bool
    coach: str | None


@dataclass(frozen=True, slots=True)
class Facts:
    """The end of a run. Ids are text."""

    acknowledged: frozenset[str]
    """Referrals whose submission was answered with success."""
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
    standings: dict[str, Standing]
    """Referral → what notifications goes by."""
    messages: tuple[Message, ...]
    handed_over: Counter[str]
    """Message id → texts that the provider stored for it."""
    same_words: Counter[tuple[str, str]]
    """Number and digest of the words → texts that the provider stored."""
    after_stop: tuple[str, ...]
    """Steps that were handed over for a number after its acknowledged STOP."""
    after_revocation: tuple[str, ...]
    """Steps that were handed over for a person after the acknowledged revocation."""
    contacts_after_revocation: tuple[str, ...]
    """Pages that showed a contact after they had once refused it, or to the end."""
    left_to_people: frozenset[str]
    """Referrals that a recovery has named to a human, and the audit log keeps."""
    unseen_differences: tuple[str, ...]
    """Signs that a database went back which a human should have got and did not."""
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
    def parked(self) -> list[Message]:
        """Messages that wait for a human; a provider that was away is no reason for that."""
        return [m for m in self.messages if m.state == "parked"]


def violations(facts: Facts) -> Iterator[str]:
    """Every broken promise, in words. None means that all hold."""
    yield from _referrals(facts)
    yield from _capacity(facts)
    yield from _messages(facts)
    yield from _refusals(facts)
    yield from _machinery(facts)
    for canary in sorted(facts.canaries):
        if canary in facts.logs:
            yield f"a log says {canary[:4]}…"


def _referrals(facts: Facts) -> Iterator[str]:
    lost = facts.acknowledged - set(facts.stored) - facts.left_to_people
    if lost:
        yield f"{len(lost)} acknowledged referrals are lost, and nobody was told"
    twice = [one for one, count in Counter(facts.stored).items() if count > 1]
    if twice:
        yield f"{len(twice)} referrals are stored twice"
    live = Counter(referral for referral, _, state in facts.offers if state in LIVE)
    for referral in facts.stored:
        state = facts.searches.get(referral)
        waits, closed = state == "waitlisted", state == "closed"
        if live[referral] + waits + closed != 1:
            yield f"{referral}: {live[referral]} live offers, search is {state}"
    for referral, state in facts.searches.items():
        if referral not in facts.left_to_people:
            yield from _one_state(facts, referral, state)


def _one_state(facts: Facts, referral: str, state: str) -> Iterator[str]:
    """Clinic, coach and messages go by the same state of a referral."""
    clinic = facts.clinic_view.get(referral)
    if clinic not in CLINIC_READS.get(state, (state,)):
        yield f"{referral}: clinic reads {clinic}, search is {state}"
    known = facts.standings.get(referral)
    if known is None:
        yield f"{referral}: notifications does not know it, search is {state}"
        return
    over = known.standing == "ended" or known.revoked
    if over is not (state == "closed"):
        yield f"{referral}: messages go by {known.standing}, search is {state}"
    coach = next((c for r, c, s in facts.offers if r == referral and s == "accepted"), None)
    if state == "assigned" and known.coach != coach:
        yield f"{referral}: messages go by another coach than the one who accepted"


def _capacity(facts: Facts) -> Iterator[str]:
    taken = Counter(coach for _, coach, state in facts.offers if state in LIVE)
    for coach, (counted, most) in facts.room.items():
        if counted != taken[coach]:
            yield f"coach {coach}: {taken[coach]} live offers, counted {counted}"
        if taken[coach] > most:
            yield f"coach {coach}: {taken[coach]} live offers, room for {most}"


def _messages(facts: Facts) -> Iterator[str]:
    yield from _copies(facts)
    if facts.parked:
        reasons = Counter(str(message.reason) for message in facts.parked)
        yield f"messages are parked, and no machine had to give up: {dict(reasons)}"
    strangers = set(facts.handed_over) - {message.message_id for message in facts.messages}
    if strangers:
        yield f"{len(strangers)} texts belong to no message"
    repeated = [count for count in facts.same_words.values() if count > 1]
    if repeated:
        yield f"{len(repeated)} texts came more than once in the same words"


def _copies(facts: Facts) -> Iterator[str]:
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


def _refusals(facts: Facts) -> Iterator[str]:
    for step in facts.after_stop:
        if step not in AFTER_STOP:
            yield f"{step} was handed over after an acknowledged STOP"
    for step in facts.after_revocation:
        if step not in AFTER_REVOCATION:
            yield f"{step} was handed over after an acknowledged revocation"
    for page in facts.contacts_after_revocation:
        yield f"{page} showed the contact after the revocation"
    for difference in facts.unseen_differences:
        yield f"nobody was shown a difference: {difference}"


def _machinery(facts: Facts) -> Iterator[str]:
    if facts.parked_records:
        yield f"{facts.parked_records} records are parked"
    if facts.outbox:
        yield f"{facts.outbox} events are not relayed"
    if facts.inbox_behind:
        yield f"{len(facts.inbox_behind)} keys are not handled to their end"
    for service in facts.broken_chains:
        yield f"the audit chain of {service}"
    if facts.stuck_timers:
        yield f"{facts.stuck_timers} timers are stuck"
    if facts.without_deadline:
        yield f"{facts.without_deadline} unfinished referrals have no deadline"
