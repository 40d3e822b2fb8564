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
class Search:
    """One row, locked when it was loaded, or one to be."""

    referral_id: UUID
    state: SearchState
    state_before_hold: SearchState | None
    need: Need
    since: datetime
    """From when its wait counts: its arrival, or later where its clinic's line was long."""
    virtual_arrival: datetime
    """Its place among those who wait: earlier than `since` by the bonus of its urgency."""
    lapsed: int
    end_requested: bool = False
    """The clinic has asked to end the support, and nobody has settled that yet."""
    opened_by: ReferralAccepted | None = None
    """Only of a search that has no row yet: it gets its row with its first move."""

    def after_lapse(self) -> "Search":
        """The same search with one more offer that came to nothing."""
        return replace(self, lapsed=self.lapsed + 1)


def begin(event: ReferralAccepted, *, virtual_arrival: datetime, since: datetime) -> Search:
    """Begin to look for a coach. Nothing is written before the search's first move."""
    return Search(
        referral_id=event.referral_id,
        state=SearchState.SEARCHING,
        state_before_hold=None,
        need=Need.of(event),
        since=since,
        virtual_arrival=virtual_arrival,
        lapsed=0,
        opened_by=event,
    )


_OPEN = """
    INSERT INTO searches (referral_id, person_id, episode, need, since, virtual_arrival,
                          state, next_action_at, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def _open(
    connection: Connection,
    search: Search,
    event: ReferralAccepted,
    next_action_at: datetime | None,
    at: datetime,
) -> None:
    await connection.execute(
        _OPEN,
        event.referral_id,
        event.person_id,
        event.episode,
        event.model_dump_json(),
        search.since,
        search.virtual_arrival,
        search.state.value,
        next_action_at,
        at,
    )


_LOCKED = """
    SELECT referral_id, state, state_before_hold, need, since, virtual_arrival, lapsed,
           end_requested_at
      FROM searches WHERE referral_id = $1 FOR UPDATE
"""


async def locked(connection: Connection, referral_id: UUID) -> Search | None:
    """The search, locked until the transaction ends; None when this referral is unknown."""
    row = await connection.fetchrow(_LOCKED, referral_id)
    return _search(row) if row is not None else None


_FIND = """
    SELECT referral_id, state, state_before_hold, need, since, virtual_arrival, lapsed,
           end_requested_at
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
        virtual_arrival=row["virtual_arrival"],
        lapsed=row["lapsed"],
        end_requested=row["end_requested_at"] is not None,
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
    if search.opened_by is not None:
        moved = replace(search, state=state, opened_by=None)
        await _open(connection, moved, search.opened_by, next_action_at, at)
        return moved
    await connection.execute(_MOVE, search.referral_id, state.value, next_action_at, at)
    before = (search.state_before_hold or search.state) if state is SearchState.HELD else None
    return replace(search, state=state, state_before_hold=before)


_END_REQUESTED = """
    UPDATE searches SET end_requested_at = coalesce(end_requested_at, $2) WHERE referral_id = $1
"""


async def note_end_request(connection: Connection, referral_id: UUID, *, at: datetime) -> None:
    """The clinic asks to end the support, whatever else holds the search now."""
    await connection.execute(_END_REQUESTED, referral_id, at)


_LAPSED = "UPDATE searches SET lapsed = lapsed + 1 WHERE referral_id = $1"


async def count_lapse(connection: Connection, referral_id: UUID) -> None:
    """One more offer came to nothing."""
    await connection.execute(_LAPSED, referral_id)


_ASK_ON = """
    UPDATE searches SET lapsed = 0, asked_anew_at = CASE WHEN $2 THEN $3 ELSE asked_anew_at END
     WHERE referral_id = $1
"""


async def ask_on(
    connection: Connection, search: Search, *, all_again: bool, at: datetime
) -> Search:
    """A supervisor lets coaches be asked again; `all_again` those too who were asked before."""
    await connection.execute(_ASK_ON, search.referral_id, all_again, at)
    return replace(search, lapsed=0)


_AFTER_HOLD = """
    UPDATE searches SET state_before_hold = 'rematching'
     WHERE referral_id = $1 AND state = 'held'
"""


async def rematch_after_hold(connection: Connection, referral_id: UUID) -> None:
    """When the hold is released, another coach is sought."""
    await connection.execute(_AFTER_HOLD, referral_id)


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
                    AND coalesce(o.reason, '')
                        NOT IN ('referral-held', 'not-asked', 'no-longer-eligible', 'coach-left')
                    AND o.made_at >= coalesce(s.asked_anew_at, '-infinity')) AS asked
      FROM searches s
     WHERE state = 'waitlisted' AND lapsed < $2 AND since <= $5
       AND ($3::timestamptz IS NULL OR (virtual_arrival, referral_id) > ($3, $4::uuid))
     ORDER BY virtual_arrival, referral_id
     LIMIT $1
"""


async def waiting(
    connection: Connection,
    *,
    limit: int,
    max_lapses: int,
    now: datetime,
    after: Waiting | None = None,
) -> Sequence[Waiting]:
    """The next of the waitlist, in its order. Not locked.

    Without those a supervisor decides, and those whose turn in their clinic's line has not come.
    """
    place = (after.virtual_arrival, after.need.referral_id) if after else (None, None)
    rows = await connection.fetch(_WAITING, limit, max_lapses, *place, now)
    return [
        Waiting(
            Need.of(ReferralAccepted.model_validate_json(row["need"])),
            row["since"],
            frozenset(row["asked"]),
        )
        for row in rows
    ]


_EARLIEST = """
    SELECT virtual_arrival FROM searches
     WHERE state = 'waitlisted' AND lapsed < $1 AND since <= $2
     ORDER BY virtual_arrival, referral_id LIMIT 1
"""


async def earliest_waiting(
    connection: Connection, *, max_lapses: int, now: datetime
) -> datetime | None:
    """The virtual arrival of the first on the waitlist; None when nobody waits."""
    earliest: datetime | None = await connection.fetchval(_EARLIEST, max_lapses, now)
    return earliest
