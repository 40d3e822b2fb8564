"""A coach as matching needs one: what the coach offers, and how much room is left."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.matching.rules.hours import BusinessHours
from shared.events import FitFactors


@dataclass(frozen=True, slots=True)
class Credential:
    """A licence to coach in one jurisdiction (a state), valid on both days it names."""

    scheme: str
    jurisdiction: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Coach:
    """A coach of the roster.

    `counties` are county FIPS codes. `attributes` are the codes that a person's *must* and
    *prefer* can name; a topic on which the coach has none is one the coach left open.
    `excluded_people` are the people whom either side keeps apart. `active_count` leaves out a
    coach's handovers; `open_offers` counts the offers that wait for this coach's answer: they
    take room as well.
    """

    coach_id: UUID
    organisation: str
    counties: frozenset[str]
    remote: bool
    languages: frozenset[str]
    credentials: tuple[Credential, ...]
    active: bool
    supervised: bool
    paused_until: datetime | None
    max_active: int
    active_count: int
    open_offers: int
    hours: BusinessHours
    kinds_of_support: frozenset[str]
    fit: FitFactors
    attributes: frozenset[str]
    excluded_people: frozenset[UUID]
    last_offered_at: datetime | None

    def with_offer(self, at: datetime) -> "Coach":
        """The same coach with one more offer to answer."""
        return replace(self, open_offers=self.open_offers + 1, last_offered_at=at)

    def without_room(self) -> "Coach":
        """The same coach for somebody whom none of the free places is meant for."""
        return replace(self, max_active=min(self.max_active, self.active_count + self.open_offers))

    @property
    def has_room(self) -> bool:
        return self.active_count + self.open_offers < self.max_active

    @property
    def load(self) -> float:
        """The taken share of the coach's places; equal shares are equal numbers (1/3 and 2/6)."""
        return (self.active_count + self.open_offers) / max(self.max_active, 1)
