"""What a deployment has decided about whom it takes on, and how."""

from dataclasses import dataclass
from datetime import timedelta

from services.intake.rules.areas import County
from services.intake.rules.codes import LegalRole
from services.intake.rules.consent import PeerOrganisation


@dataclass(frozen=True, slots=True)
class Policy:
    """What this deployment has decided. Defaults are those of the domain page (§1.1, §4, §6)."""

    organisation: PeerOrganisation
    counties: tuple[County, ...]
    legal_role: LegalRole = LegalRole.PART2_PROGRAM
    least_age: int = 18
    fresh_for: timedelta = timedelta(days=14)
    link_lasts: timedelta = timedelta(days=90)
