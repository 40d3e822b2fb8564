"""Who can be written to, and who does not want to be."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.rules.facts import Number
from services.notifications.rules.reach import Reach
from shared.db import Connection
from shared.events import Channel, RecipientKind


@dataclass(frozen=True, slots=True)
class PhoneOwner:
    """Somebody who is written to on a number."""

    kind: RecipientKind
    recipient_id: UUID
    sealed: str | None


# What waited for this contact is tried again at once. Another number closes the task about the one
# before, and is checked anew.
_RECORD = """
    WITH nudged AS (
        UPDATE messages SET next_at = due_at
         WHERE recipient_kind = $1 AND recipient_id = $2 AND state = 'planned'
           AND wait_reason = 'facts-missing'
    ), mended AS (
        UPDATE tasks SET closed_at = $10, closed_by = $11, outcome = 'number_mended'
         WHERE owner = 'notifications' AND kind = 'number_to_mend' AND subject_id = $2
           AND closed_at IS NULL AND $4::bytea IS NOT NULL AND reason <> 'on-several-people'
           AND NOT EXISTS (SELECT FROM contacts WHERE kind = $1 AND recipient_id = $2
                              AND phone_hash = $4::bytea AND number_state = 'unusable')
    )
    INSERT INTO contacts (kind, recipient_id, sealed, phone_hash, has_email, language, zone,
                          text_ok, shared_phone)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (kind, recipient_id) DO UPDATE
       SET sealed = EXCLUDED.sealed, has_email = EXCLUDED.has_email,
           language = EXCLUDED.language, zone = EXCLUDED.zone, text_ok = EXCLUDED.text_ok,
           shared_phone = EXCLUDED.shared_phone,
           number_state = CASE WHEN contacts.phone_hash IS NOT DISTINCT FROM EXCLUDED.phone_hash
                               THEN contacts.number_state ELSE 'unverified' END,
           phone_hash = EXCLUDED.phone_hash
"""
_PREFERENCES = """
    UPDATE contacts SET language = $3, zone = $4, text_ok = $5, shared_phone = $6
     WHERE kind = $1 AND recipient_id = $2
"""
_ERASE = """
    UPDATE contacts SET sealed = NULL, phone_hash = NULL, erased = true
     WHERE kind = 'person' AND recipient_id = $1
"""
_DECEASED = "UPDATE contacts SET deceased = true WHERE kind = 'person' AND recipient_id = $1"


async def record(connection: Connection, *columns: object, at: datetime, by: str) -> None:
    """Keep the newest contact, columns as above.

    Messages that waited for it are due, and the task about a number that it replaces is closed.
    """
    await connection.execute(_RECORD, *columns, at, by)


async def change_preferences(connection: Connection, *columns: object) -> None:
    """Kind, id, language, zone, whether texts are allowed, whether the phone is shared."""
    await connection.execute(_PREFERENCES, *columns)


async def erase(connection: Connection, person_id: UUID) -> None:
    """Drop what is left of an erased person; the opt-out list keeps its hash."""
    await connection.execute(_ERASE, person_id)


async def mark_deceased(connection: Connection, person_id: UUID) -> None:
    """Nothing is ever sent to this person again."""
    await connection.execute(_DECEASED, person_id)


_BY_PHONE = """
    SELECT kind, recipient_id, sealed FROM contacts
     WHERE phone_hash = $1 AND kind IN ('person', 'coach') AND NOT erased
     ORDER BY kind, last_words_at DESC NULLS LAST, recipient_id DESC
