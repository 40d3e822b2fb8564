"""Offers: one question to one coach, and the assignment that a yes makes of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.matching.rules.giving_up import LoggedContact
from services.matching.rules.states import OfferState, OfferTrigger, move_offer
from shared.db import Connection, Row
from shared.events import ContactChannel, ContactOutcome
from shared.offer_link import hash_of_code


@dataclass(frozen=True, slots=True)
class Offer:
    """One row, locked when it was loaded."""

    offer_id: UUID
    referral_id: UUID
    episode: int
    coach_id: UUID
    state: OfferState
    made_at: datetime
    answer_by: datetime
    seen_at: datetime | None
    first_contact_by: datetime | None
    answered_at: datetime | None = None
    sent_at: datetime | None = None
    """When the provider took the question; the coach cannot know of it before."""
    paused_until: datetime | None = None
    """Support is on hold; on this day its coach says how it goes on."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a coach was asked and why each other one was not."""

    decision_id: UUID
    explanation: str


_OPEN = """
    WITH asked AS (
        INSERT INTO offers (offer_id, referral_id, episode, coach_id, state, code_hash, made_at,
                            answer_by)
        VALUES ($1, $2, $3, $4, 'open', $5, $6, $7)
    )
    INSERT INTO decisions (decision_id, referral_id, offer_id, decided_at, explanation)
    VALUES ($8, $2, $1, $6, $9)
"""


async def open_one(connection: Connection, offer: Offer, decision: Decision, *, code: str) -> None:
    """Ask one coach, and keep why. The database refuses a second live offer and a missing place.

    A last place that was taken meanwhile is a serialization failure: the referral is matched again.
    """
    await connection.execute(
        _OPEN,
        offer.offer_id,
        offer.referral_id,
        offer.episode,
        offer.coach_id,
        hash_of_code(code),
        offer.made_at,
        offer.answer_by,
        decision.decision_id,
        decision.explanation,
    )


_LOCKED = """
    SELECT offer_id, referral_id, episode, coach_id, state, made_at, answer_by, seen_at,
           first_contact_by, answered_at, sent_at, paused_until
      FROM offers WHERE offer_id = $1 FOR UPDATE
"""
_LIVE = """
    SELECT offer_id, referral_id, episode, coach_id, state, made_at, answer_by, seen_at,
           first_contact_by, answered_at, sent_at, paused_until
      FROM offers WHERE referral_id = $1 AND state IN ('open', 'accepted') FOR UPDATE
"""
_LIVE_OF_COACH = """
    SELECT offer_id, referral_id, episode, coach_id, state, made_at, answer_by, seen_at,
           first_contact_by, answered_at, sent_at, paused_until
      FROM offers WHERE coach_id = $1 AND state IN ('open', 'accepted') ORDER BY made_at
"""
_BY_CODE = """
    SELECT offer_id, referral_id, episode, coach_id, state, made_at, answer_by, seen_at,
           first_contact_by, answered_at, sent_at, paused_until
      FROM offers WHERE code_hash = $1
"""
_REFERRAL = "SELECT referral_id FROM offers WHERE offer_id = $1"


async def locked(connection: Connection, offer_id: UUID) -> Offer | None:
    """The offer, locked. Lock its search first: every use-case takes them in that order."""
    row = await connection.fetchrow(_LOCKED, offer_id)
    return _offer(row) if row is not None else None


async def live_of(connection: Connection, referral_id: UUID) -> Offer | None:
    """The open offer or running assignment of a referral, locked."""
    row = await connection.fetchrow(_LIVE, referral_id)
    return _offer(row) if row is not None else None


async def live_of_coach(connection: Connection, coach_id: UUID) -> list[Offer]:
    """The open offers and running assignments of a coach, not locked, the oldest first."""
    return [_offer(row) for row in await connection.fetch(_LIVE_OF_COACH, coach_id)]


async def find_by_code(connection: Connection, code: str) -> Offer | None:
    """The offer behind a link as it stands, not locked: for showing it."""
    row = await connection.fetchrow(_BY_CODE, hash_of_code(code))
    return _offer(row) if row is not None else None


async def referral_of(connection: Connection, offer_id: UUID) -> UUID | None:
    """The referral of an offer, to lock its search first."""
    referral_id: UUID | None = await connection.fetchval(_REFERRAL, offer_id)
    return referral_id


def _offer(row: Row) -> Offer:
    return Offer(
        offer_id=row["offer_id"],
        referral_id=row["referral_id"],
        episode=row["episode"],
        coach_id=row["coach_id"],
        state=OfferState(row["state"]),
        made_at=row["made_at"],
        answer_by=row["answer_by"],
        seen_at=row["seen_at"],
        first_contact_by=row["first_contact_by"],
        answered_at=row["answered_at"],
        sent_at=row["sent_at"],
        paused_until=row["paused_until"],
    )


_MOVE = """
    UPDATE offers SET state = $3, reason = $4, answered_at = coalesce(answered_at, $5)
     WHERE offer_id = $1 AND state = $2
"""


