"""Which function of the product calls which, as far as names tell.

Names are followed within a module and through its imports. A method of an object that came from
elsewhere is not followed; a function that is only named counts as called, because somebody else
may call it. So what is reached is never too little by a callback and may be a little too much.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from tests.architecture.lints import Function, nodes_of
from tests.architecture.tree import PRODUCT, ROOT, files, syntax_of

Place = tuple[Path, str]
"""A function or method by its file and its name."""


@cache
def functions(file: Path) -> dict[str, list[Function]]:
    """The functions and methods of a module by name, wherever in it they are defined."""
    found: dict[str, list[Function]] = {}
    for node in nodes_of(syntax_of(file)):
        if isinstance(node, Function):
            found.setdefault(node.name, []).append(node)
    return found


@cache
def imported(file: Path) -> dict[str, tuple[Path, str | None]]:
    """What the imports of a module bind: a module of ours (None), or a name in one."""
    found: dict[str, tuple[Path, str | None]] = {}
    for node in nodes_of(syntax_of(file)):
        if isinstance(node, ast.ImportFrom) and node.module:
            for one in node.names:
                if (module := _file_of(f"{node.module}.{one.name}")) is not None:
                    found[one.asname or one.name] = module, None
                elif (home := _file_of(node.module)) is not None:
                    found[one.asname or one.name] = home, one.name
    return found


@cache
def _file_of(module: str) -> Path | None:
    base = ROOT / module.replace(".", "/")
    places = (base.with_suffix(".py"), base / "__init__.py")
    return next((place for place in places if place.is_file()), None)


def meant(file: Path, name: ast.expr) -> Place | None:
    """Where the thing is defined, or imported again, that a name means in this module.

    None when the name is not one of ours. An attribute of anything but a module of ours is taken
    for one of this module's own.
    """
    match name:
        case ast.Name(id=bare):
            home, inside = imported(file).get(bare, (file, bare))
        case ast.Attribute(value=ast.Name(id=bare), attr=inside) if bare in imported(file):
            home, within = imported(file)[bare]
            if within is not None:
                return None
        case ast.Attribute(attr=inside):
            home = file
        case _:
            return None
    return None if inside is None else (home, inside)


def target(file: Path, name: ast.expr) -> Place | None:
    """The function that a name means in this module; None when it is none of ours."""
    place = meant(file, name)
    return place if place is not None and place[1] in functions(place[0]) else None


def reached(start: Iterable[Place]) -> set[Place]:
    """These functions and everything that they call, directly or not."""
    found: set[Place] = set()
    waiting = list(start)
    while waiting:
        place = waiting.pop()
        if place not in found:
            found.add(place)
            waiting.extend(_named_in(place))
    return found


def _named_in(place: Place) -> Iterator[Place]:
    file, name = place
    for function in functions(file)[name]:
        for node in ast.walk(function):
            if isinstance(node, ast.Name | ast.Attribute):
                found = target(file, node)
                if found is not None:
                    yield found


@cache
def _around(file: Path) -> dict[ast.AST, list[Function]]:
    found: dict[ast.AST, list[Function]] = {}
    for node in nodes_of(syntax_of(file)):  # outer functions come before those inside them
        if isinstance(node, Function):
            for below in ast.walk(node):
                found.setdefault(below, []).append(node)
    return found


def enclosing(file: Path, node: ast.AST) -> list[Function]:
    """The functions that a node stands in, the innermost first."""
    return _around(file).get(node, [])[::-1]


@cache
def _calls() -> dict[Place, list[tuple[Path, ast.Call]]]:
    found: dict[Place, list[tuple[Path, ast.Call]]] = {}
    for file in files(*PRODUCT):
        for node in nodes_of(syntax_of(file)):
            if isinstance(node, ast.Call):
                called = target(file, node.func)
                if called is not None:
                    found.setdefault(called, []).append((file, node))
    return found


def calls_of(place: Place) -> list[tuple[Path, ast.Call]]:
    """Every call of a function in the product, with the file it stands in."""
    return _calls().get(place, [])
