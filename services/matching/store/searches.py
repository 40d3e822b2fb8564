"""Searches: where each referral stands on its way to a coach."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.matching.rules.need import Need
from services.matching.rules.states import Overruled, SearchState, SearchTrigger, move_search
from services.matching.rules.waitlist import Waiting
from shared.db import Connection, Row
from shared.events import ReferralAccepted


@dataclass(frozen=True, slots=True)
class Opening:
    """What only a search that has no row yet knows: it gets its row with its first move."""

    event: ReferralAccepted
    virtual_arrival: datetime


@dataclass(frozen=True, slots=True)
class Search:
    """One row, locked by whoever loaded it, or one to be."""

    referral_id: UUID
    state: SearchState
    state_before_hold: SearchState | None
    need: Need
    since: datetime
    lapsed: int
    opening: Opening | None = None

    def after_lapse(self) -> "Search":
        """The same search with one more offer that came to nothing."""
        return replace(self, lapsed=self.lapsed + 1)


def begin(event: ReferralAccepted, *, virtual_arrival: datetime, at: datetime) -> Search:
    """Begin to look for a coach. Nothing is written before the search's first move."""
    opening = Opening(event, virtual_arrival)
    return Search(event.referral_id, SearchState.SEARCHING, None, Need.of(event), at, 0, opening)


_OPEN = """
    INSERT INTO searches (referral_id, person_id, episode, need, since, virtual_arrival,
                          state, next_action_at, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def _open(
    connection: Connection, search: Search, opening: Opening, next_action_at: datetime | None
) -> None:
    event = opening.event
    await connection.execute(
        _OPEN,
        event.referral_id,
        event.person_id,
        event.episode,
        event.model_dump_json(),
        search.since,
        opening.virtual_arrival,
        search.state.value,
        next_action_at,
        search.since,
    )


_LOCKED = """
    SELECT referral_id, state, state_before_hold, need, since, lapsed
      FROM searches WHERE referral_id = $1 FOR UPDATE
"""


async def locked(connection: Connection, referral_id: UUID) -> Search | None:
    """The search, locked until the transaction ends; nothing when this referral is unknown."""
    row = await connection.fetchrow(_LOCKED, referral_id)
    return _search(row) if row is not None else None


_FIND = """
    SELECT referral_id, state, state_before_hold, need, since, lapsed
      FROM searches WHERE referral_id = $1
"""


async def find(connection: Connection, referral_id: UUID) -> Search | None:
    """The search as it stands, not locked: for showing it."""
    row = await connection.fetchrow(_FIND, referral_id)
    return _search(row) if row is not None else None


def _search(row: Row) -> Search:
    before = row["state_before_hold"]
    return Search(
        referral_id=row["referral_id"],
        state=SearchState(row["state"]),
        state_before_hold=SearchState(before) if before else None,
        need=Need.of(ReferralAccepted.model_validate_json(row["need"])),
        since=row["since"],
        lapsed=row["lapsed"],
    )


_MOVE = """
    UPDATE searches
       SET state = $2, next_action_at = $3, changed_at = $4,
           state_before_hold = CASE WHEN $2 = 'held' THEN coalesce(state_before_hold, state) END
     WHERE referral_id = $1
"""


async def move(
    connection: Connection,
    search: Search,
    trigger: SearchTrigger,
    *,
    next_action_at: datetime | None,
    at: datetime,
) -> Search | Overruled:
    """Move a locked search; it comes back as it now stands, or Overruled when held or closed.

    A new one is stored. A hold remembers where it began. Raises IllegalTransitionError.
    """
    state = move_search(search.state, trigger)
    if isinstance(state, Overruled):
        return state
    if search.opening is not None:
        moved = replace(search, state=state, opening=None)
        await _open(connection, moved, search.opening, next_action_at)
        return moved
    await connection.execute(_MOVE, search.referral_id, state.value, next_action_at, at)
    before = (search.state_before_hold or search.state) if state is SearchState.HELD else None
    return replace(search, state=state, state_before_hold=before)


_LAPSED = "UPDATE searches SET lapsed = lapsed + 1 WHERE referral_id = $1"


async def count_lapse(connection: Connection, referral_id: UUID) -> None:
    """One more offer came to nothing."""
    await connection.execute(_LAPSED, referral_id)


_AMEND = """
    UPDATE searches SET need = $2, virtual_arrival = since - $3::interval WHERE referral_id = $1
"""


async def amend(connection: Connection, referral_id: UUID, *, need: str, bonus: timedelta) -> None:
    """The clinic changed what is needed."""
    await connection.execute(_AMEND, referral_id, need, bonus)


_WAITING = """
    SELECT referral_id, need, since,
           ARRAY(SELECT coach_id FROM offers o
                  WHERE o.referral_id = s.referral_id
                    AND o.reason IS DISTINCT FROM 'referral-held') AS asked
      FROM searches s WHERE state = 'waitlisted' AND lapsed < $2
     ORDER BY virtual_arrival, referral_id
     LIMIT $1
"""


async def waiting(connection: Connection, *, limit: int, most_lapses: int) -> Sequence[Waiting]:
    """The front of the waitlist, in its order, without those a supervisor decides. Not locked."""
    rows = await connection.fetch(_WAITING, limit, most_lapses)
    return [
        Waiting(
            Need.of(ReferralAccepted.model_validate_json(row["need"])),
            row["since"],
            frozenset(row["asked"]),
        )
        for row in rows
    ]
