"""What intake has to do later."""

from typing import ClassVar
from uuid import UUID

from shared.transaction import Timer


class ReferralDeadlinePassed(Timer):
    """Somebody owed this referral something by now."""

    kind: ClassVar[str] = "referral_deadline_passed"
    referral_id: UUID

    @property
    def key(self) -> str:
        return str(self.referral_id)

    @property
    def subject_id(self) -> UUID:
        return self.referral_id
