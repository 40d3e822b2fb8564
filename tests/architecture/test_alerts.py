"""The alert rules: what they measure exists, and each says what to do."""

import re
from typing import Any, cast

import pytest
import yaml

from deploy.local.provision import SERVICES
from shared.metrics import REGISTRY
from tests.architecture.compose import environment
from tests.architecture.tree import ROOT, text_of

FOLDER = ROOT / "deploy" / "prometheus"


def rules() -> list[dict[str, Any]]:
    """Every rule of every group."""
    groups = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    return [cast("dict[str, Any]", rule) for group in groups for rule in group["rules"]]


def series() -> dict[str, set[str]]:
    """The names that Prometheus will know, each with its labels."""
    known: dict[str, set[str]] = {"up": {"job"}}
    for metric in REGISTRY.collect():
        names = {f"{metric.name}_total"} if metric.type == "counter" else {metric.name}
        if metric.type == "histogram":
            names = {f"{metric.name}_{part}" for part in ("bucket", "count", "sum")}
        labels = labels_of(metric.name) | ({"le"} if metric.type == "histogram" else set())
        known |= {name: {"job", *labels} for name in names}
    return known


def labels_of(name: str) -> set[str]:
    """The labels that a metric was declared with."""
    collector = REGISTRY._names_to_collectors[name]
    return set(getattr(collector, "_labelnames", ()))


def used(expression: str) -> dict[str, set[str]]:
    """The series of an expression with the labels they are selected by."""
    found = re.findall(r"\b(alongside_\w+|up)\b(?:\{([^}]*)\})?", expression)
    return {name: set(re.findall(r"(\w+)\s*[=!]~?", selector)) for name, selector in found}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_measures_what_exists(rule: dict[str, Any]) -> None:
    assert used(rule["expr"])
    for name, labels in used(rule["expr"]).items():
        assert labels <= series()[name]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_says_how_urgent_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"]
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^## (.+)$", text_of(ROOT / page), re.MULTILINE)
    assert anchor in {re.sub(r"[^a-z -]", "", one.lower()).replace(" ", "-") for one in headings}


def test_alerts_are_told_apart_by_their_names() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names))


def test_every_gauge_of_something_that_waits_has_an_alert() -> None:
    """Age, stuck, parked, unsealed: what stands still must be noticed by somebody."""
    waits = re.compile(r"_(oldest_seconds|stuck|unsealed_rows|lag_records)$|_oldest_due_seconds$")
    measured = {name for rule in rules() for name in used(rule["expr"])}
    assert {name for name in series() if waits.search(name)} - measured == set()


def test_a_counter_that_an_alert_watches_is_there_before_its_first_count() -> None:
    """Otherwise the first count makes the series and is no increase of it."""
    found = [
        (name, labels)
        for rule in rules()
        for name, selector in re.findall(r"increase\((\w+)(?:{([^}]*)})?\[", rule["expr"])
        if not _is_there(name, labels := dict(re.findall(r'(\w+)="(\w+)"', selector)))
    ]
    assert found == []


def _is_there(name: str, labels: dict[str, str]) -> bool:
    return any(
        sample.name == name and labels.items() <= sample.labels.items()
        for metric in REGISTRY.collect()
        for sample in metric.samples
    )


def test_prometheus_asks_every_service_at_its_inner_address() -> None:
    asked = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    jobs = {job["job_name"]: job["static_configs"][0]["targets"] for job in asked["scrape_configs"]}
    assert jobs == {
        name: [f"{name}:{environment(name)[f'{name.upper()}_INNER_PORT']}"] for name in SERVICES
    }
    assert asked["rule_files"] == ["alerts.yml"]
