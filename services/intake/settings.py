"""What intake is told at its start."""

from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.intake.rules import areas
from services.intake.rules.codes import LegalRole
from services.intake.rules.consent import PeerOrganisation
from services.intake.rules.deadlines import Calendar
from services.intake.rules.policy import Policy
from services.intake.rules.quota import Quota
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read once, at start, from INTAKE_* variables."""

    model_config = SettingsConfigDict(hide_input_in_errors=True, frozen=True)
    prefix: ClassVar[str] = "INTAKE_"

    peer_organisation: str = Field(default="alongside-peer-support", pattern=r"^[a-z0-9-]{1,64}$")
    """The code of the organisation that employs the coaches, as it goes on topics."""
    peer_organisation_names: str = "Alongside Peer Support"
    """Names and identifiers by which a consent may name it, separated by `;`."""
    served_counties: Path | None = None
    """A TOML table of served counties; the one that comes with the service when not set."""
    legal_role: LegalRole = LegalRole.PART2_PROGRAM
    office_zone: str = "America/Chicago"
    """Where business hours and business days are counted."""
    referrals_per_hour: int = Field(default=120, ge=1)
    """The most new referrals of one clinic in an hour; what is above is told to come back later."""
    referrals_per_day: int = Field(default=500, ge=1)

    @cached_property
    def policy(self) -> Policy:
        """Whom this deployment takes on. Reads the table of served counties once."""
        source = self.served_counties or resources.files("shared") / "served_counties.toml"
        names = frozenset(name.strip() for name in self.peer_organisation_names.split(";"))
        return Policy(
            organisation=PeerOrganisation(self.peer_organisation, names),
            counties=areas.parse(source.read_text()),
            legal_role=self.legal_role,
        )

    @cached_property
    def calendar(self) -> Calendar:
        return Calendar(ZoneInfo(self.office_zone))

    @property
    def quota(self) -> Quota:
        """How many referrals each clinic may send."""
        return Quota(self.referrals_per_hour, self.referrals_per_day)
