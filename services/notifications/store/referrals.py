"""What is known of referrals and offers, as far as sending needs it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.db import Connection, Row

_ACCEPTED = """
    INSERT INTO referrals (referral_id, clinic_id, person_id, reference, episode, consent_ends_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (referral_id) DO UPDATE
       SET clinic_id = EXCLUDED.clinic_id, person_id = EXCLUDED.person_id,
           reference = EXCLUDED.reference, episode = EXCLUDED.episode,
           consent_ends_at = EXCLUDED.consent_ends_at
"""
_STANDING = """
    INSERT INTO referrals (referral_id, standing, consent_revoked) VALUES ($1, $2, $3)
    ON CONFLICT (referral_id) DO UPDATE
       SET standing = CASE WHEN referrals.standing = 'ended' THEN 'ended' ELSE $2 END,
           consent_revoked = referrals.consent_revoked OR $3
"""
_HELD = """
    INSERT INTO referrals (referral_id, held) VALUES ($1, $2)
    ON CONFLICT (referral_id) DO UPDATE SET held = $2
"""
_ASSIGNED = """
    INSERT INTO referrals (referral_id, offer_id, coach_id, first_contact_by)
    VALUES ($1, $2, $3, $4)
    ON CONFLICT (referral_id) DO UPDATE
       SET offer_id = $2, coach_id = $3, first_contact_by = $4
"""
_CONTACT = """
    UPDATE referrals
       SET contact_logged = true,
           first_contact_at = CASE WHEN $2 THEN coalesce(first_contact_at, $3)
                                   ELSE first_contact_at END
     WHERE referral_id = $1
    RETURNING first_contact_at = $3 AND $2 AS is_first
"""
_ENDED = "UPDATE referrals SET ended_offer_id = $2 WHERE referral_id = $1"
_FIND = """
    SELECT referral_id, clinic_id, person_id, reference, episode, standing, coach_id, offer_id,
           first_contact_by, first_contact_at
      FROM referrals WHERE referral_id = $1
"""
_SO_FAR = """
    SELECT referral_id, clinic_id, person_id, reference, episode, standing, coach_id, offer_id,
           first_contact_by,
           EXISTS (SELECT FROM contacts c JOIN inbound_texts i USING (recipient_id)
                    WHERE c.kind = 'person' AND c.recipient_id = r.person_id AND c.held
                      AND i.needs_human AND i.read_at IS NULL AND i.meaning LIKE '%crisis%')
               AS unread_danger
      FROM referrals r WHERE referral_id = ANY($1::uuid[])
"""
_OF_PERSON = """
    SELECT referral_id, clinic_id, person_id, reference, episode, standing, coach_id, offer_id,
           first_contact_by
      FROM referrals WHERE person_id = $1 AND standing <> 'ended' ORDER BY referral_id
"""


async def accepted(connection: Connection, *columns: object) -> None:
    """A referral that may be written about, or its amendment."""
    await connection.execute(_ACCEPTED, *columns)


async def move(
    connection: Connection, referral_id: UUID, standing: str, *, revoked: bool = False
) -> None:
    """Automated messages stop (`ending`, `ended`); what has ended stays ended."""
    await connection.execute(_STANDING, referral_id, standing, revoked)


async def hold(connection: Connection, referral_id: UUID, *, held: bool) -> None:
    """A human's hold begins or ends."""
    await connection.execute(_HELD, referral_id, held)


async def is_assigned(
    connection: Connection, referral_id: UUID, offer_id: UUID, coach_id: UUID, until: datetime
) -> None:
    """A coach said yes and reaches out by `until`."""
    await connection.execute(_ASSIGNED, referral_id, offer_id, coach_id, until)


async def assignment_is_over(connection: Connection, referral_id: UUID, offer_id: UUID) -> None:
    """What would still announce this assignment is not sent any more."""
    await connection.execute(_ENDED, referral_id, offer_id)


async def contact_was_logged(
    connection: Connection, referral_id: UUID, *, reached: bool, at: datetime
) -> bool:
    """The coach logged a contact. True when it is the first that reached the person."""
    first: bool | None = await connection.fetchval(_CONTACT, referral_id, reached, at)
    return bool(first)


async def find(connection: Connection, referral_id: UUID) -> Row | None:
    """What is known of a referral."""
    return await connection.fetchrow(_FIND, referral_id)


async def known_so_far(connection: Connection, referral_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """These referrals, and whether their person is held for a text of danger nobody looked at."""
    rows = await connection.fetch(_SO_FAR, list(referral_ids))
    return {row["referral_id"]: row for row in rows}


async def of_person(connection: Connection, person_id: UUID) -> list[Row]:
    """The running referrals of a person."""
    return await connection.fetch(_OF_PERSON, person_id)


_MADE = """
    WITH current AS (
        INSERT INTO referrals (referral_id, offer_id, coach_id) VALUES ($2, $1, $3)
        ON CONFLICT (referral_id) DO UPDATE SET offer_id = $1, coach_id = $3
    )
    INSERT INTO offers (offer_id, referral_id, coach_id, code, answer_by)
    VALUES ($1, $2, $3,
            (SELECT min(number)::text FROM generate_series(11, 9999) AS number
              WHERE number NOT IN (911, 988)
                AND number::text NOT IN (SELECT code FROM offers
                                          WHERE coach_id = $3 AND NOT settled)),
            $4)
"""
_SETTLED = "UPDATE offers SET settled = true WHERE offer_id = $1 RETURNING answered_by_text"
_OPEN = """
    SELECT offer_id, referral_id, code FROM offers
     WHERE coach_id = $1 AND NOT settled ORDER BY answer_by, offer_id
"""
_BY_TEXT = "UPDATE offers SET answered_by_text = true WHERE offer_id = $1"


async def offer_made(
    connection: Connection, offer_id: UUID, referral_id: UUID, coach_id: UUID, until: datetime
) -> None:
    """An offer that can be answered by text, with the smallest code that is free:
    two digits, or more for a coach with very many offers, and never a number to call for help.

    It is the referral's current one; messages about earlier ones are superseded.
    """
    await connection.execute(_MADE, offer_id, referral_id, coach_id, until)


async def offer_settled(connection: Connection, offer_id: UUID) -> bool:
    """The offer is no longer open. True when its coach had answered by text."""
    by_text: bool | None = await connection.fetchval(_SETTLED, offer_id)
    return bool(by_text)


async def open_offers(connection: Connection, coach_id: UUID) -> list[Row]:
    """The offers that this coach can answer now."""
    return await connection.fetch(_OPEN, coach_id)


async def answered_by_text(connection: Connection, offer_id: UUID) -> None:
    """The coach's answer came by text, so the reply goes by text too."""
    await connection.execute(_BY_TEXT, offer_id)
