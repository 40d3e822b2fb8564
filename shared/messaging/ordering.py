"""Whether a record is the next of its key, a duplicate, early or in conflict. Pure."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

from shared.messaging.envelope import Envelope
from shared.messaging.inbox import KeyAdvance, KeyState, PositionAdvance
from shared.messaging.records import Record


class OutOfOrderError(Exception):
    """Some key of the batch is not where the batch needs it; settle one by one."""


class Verdict(StrEnum):
    """What a record is, seen from where its key stands."""

    NEXT = "next"
    """Its turn has come."""
    DUPLICATE = "duplicate"
    """The same event was handled before."""
    GAP = "gap"
    """An event before it is missing."""
    BEHIND_FAILED = "behind_failed"
    """An event before it failed."""
    CONFLICT = "conflict"
    """Its number belongs to another event, or it comes from an abandoned history."""


def judge(state: KeyState, envelope: Envelope) -> Verdict:
    """Compare a record with its key. A used number is a duplicate only for the same event.

    Ids are remembered for the last numbers only. An older number was given once within an epoch,
    so a record of the known epochs with an older number is taken for a duplicate.
    """
    if envelope.seq <= state.last_seq:
        known = state.id_of(envelope.seq)
        if known is None:
            is_same = envelope.epoch <= state.epoch or state.epoch == 0
        else:
            is_same = known == envelope.event_id
        return Verdict.DUPLICATE if is_same else Verdict.CONFLICT
    if envelope.epoch < state.epoch:
        return Verdict.CONFLICT
    if state.failed:
        return Verdict.BEHIND_FAILED
    return Verdict.NEXT if envelope.seq == state.last_seq + 1 else Verdict.GAP


def rounds_of_distinct_keys(envelopes: Sequence[Envelope]) -> Iterator[list[Envelope]]:
    """The first envelope of every key, then the second of every key, and so on."""
    left = envelopes
    while left:
        distinct: dict[tuple[str, Any], Envelope] = {}
        for envelope in left:
            distinct.setdefault((envelope.topic, envelope.key), envelope)
        yield list(distinct.values())
        taken = {id(envelope) for envelope in distinct.values()}
        left = [envelope for envelope in left if id(envelope) not in taken]


def key_advances(envelopes: Sequence[Envelope]) -> list[KeyAdvance]:
    """One advance per key. Raises OutOfOrderError when numbers do not follow each other."""
    runs: dict[tuple[str, Any], list[Envelope]] = {}
    for envelope in envelopes:
        run = runs.setdefault((envelope.topic, envelope.key), [])
        if run and (envelope.seq != run[-1].seq + 1 or envelope.epoch < run[-1].epoch):
            raise OutOfOrderError
        run.append(envelope)
    return [_advance(runs[name]) for name in sorted(runs)]


def _advance(run: Sequence[Envelope]) -> KeyAdvance:
    first, last = run[0], run[-1]
    return KeyAdvance(
        first.topic,
        first.key,
        first.seq,
        last.seq,
        last.epoch,
        tuple(envelope.event_id for envelope in run),
    )


def position_advances(records: Sequence[Record]) -> list[PositionAdvance]:
    """One advance per partition; within a partition the records come in their order."""
    by_partition: dict[tuple[str, int], list[int]] = {}
    for record in records:
        by_partition.setdefault((record.topic, record.partition), []).append(record.offset)
    return [
        PositionAdvance(topic, partition, offsets[0], offsets[-1] + 1)
        for (topic, partition), offsets in sorted(by_partition.items())
    ]
