"""The files of the project, read and parsed once, for the rules that look at all of them."""

import ast
import os
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
PRODUCT = ("services", "shared")
"""What runs in production; `deploy` starts it and `tests` prove it."""

_UNREAD = {"__pycache__", "node_modules", "static", ".git"}
"""Folders; `.git` is a file where the checkout is one of several."""


def files(*folders: str, suffixes: tuple[str, ...] = (".py",)) -> list[Path]:
    """Files below these folders of the project (the whole of it when none is named), in order.

    Hidden folders but `.ci`, caches and vendored assets are left out.
    """
    tops = [ROOT / folder for folder in folders] or [ROOT]
    found = (path for top in tops for path in _below(top))
    return sorted(path for path in found if path.suffix in suffixes or "" in suffixes)


def _below(top: Path) -> Iterator[Path]:
    for folder, below, names in os.walk(top):
        below[:] = [one for one in below if one not in _UNREAD and not _is_hidden(one)]
        yield from (Path(folder) / name for name in names if name not in _UNREAD)


def _is_hidden(folder: str) -> bool:
    return folder.startswith(".") and folder != ".ci"


def name_of(path: Path) -> str:
    """The path from the project's root, with slashes."""
    return path.relative_to(ROOT).as_posix()


@cache
def text_of(path: Path) -> str:
    """The text of a file."""
    return path.read_text(encoding="utf-8")


@cache
def syntax_of(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(text_of(path))


def module_of(path: Path) -> ModuleType:
    """The module itself, imported."""
    name = name_of(path).removesuffix(".py").removesuffix("/__init__")
    return import_module(name.replace("/", "."))


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a chain of names; calls and subscripts on the way are passed over."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{dotted(value)}.{name}"
        case ast.Call(func=called):
            return dotted(called)
        case ast.Subscript(value=value):
            return dotted(value)
        case _:
            return "?"
