"""A service's function for an event type: whether it takes batches, whether it may run later."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from shared.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Handler:
    """One row of a service's wiring table: the function for an event type."""

    fn: Callable[[Transaction, Any], Awaitable[None]]
    """Takes one event; a batched one takes a `Batch` of events with different keys."""
    batched: bool = False
    """Reads once for all events of its type in a batch, or for the only one."""
    deferrable: bool = False
    """Nobody waits for it: it may run a moment later, together with others."""
