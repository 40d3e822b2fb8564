"""Who can be written to, and who does not want to be."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.db import Connection, Row

_RECORD = """
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


async def record(connection: Connection, *columns: object) -> None:
    """Keep the newest contact, columns as above; another number has to be verified anew."""
    await connection.execute(_RECORD, *columns)


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
"""


async def by_phone(connection: Connection, phone_hash: bytes) -> Sequence[Row]:
    """Everybody with this number: coaches first, then people, the last to write first."""
    return await connection.fetch(_BY_PHONE, phone_hash)


async def spoke(connection: Connection, phone_hash: bytes, *, at: datetime) -> None:
    """Somebody wrote: automated texts wait, nobody is talked over."""
    await connection.execute(_SPOKE, phone_hash, at)


async def set_number(connection: Connection, phone_hash: bytes, state: str) -> None:
    """What is known of the number now: verified or unusable."""
    await connection.execute(_NUMBER, phone_hash, state)


async def hold(connection: Connection, phone_hash: bytes) -> None:
    """Automated texts wait until a human has read what was written."""
    await connection.execute(_HOLD, phone_hash)


async def release(connection: Connection, referral_id: UUID) -> None:
    """Somebody has looked at this referral, or it is over; others on this phone may still hold."""
    await connection.execute(_RELEASE, referral_id)


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


_SEALED = "SELECT sealed FROM contacts WHERE kind = $1 AND recipient_id = $2"


async def sealed_of(connection: Connection, kind: str, recipient_id: UUID) -> str | None:
    """A sealed contact; nothing when it never came or was erased."""
    sealed: str | None = await connection.fetchval(_SEALED, kind, recipient_id)
    return sealed
