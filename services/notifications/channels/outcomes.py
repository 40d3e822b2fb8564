"""What a provider's answer means for the send."""

from dataclasses import dataclass
from datetime import timedelta


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
    """The provider surely has not taken it, and may do so later; `retry_after` is its wish."""

    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """The provider may have it: no answer came, or one that says that something broke inside."""


Delivery = Taken | Refused | NotSent | Lost


class ProviderAwayError(ConnectionError):
    """The provider cannot be asked now; `retry_after` is when it wants to be asked again."""

    def __init__(self, why: str, retry_after: timedelta | None = None) -> None:
        super().__init__(why)
        self.retry_after = retry_after
