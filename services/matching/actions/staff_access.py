"""Giving and ending access for the people who work here."""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import UUID

from services.matching.store import staff
from services.matching.store.staff import StaffMember
from shared.events import (
    StaffAccessEnded,
    StaffAccessGranted,
    StaffContactRecorded,
    StaffRole,
)
from shared.transaction import Transaction
from shared.vault import Vault, event_context, to_wire


class NoSuchStaffError(Exception):
    """Nobody who works here has this address."""


@dataclass(frozen=True, slots=True, repr=False)
class StaffDetails:
    """What is known of somebody who begins to work here."""

    name: str
    email: str
    phone: str | None
    """E.164; where somebody who is on call is woken."""
    language: str
    zone: str


def email_hash(key: bytes, email: str) -> bytes:
    """A keyed hash by which an address is found again, whatever its capitals."""
    return hmac.new(key, b"staff email|" + email.strip().casefold().encode(), sha256).digest()


async def give_access(
    tx: Transaction,
    vault: Vault,
    key: bytes,
    details: StaffDetails,
    roles: Sequence[StaffRole],
) -> UUID:
    """Let somebody sign in with these roles, or change the roles of who has the address already.

    A change ends the sessions that they have; the same roles again change nothing. A phone number
    that is given is kept, with the name and the zone beside it.
    """
    hashed = email_hash(key, details.email)
    known = await staff.by_email(tx.connection, hashed)
    if known is not None and details.phone is not None:
        await _record_contact(tx, vault, known, details)
    if known is not None and frozenset(known.roles) == frozenset(roles):
        return known.staff_id
    if known is not None:
        version = await staff.set_roles(tx.connection, known.staff_id, roles)
        _tell(tx, known.staff_id, roles, version)
        return known.staff_id
    staff_id, key_id = tx.new_id(), await vault.new_key()
    sealed = await _sealed(vault, staff_id, key_id, details)
    member = StaffMember(
        staff_id, key_id, sealed, tuple(roles), details.language, details.zone, 1, None
    )
    await staff.add(tx.connection, member, email_hash=hashed, at=tx.now)
    _tell_contact(tx, member)
    _tell(tx, staff_id, roles, member.access_version)
    return staff_id


async def _record_contact(
    tx: Transaction, vault: Vault, known: StaffMember, details: StaffDetails
) -> None:
    """They are reached in another way from now on; their sessions go on."""
    sealed = await _sealed(vault, known.staff_id, known.key_id, details)
    member = replace(known, sealed_contact=sealed, language=details.language, zone=details.zone)
    await staff.set_contact(tx.connection, member)
    _tell_contact(tx, member)
    tx.audit("staff.contact_recorded", "staff", known.staff_id)


async def _sealed(vault: Vault, staff_id: UUID, key_id: UUID, details: StaffDetails) -> bytes:
    contact = {"name": details.name, "phone": details.phone, "email": details.email}
    context = event_context(StaffContactRecorded.type, staff_id)
    return await vault.seal(key_id, json.dumps(contact).encode(), context)


def _tell_contact(tx: Transaction, member: StaffMember) -> None:
    tx.emit(
        StaffContactRecorded(
            staff_id=member.staff_id,
            sealed=to_wire(member.key_id, member.sealed_contact),
            language=member.language,
            zone=member.zone,
        )
    )


def _tell(tx: Transaction, staff_id: UUID, roles: Sequence[StaffRole], version: int) -> None:
    tx.emit(StaffAccessGranted(staff_id=staff_id, roles=tuple(roles), access_version=version))
    tx.audit(
        "staff.access_granted", "staff", staff_id, roles="+".join(role.value for role in roles)
    )


async def end_access(tx: Transaction, key: bytes, email: str) -> UUID:
    """Somebody works here no longer; all their sessions are over. Raises NoSuchStaffError."""
    known = await staff.by_email(tx.connection, email_hash(key, email))
    if known is None:
        raise NoSuchStaffError
    await staff.end_access(tx.connection, known.staff_id, at=tx.now)
    tx.emit(StaffAccessEnded(staff_id=known.staff_id))
    tx.audit("staff.access_ended", "staff", known.staff_id)
    return known.staff_id
