"""How far the consumer of this process has read: sending and disclosing need the news."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Feed:
    """Kept by the consumer loop while it consumes, empty otherwise."""

    read_at: Mapping[tuple[str, int], float] = field(default_factory=dict)
    """Topic and partition → the moment (`steady_seconds`) whose end of it is settled."""
    is_stopped: Callable[[], bool] = lambda: False
    """True while the consumer stands still by itself: a revocation may lie unread before it."""
