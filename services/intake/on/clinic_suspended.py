"""A clinic may no longer submit or read, or may again."""

from uuid import UUID

from services.intake.store import clinics, sessions
from shared.events import ClinicSuspended
from shared.transaction import Transaction


async def clinic_suspended(tx: Transaction, clinic_id: UUID, *, reason: str) -> bool:
    """Refuse its key, and end who is signed in, from the commit on. Its referrals go on.

    False when it was suspended before.
    """
    if not await clinics.suspend(tx.connection, clinic_id, at=tx.now):
        return False
    await sessions.end_all_of(tx.connection, clinic_id)
    tx.emit(ClinicSuspended(clinic_id=clinic_id))
    tx.audit("clinic.suspended", "clinic", clinic_id, reason=reason)
    return True


async def clinic_resumed(tx: Transaction, clinic_id: UUID, *, reason: str) -> bool:
    """Its key counts again; who was signed in signs in anew. False when it was not suspended."""
    if not await clinics.resume(tx.connection, clinic_id):
        return False
    tx.audit("clinic.resumed", "clinic", clinic_id, reason=reason)
    return True
