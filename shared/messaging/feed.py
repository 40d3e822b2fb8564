"""Which partitions this process has read to their end, for those who must not act on less."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Feed:
    """Kept by the consumer loop: topic and partition of everything that is read up right now."""

    read_up: frozenset[tuple[str, int]] = field(default_factory=frozenset)