"""
_SPOKE = "UPDATE contacts SET last_words_at = $2 WHERE phone_hash = $1"
_NUMBER = "UPDATE contacts SET number_state = $2 WHERE phone_hash = $1"
_HOLD = "UPDATE contacts SET held = true WHERE phone_hash = $1"
_RELEASE = """
    UPDATE contacts SET held = false
     WHERE held
       AND phone_hash = (SELECT c.phone_hash
                           FROM contacts c JOIN referrals r ON r.person_id = c.recipient_id
                          WHERE c.kind = 'person' AND r.referral_id = $1)
       AND NOT EXISTS (SELECT FROM contacts p JOIN referrals q ON q.person_id = p.recipient_id
                        WHERE p.kind = 'person' AND p.phone_hash = contacts.phone_hash
                          AND q.held AND q.standing <> 'ended')
    RETURNING recipient_id
"""


async def by_phone(connection: Connection, phone_hash: bytes) -> Sequence[PhoneOwner]:
    """Everybody with this number: coaches first, then people, the last to write first."""
    rows = await connection.fetch(_BY_PHONE, phone_hash)
    return [PhoneOwner(RecipientKind(kind), *others) for kind, *others in rows]


async def spoke(connection: Connection, phone_hash: bytes, *, at: datetime) -> None:
    """Somebody wrote: automated texts wait, nobody is talked over."""
    await connection.execute(_SPOKE, phone_hash, at)


async def set_number(connection: Connection, phone_hash: bytes, state: str) -> None:
    """What is known of the number now: verified or unusable."""
    await connection.execute(_NUMBER, phone_hash, state)


async def hold(connection: Connection, phone_hash: bytes) -> None:
    """Automated texts wait until a human has read what was written."""
    await connection.execute(_HOLD, phone_hash)


async def release(connection: Connection, referral_id: UUID) -> list[UUID]:
    """Somebody has looked at this referral, or it is over; others on this phone may still hold.

    Returns who is held no longer.
    """
    rows = await connection.fetch(_RELEASE, referral_id)
    return [row["recipient_id"] for row in rows]


_RELEASE_WRITER = """
    UPDATE contacts SET held = false
     WHERE held
       AND phone_hash = (SELECT phone_hash FROM contacts WHERE recipient_id = $1 LIMIT 1)
       AND NOT EXISTS (SELECT FROM contacts p JOIN referrals q ON q.person_id = p.recipient_id
                        WHERE p.kind = 'person' AND p.phone_hash = contacts.phone_hash
                          AND q.held AND q.standing <> 'ended')
"""


async def release_writer(connection: Connection, recipient_id: UUID) -> None:
    """Somebody has read what was written; a referral that is on hold still holds its number."""
    await connection.execute(_RELEASE_WRITER, recipient_id)


ON_SEVERAL = "on-several-people"
"""The reason of a task about a number that several people have, as the statements name it."""

_FIRST_ON_SHARED = """
    WITH mended AS (
        UPDATE tasks t SET closed_at = $3, closed_by = $4, outcome = 'number_mended'
         WHERE kind = 'number_to_mend' AND reason = 'on-several-people' AND closed_at IS NULL
           AND NOT EXISTS (SELECT FROM contacts c JOIN contacts o USING (phone_hash)
                            WHERE c.recipient_id = t.subject_id AND o.kind = 'person'
                              AND o.recipient_id <> t.subject_id AND NOT o.erased
                              AND NOT (c.shared_phone AND o.shared_phone))
    )
    SELECT (array_agg(recipient_id ORDER BY recipient_id))[1] AS first
      FROM contacts c
     WHERE phone_hash = ANY($1::bytea[]) AND kind = 'person' AND NOT erased
       AND (NOT EXISTS (SELECT FROM referrals WHERE person_id = c.recipient_id)
            OR EXISTS (SELECT FROM referrals
                        WHERE person_id = c.recipient_id AND standing <> 'ended'))
     GROUP BY phone_hash
    HAVING $2 OR (count(*) > 1 AND NOT bool_and(shared_phone))
     ORDER BY first
