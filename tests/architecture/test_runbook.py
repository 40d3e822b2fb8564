"""Every remedy of the runbook is a page or a command that is there, and none is SQL."""

import re
import shlex
from collections.abc import Iterator
from importlib import import_module

import pytest
from cyclopts import CycloptsError

from deploy.local.cli import app
from deploy.local.provision import SERVICES
from shared.command import Verb, parser_of
from shared.settings import ServiceSettings
from tests.architecture.tree import ROOT, text_of
from tests.architecture.wirings import routes

RUNBOOK = text_of(ROOT / "docs" / "runbook.md")
ID = "0199a000-0000-7000-8000-000000000001"


def _commands() -> Iterator[str]:
    """What is to be typed: whole lines, and in the text what begins with the program's name."""
    lines = re.findall(r"^ {4,}\.venv/bin/alongside (.+)$", RUNBOOK, re.MULTILINE)
    inline = re.findall(r"`(?:\.venv/bin/)?alongside ([^`]+)`", RUNBOOK)
    for command in dict.fromkeys([*lines, *inline]):
        for service in SERVICES if "<service>" in command else [""]:
            yield command.replace("<service>", service)


COMMANDS = list(_commands())


def _words(command: str) -> list[str]:
    plain = re.sub(r"[][]", "", re.sub(r"<[^>]*>", ID, command)).replace("…", "x")
    return shlex.split(plain.partition(" # ")[0])


def _verbs(service: str) -> list[Verb[ServiceSettings]]:
    named = vars(import_module(f"services.{service}.__main__")).values()
    listed = [one for value in named if isinstance(value, tuple) for one in value]
    return [one for one in (*named, *listed) if isinstance(one, Verb)]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_runbook_can_be_typed_as_it_stands(command: str) -> None:
    program, *words = _words(command)
    if program == "run":
        service, *rest = words
        parser_of(service, _verbs(service), seeds=True).parse_args(rest)
    else:
        app.parse_args([program, *words], exit_on_error=False, print_error=False)


def test_commands_of_every_kind_are_found() -> None:
    assert len(COMMANDS) > 50
    assert "run matching dead-letters list" in COMMANDS
    assert any(command.startswith("restore ") for command in COMMANDS)


def test_no_remedy_is_sql() -> None:
    assert re.findall(r"\b(?:SELECT|UPDATE|DELETE|DROP)\b|\bpsql\b|alongside sql", RUNBOOK) == []


def test_every_page_that_the_runbook_names_is_there() -> None:
    known = {re.sub(r"\{.*?\}", "<id>", path) for name in SERVICES for _, path in routes(name)}
    named = re.findall(
        r"`(?:GET |POST |http://127\.0\.0\.1:\d+)?(/(?:desk|referrals|v1)[^`\s]*)", RUNBOOK
    )
    assert len(named) > 4
    assert [path for path in named if path not in known] == []


@pytest.mark.parametrize("planted", ["forgett x", "restore", "up --archived /srv"])
def test_a_planted_command_of_the_program_is_refused(planted: str) -> None:
    with pytest.raises(CycloptsError):
        app.parse_args(planted.split(), exit_on_error=False, print_error=False)


@pytest.mark.parametrize("planted", ["clock shwo", "parked again", "dead-letters replay"])
def test_a_planted_command_is_refused(planted: str) -> None:
    with pytest.raises(SystemExit):
        parser_of("notifications", _verbs("notifications"), seeds=False).parse_args(planted.split())
