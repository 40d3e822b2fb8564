"""What matching is told at its start."""

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from services.matching.rules.deadlines import (
    FIRST_CONTACT_WINDOWS,
    OFFER_WINDOWS,
    Window,
    Windows,
    window_of,
)
from services.matching.rules.pace import Pace
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read once, at start, from MATCHING_* variables."""

    model_config = SettingsConfigDict(
        hide_input_in_errors=True, frozen=True, arbitrary_types_allowed=True
    )
    prefix: ClassVar[str] = "MATCHING_"

    link_key: SecretStr
    """32 bytes, base64url: makes the codes of offer links; notifications has the same."""
    session_key: SecretStr
    """32 bytes, base64url: signs the cookie that shows a coach what follows an accept."""
    sign_in_key: SecretStr
    """32 bytes, base64url: the private half of the Ed25519 key that signs sessions of staff."""
    sign_in_link_key: SecretStr
    """32 bytes, base64url: makes the secrets of sign-in links; notifications has the same."""
    desk_url: str
    """Where supervisors and operators go once they have signed in: the address of notifications."""
    offer_window_fast_lane: str | None = None
    """How long a coach has to answer: `90 s`, `1 h`, `1 h by day`, `4 business h`, `1 business d`.

    By day: what begins at night begins in the morning, at the coach's place.
    """
    offer_window_urgent: str | None = None
    offer_window_routine: str | None = None
    served_counties: Path | None = None
    """A TOML table of served counties, for their names; the one that comes along when not set."""
    offers_before_supervisor: int = Field(default=3, ge=1, le=50)
    searches_at_once: int = Field(default=20, ge=1)
    """Of how many referrals of one clinic and urgency coaches are asked without a wait."""
    search_every_seconds: float = Field(default=180, gt=0)
    """How far apart the searches of the others begin."""

    @field_validator("offer_window_fast_lane", "offer_window_urgent", "offer_window_routine")
    @classmethod
    def _is_a_window(cls, value: str | None) -> str | None:
        if value is not None:
            window_of(value)
        return value

    @property
    def offer_windows(self) -> Windows:
        """The windows of the settings, the defaults where none is set."""
        return Windows(
            fast_lane=_window(self.offer_window_fast_lane, OFFER_WINDOWS.fast_lane),
            urgent=_window(self.offer_window_urgent, OFFER_WINDOWS.urgent),
            routine=_window(self.offer_window_routine, OFFER_WINDOWS.routine),
        )

    @cached_property
    def county_names(self) -> Mapping[str, str]:
        """FIPS code → name with its state, for the coach's page."""
        source = self.served_counties or resources.files("shared") / "served_counties.toml"
        rows = tomllib.loads(source.read_text(encoding="utf-8"))["county"]
        return {row["fips"]: f"{row['name']} County, {row['state']}" for row in rows}

    @property
    def pace(self) -> Pace:
        """How fast one clinic's referrals go to coaches."""
        return Pace(self.searches_at_once, timedelta(seconds=self.search_every_seconds))

    @property
    def first_contact_windows(self) -> Windows:
        return FIRST_CONTACT_WINDOWS


def _window(text: str | None, default: Window) -> Window:
    return window_of(text) if text else default
