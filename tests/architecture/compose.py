"""docker-compose.yml as it is read: its services, their environments and their volumes."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

import yaml

from tests.architecture.tree import ROOT

Entry = dict[str, Any]

_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


@cache
def stack() -> dict[str, Any]:
    """The whole file."""
    return cast("dict[str, Any]", yaml.safe_load((ROOT / "docker-compose.yml").read_text()))


def services() -> dict[str, Entry]:
    """Every container by its name."""
    return cast("dict[str, Entry]", stack()["services"])


def environment(name: str) -> dict[str, str]:
    """The environment of a container when nothing is set outside."""
    given: Mapping[str, object] = services()[name].get("environment", {})
    return {
        key: _VARIABLE.sub(lambda one: one[2] or "", str(value)) for key, value in given.items()
    }


def volumes(name: str) -> dict[str, str]:
    """What a container has mounted, by its place there: `secrets-intake:ro`."""
    mounts = {}
    for entry in services()[name].get("volumes", []):
        source, place, *mode = str(entry).split(":")
        mounts[place] = ":".join([source, *mode])
    return mounts