async def move(
    connection: Connection, offer: Offer, trigger: OfferTrigger, *, reason: str | None, at: datetime
) -> OfferState:
    """Move a locked offer and return its new state. Raises IllegalTransitionError."""
    state = move_offer(offer.state, trigger)
    await connection.execute(_MOVE, offer.offer_id, offer.state.value, state.value, reason, at)
    return state


_FIRST_CONTACT = "UPDATE offers SET first_contact_by = $2 WHERE offer_id = $1"


async def promise_first_contact(connection: Connection, offer_id: UUID, *, until: datetime) -> None:
    """By when the coach said yes to reaching out."""
    await connection.execute(_FIRST_CONTACT, offer_id, until)


_PAUSE = "UPDATE offers SET paused_until = $2 WHERE offer_id = $1"


async def set_pause(connection: Connection, offer_id: UUID, *, until: datetime | None) -> None:
    """Support is paused until then, or goes on."""
    await connection.execute(_PAUSE, offer_id, until)


_SENT = "UPDATE offers SET sent_at = $2 WHERE offer_id = $1 AND sent_at IS NULL"
_SEEN = "UPDATE offers SET seen_at = $2 WHERE offer_id = $1 AND seen_at IS NULL"


async def mark_sent(connection: Connection, offer_id: UUID, *, at: datetime) -> None:
    """The provider took the text that asks the coach."""
    await connection.execute(_SENT, offer_id, at)


async def mark_seen(connection: Connection, offer_id: UUID, *, at: datetime) -> None:
    """The coach opened the page."""
    await connection.execute(_SEEN, offer_id, at)


# A hold took the question back before it was answered, it never left, or the coach was removed:
# whoever is asked again has not said no. A supervisor may have said that all are asked again.
_ASKED = """
    SELECT DISTINCT o.coach_id FROM offers o JOIN searches s USING (referral_id)
     WHERE o.referral_id = $1 AND coalesce(o.reason, '')
           NOT IN ('referral-held', 'not-asked', 'no-longer-eligible', 'coach-left')
       AND o.made_at >= coalesce(s.asked_anew_at, '-infinity')
"""


async def already_asked(connection: Connection, referral_id: UUID) -> frozenset[UUID]:
    """Coaches who were asked about this referral before, and not only until a hold began."""
    return frozenset(row["coach_id"] for row in await connection.fetch(_ASKED, referral_id))


_OUTCOMES = """
    SELECT state, reason, count(*) AS coaches FROM offers
     WHERE referral_id = $1 GROUP BY state, reason ORDER BY state, reason
"""


async def outcomes_of(
    connection: Connection, referral_id: UUID
) -> list[tuple[OfferState, str | None, int]]:
    """What became of the questions to coaches, why, and of how many."""
    rows = await connection.fetch(_OUTCOMES, referral_id)
    return [(OfferState(row["state"]), row["reason"], row["coaches"]) for row in rows]


_NOBODY = """
    INSERT INTO decisions (decision_id, referral_id, decided_at, explanation)
    VALUES ($1, $2, $3, $4)
"""


async def nobody_fits(
    connection: Connection, referral_id: UUID, decision: Decision, *, at: datetime
) -> None:
    """Keep why nobody could be asked."""
    await connection.execute(_NOBODY, decision.decision_id, referral_id, at, decision.explanation)


_FIRST_LIVE = """
    SELECT o.referral_id FROM offers o JOIN searches s USING (referral_id)
     WHERE o.coach_id = $1 AND o.state IN ('open', 'accepted')
     ORDER BY s.virtual_arrival, s.referral_id LIMIT 1
"""


async def first_live_of_coach(connection: Connection, coach_id: UUID) -> UUID | None:
    """The referral of this coach that has waited longest, asked about or supported."""
    referral_id: UUID | None = await connection.fetchval(_FIRST_LIVE, coach_id)
    return referral_id


_LOG = """
    INSERT INTO contact_log (contact_id, offer_id, logged_at, channel, outcome)
    VALUES ($1, $2, $3, $4, $5)
"""


async def log_contact(
    connection: Connection,
    offer_id: UUID,
    *,
    contact_id: UUID,
    at: datetime,
    channel: str,
    outcome: str,
) -> None:
    """The coach tried to reach the person, or did."""
    await connection.execute(_LOG, contact_id, offer_id, at, channel, outcome)


_LOGGED = """
    SELECT EXISTS (SELECT FROM contact_log
                    WHERE offer_id = $1 AND channel = $2 AND outcome = $3 AND logged_at > $4)
"""


async def contact_was_logged(
    connection: Connection, offer_id: UUID, *, channel: str, outcome: str, since: datetime
) -> bool:
    """Whether the same is noted already, after `since`. Lock the offer first."""
    found: bool = await connection.fetchval(_LOGGED, offer_id, channel, outcome, since)
    return found


_CONTACTS = """
    SELECT logged_at, channel, outcome FROM contact_log WHERE offer_id = $1 ORDER BY logged_at
"""


async def contacts(connection: Connection, offer_id: UUID) -> tuple[LoggedContact, ...]:
    """What the coach has logged so far."""
    return tuple(
        LoggedContact(
            logged_at=row["logged_at"],
            channel=ContactChannel(row["channel"]),
            outcome=ContactOutcome(row["outcome"]),
        )
        for row in await connection.fetch(_CONTACTS, offer_id)
    )
