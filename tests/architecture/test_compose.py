"""docker-compose.yml and the image, as far as they can be judged without an engine."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from services.intake.settings import Settings as IntakeSettings
from services.matching.settings import Settings as MatchingSettings
from services.notifications.settings import Settings as NotificationsSettings
from shared.settings import ServiceSettings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SETTINGS: dict[str, type[ServiceSettings]] = {
    "intake": IntakeSettings,
    "matching": MatchingSettings,
    "notifications": NotificationsSettings,
}
ALERTS: dict[str, Any] = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())


def given(service: str) -> set[str]:
    """The settings that the file gives to a service, by their names in the code."""
    prefix = SETTINGS[service].prefix
    names = COMPOSE["services"][service]["environment"]
    return {name.removeprefix(prefix).lower().removesuffix("_file") for name in names}


@pytest.mark.parametrize("service", SETTINGS)
def test_every_setting_given_is_known_and_every_needed_one_is_given(service: str) -> None:
    fields = SETTINGS[service].model_fields
    needed = {name for name, field in fields.items() if field.is_required()}
    assert given(service) <= set(fields)
    assert needed <= given(service)


@pytest.mark.parametrize("service", SETTINGS)
def test_a_service_has_no_right_that_it_does_not_need(service: str) -> None:
    made = COMPOSE["services"][service]
    assert made["read_only"]
    assert made["cap_drop"] == ["ALL"]
    assert "USER alongside" in (ROOT / "deploy/Dockerfile").read_text()


def test_every_secret_that_is_used_is_declared_and_no_other() -> None:
    used = {secret for one in COMPOSE["services"].values() for secret in one.get("secrets", [])}
    assert used == set(COMPOSE["secrets"])


def test_every_image_is_pinned() -> None:
    foreign = [
        one["image"]
        for one in COMPOSE["services"].values()
        if not one["image"].startswith("alongside-")
    ]
    assert all(":" in image and not image.endswith(":latest") for image in foreign)


def test_an_image_holds_shared_and_one_service_only() -> None:
    lines = (ROOT / "deploy/Dockerfile").read_text().splitlines()
    copied = [line.split()[1] for line in lines if line.startswith("COPY") and "--from" not in line]
    assert set(copied) == {
        "pyproject.toml",
        "shared",
        "services/__init__.py",
        "services/$SERVICE",
    }


def test_every_alert_uses_a_metric_that_exists_and_a_page_of_the_runbook() -> None:
    metrics = (ROOT / "shared/metrics.py").read_text()
    headings = {
        line.removeprefix("## ").strip().lower().replace(" ", "-").rstrip("?")
        for line in (ROOT / "docs/runbook.md").read_text().splitlines()
        if line.startswith("## ")
    }
    for rule in (rule for group in ALERTS["groups"] for rule in group["rules"]):
        metric = rule["expr"].split("{")[0].split(" ")[0]
        assert metric == "up" or f'"{metric}"' in metrics
        assert rule["annotations"]["runbook"].partition("#")[2] in headings