"""


async def first_on_shared(
    connection: Connection, phone_hashes: Collection[bytes], *, full: bool, at: datetime, by: str
) -> list[UUID]:
    """Of each number that is on several people with running referrals: who had it first.

    `full`: of every number. Tasks about numbers that no others have any more are closed.
    """
    rows = await connection.fetch(_FIRST_ON_SHARED, list(phone_hashes), full, at, by)
    return [row["first"] for row in rows]


_OPT_OUT = """
    INSERT INTO opt_outs (phone_hash, scope, since) VALUES ($1, $2, $3)
    ON CONFLICT (phone_hash, scope) DO NOTHING
    RETURNING true
"""
_OPT_IN = "DELETE FROM opt_outs WHERE phone_hash = $1 RETURNING true"
_OPTED_OUT = "SELECT EXISTS (SELECT FROM opt_outs WHERE phone_hash = $1)"


async def opt_out(connection: Connection, phone_hash: bytes, scope: str, *, at: datetime) -> bool:
    """No text starts to this number from the commit on. False when it was so before."""
    return await connection.fetchval(_OPT_OUT, phone_hash, scope, at) is not None


async def opt_in(connection: Connection, phone_hash: bytes) -> bool:
    """Texts are wanted again. False when they were not stopped."""
    return await connection.fetchval(_OPT_IN, phone_hash) is not None


async def is_opted_out(connection: Connection, phone_hash: bytes) -> bool:
    """Whether texts to this number are stopped in any scope."""
    stopped: bool = await connection.fetchval(_OPTED_OUT, phone_hash)
    return stopped


_REACH = """
    SELECT phone_hash IS NOT NULL AND text_ok, has_email,
           EXISTS (SELECT FROM opt_outs x WHERE x.phone_hash = c.phone_hash), number_state,
           ARRAY(SELECT channel FROM stopped_channels)
      FROM contacts c WHERE kind = $1 AND recipient_id = $2 AND NOT erased
"""


async def reach_of(connection: Connection, kind: RecipientKind, recipient_id: UUID) -> Reach | None:
    """By which channels somebody can be written to; None when nothing is known of them."""
    row = await connection.fetchrow(_REACH, kind.value, recipient_id)
    if row is None:
        return None
    phone, email, opted_out, number, stopped = row
    return Reach(phone, email, opted_out, Number(number), frozenset(map(Channel, stopped)))


@dataclass(frozen=True, slots=True, repr=False)
class Known:
    """Somebody to whom a human may want to write; `sealed` is None once they were erased."""

    kind: RecipientKind
    recipient_id: UUID
    sealed: str | None
    language: str
    has_phone: bool
    opted_out: bool
    number: Number
    deceased: bool
    erased: bool


_KNOWN = """
    SELECT kind, recipient_id, sealed, language, phone_hash IS NOT NULL AS has_phone,
           EXISTS (SELECT FROM opt_outs x WHERE x.phone_hash = c.phone_hash) AS opted_out,
           number_state AS number, deceased, erased
      FROM contacts c WHERE recipient_id = $1 AND kind IN ('person', 'coach')
"""


async def find(connection: Connection, recipient_id: UUID) -> Known | None:
    """The person or coach with this id, as far as their contact has come."""
    row = await connection.fetchrow(_KNOWN, recipient_id)
    if row is None:
        return None
    columns = dict(row)
    kind, number = RecipientKind(columns.pop("kind")), Number(columns.pop("number"))
    return Known(kind=kind, number=number, **columns)


_PHONE_HASH = "SELECT phone_hash FROM contacts WHERE kind = 'person' AND recipient_id = $1"


async def number_of(connection: Connection, person_id: UUID) -> bytes | None:
    """The hash of a person's number."""
    number: bytes | None = await connection.fetchval(_PHONE_HASH, person_id)
    return number


_SEALED = "SELECT sealed FROM contacts WHERE kind = $1 AND recipient_id = $2"


async def sealed_of(connection: Connection, kind: str, recipient_id: UUID) -> str | None:
    """A sealed contact; nothing when it never came or was erased."""
    sealed: str | None = await connection.fetchval(_SEALED, kind, recipient_id)
    return sealed
