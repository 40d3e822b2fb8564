"""Nothing that we say, show, ask for or need leads nowhere."""

import asyncio
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deploy.compose.secret_volumes import fill
from deploy.local.environment import Ports, Site
from deploy.local.provision import SERVICES
from services.notifications.sending.outbound import OutgoingMessage
from services.notifications.settings import Settings
from services.notifications.web.task_words import WORDS
from shared.settings import ServiceSettings, SettingsError
from shared.tasks import TaskKind
from tests.architecture import tasks
from tests.architecture.compose import environment
from tests.architecture.composed import composed
from tests.architecture.promises import everything_said
from tests.architecture.tree import files, name_of, text_of
from tests.architecture.wirings import of_services, routes

SETTINGS: dict[str, type[ServiceSettings]] = {
    name: wiring.SERVICE.settings for name, wiring in of_services().items()
}
SECRETS = "/run/secrets"


def _demo(folder: Path, service: str) -> dict[str, str]:
    return Site(folder, Ports(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), postgres_bin=folder).service(service)


def _compose(folder: Path, service: str) -> dict[str, str]:
    fill(folder)
    given = environment(service)
    return {key: text.replace(SECRETS, str(folder / service)) for key, text in given.items()}


@pytest.fixture(params=[_demo, _compose], ids=["demo", "compose"])
def settings(request: pytest.FixtureRequest) -> Iterator[Settings]:
    with tempfile.TemporaryDirectory() as folder:
        yield Settings.read(request.param(Path(folder), "notifications"))


async def _all(settings: Settings) -> list[OutgoingMessage]:
    return [outgoing async for outgoing in composed(settings)]


def test_every_step_can_be_composed_and_its_link_leads_to_a_page(settings: Settings) -> None:
    homes = {
        settings.offer_page_url: "matching",
        settings.sign_in_url: "matching",
        settings.clinic_page_url: "intake",
        settings.desk_url: "notifications",
    }
    steps = set()
    for outgoing in asyncio.run(_all(settings)):
        steps.add(outgoing.step.name)
        for link in re.findall(r"https?://[^\s]+", outgoing.text.body):
            parts = urlsplit(link)
            home = homes[f"{parts.scheme}://{parts.netloc}"]
            assert _leads_to(home, "GET", parts.path), f"{outgoing.step.name}: {link}"
    assert len(steps) > 50


def _leads_to(service: str, method: str, path: str) -> bool:
    """Whether a page of the service answers at a path; a value in it matches any name."""
    patterns = [
        re.sub(r"\{[^}]*\}", "[^/]+", known) for verb, known in routes(service) if verb == method
    ]
    return any(re.fullmatch(pattern, path) for pattern in patterns)


@pytest.mark.parametrize("service", SERVICES)
def test_every_link_and_form_of_a_page_leads_to_a_page(service: str) -> None:
    lost = []
    for file in files(f"services/{service}", suffixes=(".html",)):
        for tag in re.findall(r"<(?:a|form)\b[^>]*>", text_of(file)):
            target = re.search(r'(?:href|action)="(/[^"#?]*)', tag)
            if target is not None:
                method = "POST" if 'method="post"' in tag else "GET"
                path = re.sub(r"\{\{.*?\}\}", "value", target[1])
                if not _leads_to(service, method, path):
                    lost.append(f"{name_of(file)}: {method} {path}")
    assert lost == []


def test_every_control_that_is_named_in_quotes_is_on_a_page() -> None:
    """In mails, on pages and in the words of the desk; `OTHER` and the like are no controls."""
    buttons = " ".join(
        label
        for file in files("services", suffixes=(".html",))
        for label in re.findall(r"<(?:button|a)\b[^>]*>(.*?)</(?:button|a)>", text_of(file))
    )
    wording = " ".join(
        text_of(file) for file in files("services/matching/web/wording") if file.stem != "words"
    )
    named = {
        (said.where, control)
        for said in everything_said()
        for sentence in said.sentences
        for control in re.findall(r'["“]([^"”]{3,40})["”]', sentence)
    }
    assert ("staff_called_mail.email", "I take it") in named
    assert {one for one in named if one[1] not in buttons and f'"{one[1]}"' not in wording} == set()


def test_every_kind_of_task_has_an_opener_a_page_and_a_closer() -> None:
    every = set(TaskKind)
    assert tasks.opened() == every
    assert tasks.closed() == every
    assert WORDS.keys() == every


@pytest.mark.parametrize(
    ("service", "field"),
    [
        (service, field)
        for service, kind in SETTINGS.items()
        for field, one in kind.model_fields.items()
        if one.is_required()
    ],
)
def test_a_setting_without_a_default_stops_the_start_by_its_name(
    service: str, field: str, tmp_path: Path
) -> None:
    name = f"{SETTINGS[service].prefix}{field.upper()}"
    given = _demo(tmp_path, service)
    without = {key: text for key, text in given.items() if key not in (name, f"{name}_FILE")}
    assert without != given
    with pytest.raises(SettingsError, match=f"^{name} is missing$"):
        SETTINGS[service].read(without)


@pytest.mark.parametrize(
    "address",
    ["http://desk.example.org", "https://desk.example.org/", "https://Desk.example.org", ""],
)
@pytest.mark.parametrize("field", ["OFFER_PAGE_URL", "CLINIC_PAGE_URL", "SIGN_IN_URL", "DESK_URL"])
def test_an_address_that_no_text_can_hold_stops_the_start(
    field: str, address: str, tmp_path: Path
) -> None:
    given = _demo(tmp_path, "notifications") | {f"NOTIFICATIONS_{field}": address}
    with pytest.raises(SettingsError, match=f"^NOTIFICATIONS_{field}: "):
        Settings.read(given)
