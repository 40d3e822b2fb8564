"""The background tasks of a service, and how they are woken."""

from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field

from shared.heartbeat import Heartbeat
from shared.transaction import Wakeable


@dataclass(frozen=True, slots=True)
class Loop:
    """A background task of a service; `wake` is called after a commit that left work for it."""

    name: str
    run: Callable[[], Awaitable[None]]
    heartbeat: Heartbeat
    wake: Callable[[], None] | None = None


@dataclass(slots=True)
class LoopWaker:
    """Wakes loops. Filled after the database exists, hence an object."""

    by_loop: dict[Wakeable, Callable[[], None]] = field(default_factory=dict)

    def fill(self, loops: Iterable[Loop]) -> None:
        """Wake these loops from now on, each by its name."""
        self.by_loop |= {Wakeable(loop.name): loop.wake for loop in loops if loop.wake is not None}

    def __call__(self, loops: Collection[Wakeable]) -> None:
        for loop in loops:
            self.by_loop[loop]()
