"""What is known of referrals and offers, as far as sending needs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.db import Connection
from shared.events import ReferralAccepted, ReferralAmended


@dataclass(frozen=True, slots=True)
class KnownReferral:
    """A referral as far as its events have come; what they would have told is None till then."""

    referral_id: UUID
    clinic_id: UUID | None
    person_id: UUID | None
    episode: int
    coach_id: UUID | None
    offer_id: UUID | None
    first_contact_by: datetime | None
    first_contact_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenOffer:
    """An offer that its coach can answer now, and the digits that name it in a text."""

    offer_id: UUID
    referral_id: UUID
    code: str


_ACCEPTED = """
    INSERT INTO referrals AS r (referral_id, clinic_id, person_id, reference, episode,
                                consent_ends_at)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::int[],
                         $6::timestamptz[])
    ON CONFLICT (referral_id) DO UPDATE
       SET clinic_id = EXCLUDED.clinic_id, person_id = EXCLUDED.person_id,
           reference = EXCLUDED.reference, episode = EXCLUDED.episode,
           consent_ends_at = EXCLUDED.consent_ends_at
    RETURNING ARRAY(SELECT DISTINCT said
                      FROM contacts c JOIN inbound_texts i USING (recipient_id),
                           unnest(string_to_array(i.meaning, '+')) AS said
                     WHERE c.kind = 'person' AND c.recipient_id = r.person_id AND c.held
                       AND i.needs_human AND i.read_at IS NULL),
           referral_id, clinic_id, person_id, episode, coach_id, offer_id, first_contact_by,
           first_contact_at
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
_ENDED = "UPDATE referrals SET ended_offer_id = $2, paused_until = NULL WHERE referral_id = $1"
_GONE = """
    UPDATE referrals SET first_contact_by = NULL, first_contact_at = NULL, contact_logged = false
     WHERE referral_id = $1
"""
_PAUSED = "UPDATE referrals SET paused_until = $2 WHERE referral_id = $1"
_RESUMED = """
    UPDATE referrals
       SET paused_until = NULL, first_contact_by = coalesce($2, first_contact_by)
     WHERE referral_id = $1
"""
_FIND = """
    SELECT referral_id, clinic_id, person_id, episode, coach_id, offer_id, first_contact_by,
           first_contact_at
      FROM referrals WHERE referral_id = $1
"""
_OF_PERSON = """
    SELECT referral_id, clinic_id, person_id, episode, coach_id, offer_id, first_contact_by,
           first_contact_at
      FROM referrals WHERE person_id = $1 AND standing <> 'ended' ORDER BY referral_id
"""

_WITH_KNOWN_COACH = """
    SELECT r.referral_id FROM referrals r
     WHERE r.person_id = ANY($1::uuid[]) AND r.standing <> 'ended'
       AND r.first_contact_by IS NOT NULL
       AND (r.contact_logged
            OR EXISTS (SELECT FROM messages m
                        WHERE m.subject_id = r.referral_id AND m.offer_id = r.offer_id
                          AND m.step = 'welcome'
                          AND m.state IN ('claimed', 'unknown', 'sent', 'delivered', 'no_receipt')))
"""


async def accepted(
    connection: Connection, events: Sequence[ReferralAccepted | ReferralAmended]
) -> dict[UUID, tuple[frozenset[str], KnownReferral]]:
    """Keep referrals that may be written about, or their amendments; each referral comes once.

    Returns what is known of them so far, and what their person has said for which the number is
    held, unread.
    """
    rows = await connection.fetch(
        _ACCEPTED,
        [event.referral_id for event in events],
        [event.clinic_id for event in events],
        [event.person_id for event in events],
        [event.reference for event in events],
        [event.episode for event in events],
        [event.consent_expires_at for event in events],
    )
    each = [(frozenset(said), KnownReferral(*columns)) for said, *columns in rows]
    return {known.referral_id: (said, known) for said, known in each}


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


async def coach_is_gone(connection: Connection, referral_id: UUID) -> None:
    """Another coach is sought: nothing is told to the former one, or of them, any more."""
    await connection.execute(_GONE, referral_id)


