"""What a provider's answer means for the send."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Taken:
    """The provider has it, under this id."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider will not send it; the class of its code decides what follows."""

    code: int


@dataclass(frozen=True, slots=True)
class NotSent:
    """The request never left: it may be sent again."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The request may have left and its answer is lost: unknown, never "not sent"."""


Delivery = Taken | Refused | NotSent | Lost
