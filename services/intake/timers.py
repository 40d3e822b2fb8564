"""What intake has to do later."""

from typing import ClassVar
from uuid import UUID

from shared.transaction import Timer


class ReferralDeadlinePassed(Timer):
    """Somebody owed this referral something by now."""

    kind: ClassVar[str] = "referral_deadline_passed"
    referral_id: UUID
    missed: int = 0
    """How often it was looked at in vain since the referral last moved."""

    @property
    def key(self) -> str:
        return str(self.referral_id)

    @property
    def subject_id(self) -> UUID:
        return self.referral_id
