"""The images: a service's holds `shared/` and that service, and nobody runs as root."""

import re
from pathlib import Path

import pytest

from deploy.local.provision import SERVICES
from tests.architecture.compose import services, volumes
from tests.architecture.tree import ROOT, text_of

SERVICE = ROOT / "deploy" / "Dockerfile"
TOOLS = ROOT / "deploy" / "compose" / "Dockerfile"


def lines(file: Path) -> list[str]:
    """The instructions, each on one line."""
    joined = text_of(file).replace("\\\n", " ")
    return [line for line in joined.splitlines() if line and not line.startswith("#")]


def copied(file: Path) -> set[str]:
    """What comes from the project into the image or the stage before it."""
    copies = [line.split() for line in lines(file) if line.startswith("COPY")]
    return {name for copy in copies if not copy[1].startswith("--") for name in copy[1:-1]}


def test_the_image_of_a_service_holds_shared_and_that_service_only() -> None:
    project = {"pyproject.toml", "uv.lock"}
    assert copied(SERVICE) - project == {"shared", "services/__init__.py", "services/${SERVICE}"}
    assert copied(TOOLS) - project == {"shared", "deploy"}


def test_a_service_gets_its_own_libraries_from_the_lock() -> None:
    (sync,) = [line for line in lines(SERVICE) if "uv sync" in line]
    assert "--frozen --no-default-groups" in sync
    assert '--group "$SERVICE"' in sync
    (sync,) = [line for line in lines(TOOLS) if "uv sync" in line]
    assert "--frozen --no-default-groups --group local" in sync


@pytest.mark.parametrize("file", [SERVICE, TOOLS], ids=["service", "tools"])
def test_an_image_is_pinned_and_does_not_run_as_root(file: Path) -> None:
    bases = [line.split()[1] for line in lines(file) if line.startswith("FROM")]
    assert all(re.fullmatch(r"python:3\.11\.\d+-slim-bookworm", base) for base in bases)
    (installed,) = [line for line in lines(file) if "pip install" in line]
    assert installed.split()[-1] in text_of(ROOT / "Makefile")
    users = [line for line in lines(file) if line.startswith("USER")]
    assert users == ["USER 10001:10001"]
    last_run = max(place for place, line in enumerate(lines(file)) if line.startswith("RUN"))
    assert lines(file).index(users[0]) > last_run


@pytest.mark.parametrize("file", [SERVICE, TOOLS], ids=["service", "tools"])
def test_only_what_is_copied_is_sent_to_the_build(file: Path) -> None:
    ignored = (file.parent / f"{file.name}.dockerignore").read_text().split()
    sent = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert ignored[0] == "*"
    assert sent == {name.split("/")[0] for name in copied(file)}


def test_every_service_has_an_image_built_from_the_one_file() -> None:
    for name in SERVICES:
        build = services()[name]["build"]
        assert build == {
            "context": ".",
            "dockerfile": "deploy/Dockerfile",
            "args": {"SERVICE": name},
        }


def test_every_folder_that_a_volume_is_mounted_on_belongs_to_the_user() -> None:
    """Otherwise the volume belongs to root and the program cannot write to it."""
    ours = {
        place
        for name, one in services().items()
        if one["image"].startswith("alongside/")
        for place in volumes(name)
    }
    made = " ".join(
        line for file in (SERVICE, TOOLS) for line in lines(file) if "install -d" in line
    )
    assert {place for place in ours if place not in made.split()} == set()
