"""Tables by the members of an enum, or by the events of a union, have a line for each."""

import ast
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, get_args

import pytest

from tests.architecture.states_page import MACHINES
from tests.architecture.tree import PRODUCT, files, module_of, name_of, syntax_of

WITH_GAPS: Mapping[str, str] = {
    "services/intake/fhir/outcome.py: _ISSUE_TYPES": "the others are required or business-rule",
    "services/intake/actions/answer.py: STATUS": "any other first state is 201",
    "services/intake/rules/consent.py: ELEMENTS": "the elements of a consent, of all codes",
    "services/intake/rules/deadlines.py: DEFAULTS": "a final state has no clock",
    "services/intake/rules/instruments.py: AUDIT_C_CUT_OFF": "one cut-off for all others",
    "services/intake/rules/problems.py: PLACES": "a problem of the whole body has no place",
    "services/intake/rules/screen.py: _WARNINGS": "a complete instrument warns of nothing",
    "services/intake/rules/states.py: RESUMING": "the triggers that lift an overlay",
    "services/notifications/rules/inbound.py: _PATTERNS": "the others are said in set words",
    "services/notifications/rules/send_check.py: _WHEN_IN_VAIN": "any other wait is too late",
    "services/notifications/rules/states.py: _CODES": "classes without codes of a provider",
    "services/matching/rules/supervision.py: DECISIONS": "the kinds about searches",
    "services/matching/web/supervisor_words.py: TITLES": "the kinds about searches",
    "shared/messaging/settle.py: _WAITS": "the verdicts after which a record waits",
}
"""Tables that leave some out, with what that means."""


def tables() -> Iterator[tuple[str, Mapping[Any, object], Any]]:
    """Every table at the top of a module: its name, itself, and its annotation if it has one."""
    for file in files(*PRODUCT):
        if file.stem != "__main__":
            module = module_of(file)
            for line in syntax_of(file).body:
                match line:
                    case ast.Assign(targets=[ast.Name(id=name)]):
                        hint = None
                    case ast.AnnAssign(target=ast.Name(id=name)):
                        hint = module.__annotations__[name]
                    case _:
                        continue
                table = getattr(module, name)
                if isinstance(table, Mapping) and table:
                    yield f"{name_of(file)}: {name}", table, hint


def _possible(table: Mapping[Any, object], hint: Any) -> set[object]:
    """All members of the one enum that the keys are of, or all types of the hint's union."""
    kinds = {type(key) for key in table}
    if len(kinds) == 1 and issubclass(kind := kinds.pop(), Enum):
        return set(kind)
    if hint is None or not all(isinstance(key, type) for key in table):
        return set()
    return {one for union in get_args(get_args(hint)[0]) for one in get_args(union)}


TABLES = {
    name: (set(table), possible)
    for name, table, hint in tables()
    if (possible := _possible(table, hint))
}


@pytest.mark.parametrize("name", [name for name in TABLES if name not in WITH_GAPS])
def test_a_table_has_a_line_for_each_of_its_kind(name: str) -> None:
    keys, possible = TABLES[name]
    assert possible - keys == set()
    assert keys - possible == set()


@pytest.mark.parametrize("name", WITH_GAPS)
def test_a_table_with_gaps_has_some(name: str) -> None:
    keys, possible = TABLES[name]
    assert keys < possible


def test_every_table_of_moves_is_in_the_document() -> None:
    documented = [dict(machine.table) for machine in MACHINES]
    moves = {name: dict(table) for name, table, _ in tables() if _is_of_moves(table)}
    assert [name for name, table in moves.items() if table not in documented] == []
    assert len(moves) == len(documented)


def _is_of_moves(table: Mapping[Any, object]) -> bool:
    """From a state and a trigger to a state of the same kind."""
    return all(
        isinstance(key, tuple) and isinstance(target, Enum) and type(key[0]) is type(target)
        for key, target in table.items()
    )
