"""What a clinic has sent under each `Idempotency-Key`."""

from uuid import UUID

from shared.db import Connection, Row

_LOCK = (
    "SELECT pg_advisory_xact_lock(hashtextextended(encode($2, 'hex'), hashtext($1::uuid::text)))"
)
_FIND = """
    SELECT k.body_hash, r.referral_id, r.first_status, r.first_answer
      FROM idempotency_keys k JOIN referrals r USING (referral_id)
     WHERE k.clinic_id = $1 AND k.key_hash = $2
"""
_REMEMBER = """
    INSERT INTO idempotency_keys (clinic_id, key_hash, body_hash, referral_id)
    VALUES ($1, $2, $3, $4)
"""


async def locked(connection: Connection, clinic_id: UUID, key_hash: bytes) -> Row | None:
    """What came first under this key; others who use it wait until the transaction ends."""
    await connection.fetchval(_LOCK, clinic_id, key_hash)
    return await connection.fetchrow(_FIND, clinic_id, key_hash)


async def remember(
    connection: Connection,
    clinic_id: UUID,
    key_hash: bytes,
    *,
    body_hash: bytes,
    referral_id: UUID,
) -> None:
    """This content was sent under the key and became this referral."""
    await connection.execute(_REMEMBER, clinic_id, key_hash, body_hash, referral_id)
