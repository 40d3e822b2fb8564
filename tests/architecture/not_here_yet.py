"""Moves of `docs/states.md` that nothing makes yet, and the lines of README that say so."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from inspect import getfile
from pathlib import Path
from textwrap import fill

from services.intake.rules.states import Trigger
from services.matching.rules.states import OfferTrigger, SearchTrigger
from tests.architecture.tree import ROOT, name_of

NOT_HERE_YET: Mapping[str, Sequence[StrEnum]] = {
    "a coach who hands over to the next one": (
        OfferTrigger.HANDOVER_BEGINS,
        OfferTrigger.NEW_COACH_TAKES_OVER,
    ),
    "a transfer": (Trigger.PERSON_IS_TRANSFERRED,),
    "a supervisor who puts on the waiting list or takes back an offer": (
        SearchTrigger.SUPERVISOR_WAITLISTS,
        OfferTrigger.SUPERVISOR_WITHDRAWS,
    ),
    "a consent that is recorded by itself": (Trigger.CONSENT_IS_RECORDED,),
    "word that a search has begun": (Trigger.SEARCH_BEGINS,),
}
"""What it would be for people → the moves."""

_BEGIN, _END = "<!-- moves: python -m tests.architecture.generate -->\n", "<!-- end of moves -->\n"


def moves() -> Mapping[str, Sequence[str]]:
    """The same by the enum, named with its file."""
    found: dict[str, list[str]] = {}
    for triggers in NOT_HERE_YET.values():
        for one in triggers:
            kind = type(one)
            enum = f"{name_of(Path(getfile(kind)))}: {kind.__name__}"
            found.setdefault(enum, []).append(one.name)
    return found


def readme() -> str:
    """README with the list between its marks."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    after = rest.partition(_END)[2]
    words = f"Reserved in `docs/states.md`, and made by nothing yet: {'; '.join(NOT_HERE_YET)}."
    line = fill(f"- {words}", 120, subsequent_indent="  ", break_on_hyphens=False)
    return f"{before}{_BEGIN}{line}\n{_END}{after}"
