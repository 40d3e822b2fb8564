"""Who works here, as matching tells it; a session that was ended there is over here too."""

from services.notifications.actions.plan_messages import Occasion, plan_messages
from services.notifications.rules.steps import Cause
from services.notifications.store import staff
from shared.events import (
    CoachSignInRequested,
    RecipientKind,
    StaffAccessEnded,
    StaffAccessGranted,
    StaffSessionEnded,
    StaffSignInRequested,
)
from shared.transaction import Transaction


async def staff_access_granted(tx: Transaction, event: StaffAccessGranted) -> None:
    """These are their roles from now on."""
    await staff.grant(tx.connection, event.staff_id, event.roles, event.access_version)


async def staff_access_ended(tx: Transaction, event: StaffAccessEnded) -> None:
    """They work here no longer."""
    await staff.end(tx.connection, event.staff_id)


async def staff_session_ended(tx: Transaction, event: StaffSessionEnded) -> None:
    """They signed out on one device."""
    await staff.end_session(tx.connection, event.session_id, at=tx.now)


async def coach_sign_in_requested(tx: Transaction, event: CoachSignInRequested) -> None:
    """Send the link to the coach's own phone or mailbox."""
    await plan_messages(
        tx,
        Occasion(
            cause=Cause.COACH_SIGN_IN_REQUESTED,
            subject_id=event.coach_id,
            recipients={RecipientKind.COACH: event.coach_id},
            occasion_id=event.link_id,
        ),
    )


async def staff_sign_in_requested(tx: Transaction, event: StaffSignInRequested) -> None:
    """Send the link; a second one is an occasion of its own."""
    await plan_messages(
        tx,
        Occasion(
            cause=Cause.STAFF_SIGN_IN_REQUESTED,
            subject_id=event.staff_id,
            recipients={RecipientKind.STAFF: event.staff_id},
            occasion_id=event.link_id,
        ),
    )
