"""Members of enums that the product never names, so that nothing can ever mean them."""

import ast
from collections.abc import Iterator
from enum import Enum
from functools import cache
from inspect import getfile
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from tests.architecture.calls import Place, enclosing, imported, meant, target
from tests.architecture.lints import nodes_of
from tests.architecture.states_page import MACHINES
from tests.architecture.tree import PRODUCT, dotted, files, module_of, name_of, syntax_of
from tests.architecture.wirings import wired


@cache
def unnamed() -> list[str]:
    """Every member that is neither named outside its class nor made from a value.

    A trigger of a state machine counts as named where somebody pulls it: not in the table itself.
    """
    from_values = {*_made_from_values(), *_fields_of_models()}
    named = set(_named())
    return sorted(
        f"{name_of(file)}: {enum}.{member}"
        for (file, enum), members in _enums().items()
        if (file, enum) not in from_values
        for member in members
        if ((file, enum), member) not in named
    )


@cache
def _enums() -> dict[Place, list[str]]:
    return {
        (file, node.name): [
            name.id
            for line in node.body
            if isinstance(line, ast.Assign)
            for name in line.targets
            if isinstance(name, ast.Name)
        ]
        for file in files(*PRODUCT)
        for node in nodes_of(syntax_of(file))
        if isinstance(node, ast.ClassDef)
        and any(dotted(base).endswith("Enum") for base in node.bases)
    }


def kinds() -> list[type[Enum]]:
    """Every enum of the product."""
    return [getattr(module_of(file), name) for file, name in _enums()]


def _enum(file: Path, name: ast.expr) -> Place | None:
    """The enum that a name means, through imports and other names of this module for it."""
    place = meant(file, name)
    while place is not None and place not in _enums():
        home, inside = place
        further = imported(home).get(inside)
        if further is not None and further[1] is not None:
            place = further[0], further[1]
        elif (same := _renamed(home).get(inside)) is not None:
            place = home, same
        else:
            return None
    return place


@cache
def _renamed(file: Path) -> dict[str, str]:
    """`_S, _T = State, Trigger` and the like."""
    found = {}
    for line in syntax_of(file).body:
        match line:
            case ast.Assign(targets=[ast.Name(id=other)], value=ast.Name(id=name)):
                found[other] = name
            case ast.Assign(targets=[ast.Tuple(elts=others)], value=ast.Tuple(elts=names)):
                pairs = zip(others, names, strict=True)
                found |= {dotted(other): dotted(name) for other, name in pairs}
            case _:
                pass
    return found


def _named() -> Iterator[tuple[Place, str]]:
    for file in files(*PRODUCT):
        for node in nodes_of(syntax_of(file)):
            if isinstance(node, ast.Attribute):
                enum = _enum(file, node.value)
                if enum is not None and not (
                    enum in _triggers() and (_in_table(file, node, enum) or _is_idle(file, node))
                ):
                    yield enum, node.attr


def _in_table(file: Path, node: ast.AST, enum: Place) -> bool:
    return file == enum[0] and not enclosing(file, node)


def _is_idle(file: Path, node: ast.AST) -> bool:
    """Whether it stands in a function that the wiring does not lead to."""
    around = enclosing(file, node)
    return bool(around) and (file, around[-1].name) not in wired()


@cache
def _triggers() -> set[Place]:
    kinds = {type(trigger) for machine in MACHINES for _, trigger in machine.table}
    return {(Path(getfile(kind)), kind.__name__) for kind in kinds}


def _made_from_values() -> Iterator[Place]:
    """Enums that are called with a value, or handed to one of our functions, which may do so."""
    for file in files(*PRODUCT):
        for node in nodes_of(syntax_of(file)):
            if isinstance(node, ast.Call):
                handed = node.args if target(file, node.func) else []
                for name in [node.func, *handed]:
                    enum = _enum(file, name)
                    if enum is not None:
                        yield enum


def _fields_of_models() -> Iterator[Place]:
    """Enums that a field of a model has, which is read from JSON or from the environment."""
    for file in files(*PRODUCT):
        if file.stem != "__main__":
            module_of(file)
    for model in _below(BaseModel):
        if model.__module__.partition(".")[0] in PRODUCT:
            for field in model.model_fields.values():
                for kind in _parts(field.annotation):
                    if isinstance(kind, type) and issubclass(kind, Enum):
                        yield Path(getfile(kind)), kind.__name__


def _below(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)
