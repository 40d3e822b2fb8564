"""What matching has to do later."""

from typing import ClassVar
from uuid import UUID

from shared.transaction import Timer


class OfferDeadlinePassed(Timer):
    """The coach has not answered in time."""

    kind: ClassVar[str] = "offer_deadline_passed"
    offer_id: UUID
    referral_id: UUID

    @property
    def key(self) -> str:
        return str(self.offer_id)

    @property
    def subject_id(self) -> UUID:
        return self.referral_id


class FirstContactDue(Timer):
    """By now the coach has tried to reach the person, or somebody has to ask why not."""

    kind: ClassVar[str] = "first_contact_due"
    offer_id: UUID
    referral_id: UUID

    @property
    def key(self) -> str:
        return str(self.offer_id)

    @property
    def subject_id(self) -> UUID:
        return self.referral_id


class PauseReviewDue(Timer):
    """The pause is over, and the coach has had some days to say how it goes on."""

    kind: ClassVar[str] = "pause_review_due"
    offer_id: UUID
    referral_id: UUID

    @property
    def key(self) -> str:
        return str(self.offer_id)

    @property
    def subject_id(self) -> UUID:
        return self.referral_id


class WaitlistReviewDue(Timer):
    """A referral that waits is looked at again."""

    kind: ClassVar[str] = "waitlist_review_due"
    referral_id: UUID

    @property
    def key(self) -> str:
        return str(self.referral_id)

    @property
    def subject_id(self) -> UUID:
        return self.referral_id


class PlaceFreed(Timer):
    """A coach may have a free place; the waitlist is looked at before anybody new gets it."""

    kind: ClassVar[str] = "place_is_freed"
    coach_id: UUID

    @property
    def key(self) -> str:
        return str(self.coach_id)

    @property
    def subject_id(self) -> UUID:
        return self.coach_id


class CoachLeft(Timer):
    """A coach may not go on: one after the other, their people get another one."""

    kind: ClassVar[str] = "coach_left"
    coach_id: UUID

    @property
    def key(self) -> str:
        return str(self.coach_id)

    @property
    def subject_id(self) -> UUID:
        return self.coach_id