async def pause(connection: Connection, referral_id: UUID, *, until: datetime) -> None:
    """Support is on hold until that day, which may have been another one before."""
    await connection.execute(_PAUSED, referral_id, until)


async def resume(
    connection: Connection, referral_id: UUID, *, first_contact_by: datetime | None
) -> None:
    """Support goes on; a first contact that was not made is promised anew."""
    await connection.execute(_RESUMED, referral_id, first_contact_by)


async def contact_was_logged(
    connection: Connection, referral_id: UUID, *, reached: bool, at: datetime
) -> bool:
    """The coach logged a contact. True when it is the first that reached the person."""
    first: bool | None = await connection.fetchval(_CONTACT, referral_id, reached, at)
    return bool(first)


async def find(connection: Connection, referral_id: UUID) -> KnownReferral | None:
    """What is known of a referral."""
    row = await connection.fetchrow(_FIND, referral_id)
    return KnownReferral(*row) if row is not None else None


async def of_person(connection: Connection, person_id: UUID) -> list[KnownReferral]:
    """The running referrals of a person."""
    return [KnownReferral(**row) for row in await connection.fetch(_OF_PERSON, person_id)]


async def with_known_coach(connection: Connection, people: Sequence[UUID]) -> tuple[UUID, ...]:
    """The running referrals of whose coach these people may have read or heard."""
    rows = await connection.fetch(_WITH_KNOWN_COACH, list(people))
    return tuple(referral_id for (referral_id,) in rows)


_MADE = """
    WITH current AS (
        INSERT INTO referrals (referral_id, offer_id, coach_id) VALUES ($2, $1, $3)
        ON CONFLICT (referral_id) DO UPDATE SET offer_id = $1, coach_id = $3
    )
    INSERT INTO offers (offer_id, referral_id, coach_id, code, answer_by)
    VALUES ($1, $2, $3,
            (SELECT min(number)::text
               FROM (SELECT code::int + 1 AS number FROM offers
                      WHERE coach_id = $3 AND NOT settled
                      UNION ALL VALUES (11), (911 + 1), (988 + 1)) AS after_another
              WHERE number NOT IN (911, 988)
                AND number::text NOT IN (SELECT code FROM offers
                                          WHERE coach_id = $3 AND NOT settled)),
            $4)
"""
_SETTLED = """
    UPDATE offers SET settled = true WHERE offer_id = $1
    RETURNING answered_by_text, answer_language
"""
_OPEN = """
    SELECT offer_id, referral_id, code FROM offers
     WHERE coach_id = $1 AND NOT settled ORDER BY answer_by, offer_id
"""
_BY_TEXT = "UPDATE offers SET answered_by_text = true, answer_language = $2 WHERE offer_id = $1"


async def offer_made(
    connection: Connection, offer_id: UUID, referral_id: UUID, coach_id: UUID, until: datetime
) -> None:
    """An offer that can be answered by text, with the smallest code that is free:
    two digits, or more for a coach with very many offers, and never a number to call for help.

    It is the referral's current one; messages about earlier ones are superseded.
    """
    await connection.execute(_MADE, offer_id, referral_id, coach_id, until)


@dataclass(frozen=True, slots=True)
class HowAnswered:
    """How the coach answered an offer; `language` is that of their text, where it was clear."""

    by_text: bool = False
    language: str | None = None


async def offer_settled(connection: Connection, offer_id: UUID) -> HowAnswered:
    """The offer is no longer open."""
    row = await connection.fetchrow(_SETTLED, offer_id)
    return HowAnswered(*row) if row is not None else HowAnswered()


async def open_offers(connection: Connection, coach_id: UUID) -> list[OpenOffer]:
    """The offers that this coach can answer now."""
    return [OpenOffer(**row) for row in await connection.fetch(_OPEN, coach_id)]


async def answered_by_text(connection: Connection, offer_id: UUID, *, language: str | None) -> None:
    """The coach's answer came by text, so the reply goes by text too, in its language."""
    await connection.execute(_BY_TEXT, offer_id, language)
