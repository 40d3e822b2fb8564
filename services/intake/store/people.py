"""People: an id and a key each. What they are called and how they are reached is sealed.

Rows of a clinic are one person where they share a record number, or a phone number and a birth
date: a revoked consent and a death hold for all of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.db import Connection, Row


@dataclass(frozen=True, slots=True)
class Known:
    """A person whom this clinic referred before, under the same record number."""

    person_id: UUID
    key_id: UUID


@dataclass(frozen=True, slots=True)
class Hashes:
    """By what a person is recognised: `contact` is of the phone number and the birth date."""

    record: bytes | None
    phone: bytes | None
    contact: bytes | None


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody whom this clinic has not referred before, as hashes. `key_id`: their data key."""

    key_id: UUID
    hashes: Hashes
    identity_hash: bytes
    needs_review: bool


@dataclass(frozen=True, slots=True)
class SamePerson:
    """All rows of one person at one clinic, locked until the transaction ends."""

    person_ids: tuple[UUID, ...]
    revoked_on: date | None


# A revocation that is being written is waited for, and one that comes waits for us.
_SIMILAR = """
    SELECT person_id, key_id, record_hash, phone_hash, contact_hash, identity_hash,
           consent_revoked_on, deceased_at
      FROM people
     WHERE clinic_id = $1 AND erased_at IS NULL
       AND (record_hash = ANY($2::bytea[]) OR phone_hash = ANY($3::bytea[]))
     ORDER BY person_id FOR SHARE
"""
_SAME = """
    SELECT other.person_id, other.consent_revoked_on
      FROM referrals r JOIN people one USING (person_id)
      JOIN people other ON other.clinic_id = one.clinic_id
       AND (other.person_id = one.person_id OR other.record_hash IN (one.record_hash, $2)
            OR (other.phone_hash IN (one.phone_hash, $3)
                AND other.contact_hash IN (one.contact_hash, $4)))
     WHERE r.referral_id = $1
     ORDER BY other.person_id FOR NO KEY UPDATE OF other
"""
_KEY = "SELECT key_id FROM people WHERE person_id = $1"
_REVOKE = """
    UPDATE people SET consent_revoked_on = greatest(consent_revoked_on, $2)
     WHERE person_id = ANY($1::uuid[])
"""
_DIED = """
    UPDATE people SET deceased_at = $2
     WHERE person_id = ANY($1::uuid[]) AND deceased_at IS NULL
 RETURNING person_id
"""
_CONTACT = """
    UPDATE people SET phone_hash = $2, contact_hash = $3
     WHERE person_id = $1
       AND (phone_hash, contact_hash) IS DISTINCT FROM ($2::bytea, $3::bytea)
"""
_OTHERS = """
    SELECT EXISTS (SELECT FROM people
                    WHERE clinic_id = $1 AND phone_hash = $2 AND contact_hash <> $3
                      AND erased_at IS NULL AND person_id <> $4)
"""


async def similar(
    connection: Connection, clinic_id: UUID, hashes: Sequence[Hashes]
) -> Sequence[Row]:
    """Everybody of this clinic with one of these record or phone numbers.

    Locked, so that no consent of theirs is revoked before the transaction ends.
    """
    records = [one.record for one in hashes if one.record is not None]
    phones = [one.phone for one in hashes if one.phone is not None]
    if not records and not phones:
        return []
    return await connection.fetch(_SIMILAR, clinic_id, records, phones)


def same_as(rows: Sequence[Row], hashes: Hashes) -> SamePerson:
    """Of `similar` rows those of the person with these hashes."""
    return _same(
        row
        for row in rows
        if (hashes.record is not None and row["record_hash"] == hashes.record)
        or (hashes.contact is not None and row["contact_hash"] == hashes.contact)
    )


def is_on_others(rows: Sequence[Row], hashes: Hashes) -> bool:
    """Whether one of `similar` rows is of somebody else with the same phone number."""
    return hashes.contact is not None and any(
        row["phone_hash"] == hashes.phone and row["contact_hash"] not in (None, hashes.contact)
        for row in rows
    )


async def number_is_on_others(
    connection: Connection, clinic_id: UUID, person_id: UUID, hashes: Hashes
) -> bool:
    """Whether somebody else of this clinic has the same phone number."""
    found: bool = await connection.fetchval(
        _OTHERS, clinic_id, hashes.phone, hashes.contact, person_id
    )
    return found


def _same(rows: Iterable[Row]) -> SamePerson:
    found = list(rows)
    days = [row["consent_revoked_on"] for row in found if row["consent_revoked_on"] is not None]
    return SamePerson(tuple(row["person_id"] for row in found), max(days, default=None))


async def locked_same(
    connection: Connection, referral_id: UUID, also: Hashes | None = None
) -> SamePerson:
    """All rows of the person of this referral; lock them before any of their referrals.

    `also`: what an amendment says of the person. Empty when this role may not see the referral.
    """
    now = also or Hashes(None, None, None)
    # A submission locks the rows that are there: with the locks held, a second look also finds
    # the row that somebody added while we waited for them.
    found = (referral_id, now.record, now.phone, now.contact)
    await connection.fetch(_SAME, *found)
    return _same(await connection.fetch(_SAME, *found))


async def key_of(connection: Connection, person_id: UUID) -> UUID | None:
    """The data key of a person."""
    key_id: UUID | None = await connection.fetchval(_KEY, person_id)
    return key_id


async def revoke_consents(connection: Connection, same: SamePerson, *, on: date) -> None:
    """What was signed until this day counts no more, now and in whatever comes."""
    await connection.execute(_REVOKE, list(same.person_ids), on)


async def note_death(connection: Connection, same: SamePerson, *, at: datetime) -> list[UUID]:
    """This person has died. Returns the ids of which that was not known."""
    return [row["person_id"] for row in await connection.fetch(_DIED, list(same.person_ids), at)]


async def keep_contact(connection: Connection, person_id: UUID, hashes: Hashes) -> None:
    """The phone number or the birth date may have been corrected."""
    await connection.execute(_CONTACT, person_id, hashes.phone, hashes.contact)
