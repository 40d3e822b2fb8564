"""`docs/states.md`, from the transition tables in `services/*/rules/states.py`."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from services.intake.rules import states as request
from services.matching.rules import states as search
from services.notifications.rules import states as message

Move = tuple[StrEnum, StrEnum]
Table = Mapping[Move, StrEnum]

HEAD = """\
# State machines

Written by `python -m tests.architecture.generate` from the transition tables in
`services/*/rules/states.py`; a test compares. A move that is not listed is refused, and the
refusal names what is possible. Every move of a message is made by something; of requests, searches
and offers not every one is yet: README, "What is not here yet".
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """One state machine, for one noun, owned by one service."""

    noun: str
    owner: str
    says: str
    states: type[StrEnum]
    table: Table
    lifting: Mapping[StrEnum, StrEnum] = field(default_factory=dict)
    """Trigger → the state that it takes away from over the one below."""


REQUEST = Machine(
    "request",
    "intake",
    "What clinic and person see of a referral. `safety_hold`, `cancel_requested` and `on_hold` "
    "lie over the progress, the strongest of them shows, and the progress goes on below.",
    request.State,
    dict[Move, StrEnum](request.TRANSITIONS.items()),
    dict[StrEnum, StrEnum](request.RESUMING.items()),
)
SEARCH = Machine(
    "search",
    "matching",
    "The search for a coach, one per referral and episode. What reaches a held or closed search "
    "too late changes nothing.",
    search.SearchState,
    dict[Move, StrEnum](search.SEARCH_TRANSITIONS.items()),
)
OFFER = Machine(
    "offer",
    "matching",
    "One question to one coach. An accepted offer is the assignment; a referral has at most one "
    "that is `open` or `accepted`.",
    search.OfferState,
    dict[Move, StrEnum](search.OFFER_TRANSITIONS.items()),
)
MESSAGE = Machine(
    "message",
    "notifications",
    "One step of a plan to one recipient. A claim is committed before the request goes out and "
    "recorded after it.",
    message.State,
    dict[Move, StrEnum](message.TRANSITIONS.items()),
)
MACHINES = (REQUEST, SEARCH, OFFER, MESSAGE)


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for machine in MACHINES for line in _section(machine))])


def _section(machine: Machine) -> Iterator[str]:
    yield f"## {machine.noun} ({machine.owner})"
    yield ""
    yield machine.says
    yield ""
    yield from _diagram(machine)
    yield ""
    yield from _moves(machine)
    yield ""


def terminal(machine: Machine) -> list[StrEnum]:
    """States that nothing leads out of, in the order of the enum."""
    sources = {source for source, _ in machine.table}
    return [state for state in machine.states if state not in sources]


def _diagram(machine: Machine) -> Iterator[str]:
    """Arrows without their triggers; moves that are possible from nearly anywhere are left out."""
    arrows = {
        (source, target) for (source, _), target in machine.table.items() if source is not target
    }
    crowded = {
        target
        for target in machine.states
        if sum(one is target for _, one in arrows) > len(machine.states) / 2
    }
    first = next(iter(machine.states))
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"    [*] --> {first}"
    for source in machine.states:
        for target in machine.states:
            if (source, target) in arrows and target not in crowded:
                yield f"    {source} --> {target}"
    for state in terminal(machine):
        yield f"    {state} --> [*]"
    yield "```"
    if crowded:
        yield ""
        shown = ", ".join(f"`{state}`" for state in machine.states if state in crowded)
        yield f"Reached from most states and left out of the drawing: {shown}."


def _moves(machine: Machine) -> Iterator[str]:
    sources: dict[Move, list[StrEnum]] = defaultdict(list)
    for (source, trigger), target in machine.table.items():
        sources[trigger, target].append(source)
    yield "| what happens | from | to |"
    yield "|---|---|---|"
    for (trigger, target), found in sorted(sources.items(), key=lambda one: one[0][0]):
        yield f"| `{trigger}` | {_sources(machine, found)} | `{target}` |"
    for trigger, lifted in machine.lifting.items():
        yield f"| `{trigger}` | `{lifted}` | what lies below |"
    yield ""
    yield f"Final: {', '.join(f'`{state}`' for state in terminal(machine))}."


def _sources(machine: Machine, found: list[StrEnum]) -> str:
    """The states in the order of the enum, or that it is all of them."""
    going_on = [state for state in machine.states if state not in terminal(machine)]
    if set(found) == set(going_on):
        return "any that is not final"
    return ", ".join(f"`{state}`" for state in going_on if state in found)
