"""The rows of `inbox` and `consumed_positions`: how far each key and each partition is handled."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.db import Connection

KEPT_IDS = 64
"""How many of a key's last event ids are remembered. An older number of the same epoch is taken
for a duplicate, because its owner gives each number once per epoch."""


@dataclass(frozen=True, slots=True)
class KeyAdvance:
    """A key advances from the event before `first` to the one numbered `last`."""

    topic: str
    key: UUID
    first: int
    last: int
    epoch: int
    event_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class PositionAdvance:
    """Records of a partition from offset `first` to the one before `next` are settled."""

    topic: str
    partition: int
    first: int
    next: int


_ADVANCE_POSITIONS = """
    INSERT INTO consumed_positions (topic, partition, first_offset, next_offset)
    SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[])
        AS p (topic, partition, first_offset, next_offset) ORDER BY topic, partition
    ON CONFLICT (topic, partition) DO UPDATE
       SET next_offset = greatest(consumed_positions.next_offset, EXCLUDED.next_offset)
"""


async def advance_positions(connection: Connection, positions: Sequence[PositionAdvance]) -> None:
    """These records are settled; after a restart consumption goes on behind them."""
    await connection.execute(_ADVANCE_POSITIONS, *_columns(positions))


def _columns(positions: Sequence[PositionAdvance]) -> tuple[list[object], ...]:
    return (
        [one.topic for one in positions],
        [one.partition for one in positions],
        [one.first for one in positions],
        [one.next for one in positions],
    )


_POSITIONS = "SELECT topic, partition, next_offset FROM consumed_positions"


async def positions(connection: Connection) -> dict[tuple[str, int], int]:
    """Where consumption goes on, by topic and partition."""
    rows = await connection.fetch(_POSITIONS)
    return {(row["topic"], row["partition"]): row["next_offset"] for row in rows}


# One round trip to check, to lock and to move the positions. A key that is met for the first time
# starts with its first event. Met at a later one, it waits: somebody has to say that nothing else
# will come.
_CLAIM = """
    WITH advances AS (
        SELECT topic, key, first, last, epoch, ids::uuid[] AS ids
          FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[], $5::int[], $6::text[])
            AS a (topic, key, first, last, epoch, ids)
    ), moved AS (
        INSERT INTO consumed_positions (topic, partition, first_offset, next_offset)
        SELECT * FROM unnest($7::text[], $8::int[], $9::bigint[], $10::bigint[])
            AS p (topic, partition, first_offset, next_offset) ORDER BY topic, partition
        ON CONFLICT (topic, partition) DO UPDATE
           SET next_offset = greatest(consumed_positions.next_offset, EXCLUDED.next_offset)
    )
    INSERT INTO inbox (topic, key, last_seq, epoch, event_ids)
    SELECT topic, key, last, epoch, ids FROM advances AS a
     WHERE first = 1
        OR EXISTS (SELECT FROM inbox i WHERE i.topic = a.topic AND i.key = a.key)
     ORDER BY topic, key
    ON CONFLICT (topic, key) DO UPDATE
       SET last_seq = EXCLUDED.last_seq, epoch = EXCLUDED.epoch,
           event_ids = (inbox.event_ids || EXCLUDED.event_ids)[
               greatest(cardinality(inbox.event_ids) + cardinality(EXCLUDED.event_ids) - 63, 1):]
     WHERE NOT inbox.failed AND inbox.epoch <= EXCLUDED.epoch
       AND inbox.last_seq + 1 = (SELECT first FROM advances
                                  WHERE advances.topic = inbox.topic AND advances.key = inbox.key)
    RETURNING true
"""


async def claim(
    connection: Connection,
    advances: Sequence[KeyAdvance],
    positions: Sequence[PositionAdvance] = (),
) -> bool:
    """Advance every key, and hold its row until the transaction ends; advance the positions too.

    False when at least one key is not where its advance starts; the caller must then roll back,
    or park the only record of it.
    """
    advanced = await connection.fetch(
        _CLAIM,
        [advance.topic for advance in advances],
        [advance.key for advance in advances],
        [advance.first for advance in advances],
        [advance.last for advance in advances],
        [advance.epoch for advance in advances],
        ["{" + ",".join(map(str, advance.event_ids)) + "}" for advance in advances],
        *_columns(positions),
    )
    return len(advanced) == len(advances)


@dataclass(frozen=True, slots=True)
class KeyState:
    """How far a key is handled. `event_ids` are those of its last numbers, newest last."""

    last_seq: int
    failed: bool
    epoch: int
    event_ids: tuple[UUID, ...] = ()

    def id_of(self, seq: int) -> UUID | None:
        """The event that had this number, as far as it is remembered."""
        back = self.last_seq - seq
        return self.event_ids[-1 - back] if 0 <= back < len(self.event_ids) else None


_STATE = """
    SELECT last_seq, failed, epoch, event_ids FROM inbox WHERE topic = $1 AND key = $2 FOR UPDATE
"""


async def locked_state(connection: Connection, topic: str, key: UUID) -> KeyState:
    """Where the key stands, locked, read in a statement of its own after a claim was refused."""
    row = await connection.fetchrow(_STATE, topic, key)
    if row is None:
        return KeyState(0, failed=False, epoch=0)
    return KeyState(row["last_seq"], row["failed"], row["epoch"], tuple(row["event_ids"]))


_FAIL_KEY = """
    INSERT INTO inbox (topic, key, last_seq, failed) VALUES ($1, $2, $3, true)
    ON CONFLICT (topic, key) DO UPDATE SET failed = true
"""


async def fail_key(connection: Connection, topic: str, key: UUID, *, before: int = 0) -> None:
    """Stop the key: what follows waits, so that order survives. `before` starts a new key."""
    await connection.execute(_FAIL_KEY, topic, key, before)


_MEET_KEY = """
    INSERT INTO inbox (topic, key, last_seq) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING
"""


async def meet_key(connection: Connection, topic: str, key: UUID) -> None:
    """Know the key, of which no event was handled yet, so that what waits for it is found."""
    await connection.execute(_MEET_KEY, topic, key)


NOBODY = UUID(int=0)
"""Stands for the event of a number that was given up: whatever comes with it later is a conflict,
in sight of a person, and never a duplicate."""

_FREE_KEY = """
    UPDATE inbox SET failed = false,
           last_seq = CASE WHEN last_seq + 1 = $3 THEN $3 ELSE last_seq END,
           event_ids = CASE WHEN last_seq + 1 = $3 THEN event_ids || $4::uuid ELSE event_ids END
     WHERE topic = $1 AND key = $2
"""


async def free_key(
    connection: Connection, topic: str, key: UUID, *, given_up: int = 0, event_id: UUID = NOBODY
) -> None:
    """Let the key go on: behind the number `given_up` if that is its next one, else where it is."""
    await connection.execute(_FREE_KEY, topic, key, given_up, event_id)


_SKIP = """
    UPDATE inbox
       SET last_seq = $3::bigint,
           event_ids = event_ids || array_fill($4::uuid,
                                               ARRAY[least($3::bigint - last_seq, 64)::int])
     WHERE topic = $1 AND key = $2 AND last_seq < $3::bigint
"""


async def skip_missing(connection: Connection, topic: str, key: UUID, *, last: int) -> None:
    """A person says that the events up to this number will never come: the key goes on behind."""
    await connection.execute(_SKIP, topic, key, last, NOBODY)
