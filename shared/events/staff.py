"""`alongside.staff.v1`: who works here, and what they may open. Key: the member of staff."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.events.base import Event, Instant, Sealed, ZoneField


class StaffRole(StrEnum):
    """What a member of staff does; one person may do several things."""

    SUPERVISOR = "supervisor"
    """Reads and answers what people write, and decides what no rule decides."""
    OPERATOR = "operator"
    """Keeps the system running; sees kinds, clocks and codes, never words."""


class StaffEvent(Event):
    topic: ClassVar[str] = "alongside.staff.v1"
    staff_id: UUID

    @property
    def key(self) -> UUID:
        return self.staff_id


class StaffAccessGranted(StaffEvent):
    """These are the roles as they now stand. Sessions of an earlier version are over."""

    type: ClassVar[str] = "staff.access_granted"
    roles: tuple[StaffRole, ...]
    access_version: int = Field(ge=1, le=9_999)


class StaffAccessEnded(StaffEvent):
    """They work here no longer: every session of theirs is over, everywhere."""

    type: ClassVar[str] = "staff.access_ended"


class StaffContactRecorded(StaffEvent):
    """How they are called and reached, sealed under their own key.

    `sealed` opens to JSON `{"name": str, "phone": E.164 | null, "email": str}`.
    """

    type: ClassVar[str] = "staff.contact_recorded"
    sealed: Sealed
    language: str = Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    zone: str = ZoneField


class StaffSignInRequested(StaffEvent):
    """They asked for a link to sign in. Its secret is made from `link_id` and never travels."""

    type: ClassVar[str] = "staff.sign_in_requested"
    link_id: UUID
    expires_at: Instant


class StaffSessionEnded(StaffEvent):
    """They signed out on one device, or ended its session from another one."""

    type: ClassVar[str] = "staff.session_ended"
    session_id: UUID
