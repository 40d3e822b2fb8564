"""What may follow a text to us: the parts that the rows of `keywords` are made of."""

from dataclasses import dataclass
from enum import StrEnum

from services.notifications.rules.kinds import Kind
from shared.events.messages import TextFlag
from shared.tasks import TaskKind


class Who(StrEnum):
    """Who writes, as far as the number tells."""

    PERSON = "person"
    COACH = "coach"
    STRANGER = "stranger"
    """No record has the number: an answer goes back with the provider's own request."""


class Question(StrEnum):
    """A question that was asked by text and not yet answered."""

    NUMBER_CHECK = "number_check"
    CHECK_IN = "check_in"


class Manner(StrEnum):
    """How an answer goes out; always at once and at any hour."""

    PLAIN = "plain"
    RIGHT = "right"
    """Owed after STOP and after a revocation too."""
    CONFIRMATION = "confirmation"
    """The one confirmation of a stop: within five minutes or never."""
    URGENT = "urgent"
    """To somebody in danger: whatever else holds, and rather twice than late."""


class Fact(StrEnum):
    """What is stated for others."""

    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    FLAGGED = "flagged"
    """A human looks first: intake holds what the person has not finished."""
    REPLIED = "replied"
    OFFER_ANSWERED = "offer_answered"


@dataclass(frozen=True, slots=True)
class Follows:
    """What follows when somebody says it."""

    answer: Kind | None = None
    manner: Manner = Manner.PLAIN
    notes: tuple[Kind, ...] = ()
    """What the coach and the clinic of each running referral are told."""
    task: TaskKind | None = None
    """What a human is asked for."""
    facts: tuple[Fact, ...] = ()
    once: bool = False
    """The answer is not repeated while a human has not read what it answered."""
    flag: TextFlag | None = None
    """As what it is flagged; danger as the class of its words."""
    holds: bool = False
    """Automated texts to this number wait until a human has looked."""
