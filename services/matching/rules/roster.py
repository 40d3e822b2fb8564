"""A coach as a roster file describes them."""

from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field

from services.matching.rules.coach import Credential
from shared.events import FitFactors, HourRange


class HeldCredential(BaseModel):
    """A licence to coach in one state."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    scheme: str
    jurisdiction: str = Field(pattern=r"^[A-Z]{2}$")
    valid_from: date
    valid_to: date


class RosterCoach(BaseModel):
    """One coach as a roster file describes them. `number` makes the id: stable per file."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    number: str
    name: str = Field(min_length=1, max_length=64)
    phone: str | None = Field(default=None, pattern=r"^\+[1-9]\d{6,14}$")
    email: str | None = None
    language: str = "en"
    zone: str
    business_hours: tuple[HourRange, ...]
    organisation: str
    counties: tuple[str, ...]
    remote: bool = False
    languages: tuple[str, ...]
    supervised: bool = True
    max_active: int = Field(ge=0)
    kinds_of_support: tuple[str, ...]
    fit: FitFactors = FitFactors()
    attributes: tuple[str, ...] = ()
    credentials: tuple[HeldCredential, ...]

    @property
    def coach_id(self) -> UUID:
        return coach_id_of(self.number)

    @property
    def held(self) -> list[Credential]:
        return [Credential(c.scheme, c.jurisdiction, c.valid_from, c.valid_to)
                for c in self.credentials]  # fmt: skip


def coach_id_of(number: str) -> UUID:
    """The id of the coach whom the organisation's roster knows by this number."""
    return uuid5(NAMESPACE_URL, f"alongside:coach:{number}")
