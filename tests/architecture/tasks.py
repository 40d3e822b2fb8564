"""Which kinds of task the code opens, and which it closes."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from shared.tasks import TaskKind
from tests.architecture.calls import enclosing, functions, reached, target
from tests.architecture.lints import nodes_of
from tests.architecture.tree import PRODUCT, dotted, files, module_of, syntax_of


@cache
def opened() -> frozenset[TaskKind]:
    """Kinds that are given to what opens a task, or stand in the table of what a text brings."""
    return frozenset(
        kind for file, call in _calls() if _opens(file, call) for kind in _named_in(call)
    )


@cache
def closed() -> frozenset[TaskKind]:
    """Kinds that are given to what closes tasks, by name or as the service's own."""
    return frozenset(
        kind
        for file, call in _calls()
        if _last_name(call) in ("close_tasks", "close")
        for kind in _closed_by(file, call)
    )


def _calls() -> Iterator[tuple[Path, ast.Call]]:
    for file in files(*PRODUCT):
        for node in nodes_of(syntax_of(file)):
            if isinstance(node, ast.Call):
                yield file, node


def _last_name(call: ast.Call) -> str:
    return dotted(call.func).rpartition(".")[2]


def _opens(file: Path, call: ast.Call) -> bool:
    if _last_name(call) in ("open", "Follows"):
        return True
    place = target(file, call.func)
    return place is not None and "open_task" in {name for _, name in reached({place})}


def _named_in(node: ast.AST) -> Iterator[TaskKind]:
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and dotted(one.value) == "TaskKind":
            yield TaskKind[one.attr]


def _closed_by(file: Path, call: ast.Call) -> Iterator[TaskKind]:
    match call.args[3:]:
        case [ast.Name(id=name)] if name.isupper():
            yield from getattr(module_of(file), name)
        case [ast.Name()]:
            yield from _named_in(enclosing(file, call)[0])
        case [kinds]:
            yield from _named_in(kinds)
        case _:
            place = target(file, call.func)
            if place is not None and functions(place[0])[place[1]][0].args.defaults:
                yield from module_of(place[0]).OWNED
