"""`alongside story`: what all services know of one referral, on one line of time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.local.environment import Site
from deploy.local.errors import LocalError
from deploy.local.provision import SERVICES


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the story: `at` is when it happened, or when it is to come."""

    at: datetime
    service: str
    what: str
    detail: str
    is_to_come: bool


@dataclass(frozen=True, slots=True)
class Story:
    """How the referral stands at each service that knows it, and what happened, oldest first."""

    standing: Mapping[str, Mapping[str, Any]]
    entries: Sequence[Entry]


def find(site: Site, text: str) -> list[str]:
    """The referrals that a reference, an id, a telephone number or a coach's number means.

    Raises LocalError when it means none.
    """
    answers = _ask(site, "find", text).values()
    found = list(dict.fromkeys(one["referral_id"] for answer in answers for one in answer))
    if not found:
        raise LocalError(
            f"nothing is known of `{text}`: give a reference (BMXE-JVHZ), an id of a referral, "
            "person, coach or offer, a telephone number (+15395550123), or a coach's number in the "
            "roster."
        )
    return found


def story_of(site: Site, referral_id: str) -> Story:
    """The whole story. Raises LocalError when no service knows this referral."""
    standing, entries = {}, []
    for service, (first, *lines) in _ask(site, "tell", referral_id).items():
        standing[service] = {name: value for name, value in first["standing"].items() if value}
        entries += [
            Entry(
                datetime.fromisoformat(line["at"]),
                service,
                line["what"],
                line["detail"],
                line["is_to_come"],
            )
            for line in lines
        ]
    if not standing:
        raise LocalError(f"no service knows the referral {referral_id}.")
    return Story(standing, sorted(entries, key=lambda one: (one.is_to_come, one.at)))


def _ask(site: Site, act: str, text: str) -> dict[str, list[dict[str, Any]]]:
    """The answer of each service that has one; all are asked at the same time."""
    asked = {
        service: subprocess.Popen(
            [sys.executable, "-m", f"services.{service}", "story", act, "--", text],
            env=site.service(service),
            stdout=subprocess.PIPE,
            text=True,
        )
        for service in SERVICES
    }
    answers = {}
    for service, process in asked.items():
        printed, _ = process.communicate()
        if process.returncode > 1:
            raise LocalError(f"{service} could not be asked; what it said is above.")
        if printed:
            answers[service] = [json.loads(line) for line in printed.splitlines()]
    return answers


def tell(site: Site, text: str, console: Console, *, as_json: bool) -> None:
    """Print the story of what `text` means, the newest first where it means several.

    Raises LocalError when it means nothing.
    """
    referral_id, *others = find(site, text)
    show = print_as_json if as_json else print_story
    show(console, story_of(site, referral_id))
    if others and not as_json:
        console.print(f"\n`{text}` means others too: {', '.join(others)}", markup=False)


def print_story(console: Console, story: Story) -> None:
    """For people: how it stands, what happened, what is to come."""
    for service, standing in story.standing.items():
        said = ", ".join(f"{name} {_text(value)}" for name, value in standing.items())
        console.print(f"[bold]{service}[/]  ", end="")
        console.print(said, markup=False, soft_wrap=True)
    for title, is_to_come in (("What happened", False), ("To come", True)):
        table = Table("UTC", "service", "what", "detail", box=None, title=f"\n{title}")
        for one in story.entries:
            if one.is_to_come is is_to_come:
                table.add_row(f"{one.at:%Y-%m-%d %H:%M:%S}", one.service, one.what, one.detail)
        console.print(table)


def print_as_json(console: Console, story: Story) -> None:
    """For scripts: how it stands as the first line, then one line each."""
    _print_lines(console, [{"standing": story.standing}, *map(_fields, story.entries)])


def _fields(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "service": entry.service,
        "what": entry.what,
        "detail": entry.detail,
        "is_to_come": entry.is_to_come,
    }


def _print_lines(console: Console, lines: Iterable[Mapping[str, Any]]) -> None:
    for line in lines:
        console.print(json.dumps(line), markup=False, soft_wrap=True)


def _text(value: object) -> str:
    return "/".join(map(str, value)) if isinstance(value, list) else str(value)
