import base64
from pathlib import Path

import pytest

from deploy.local.environment import Ports, Site
from deploy.local.provision import SERVICES

PORTS = Ports(*range(1, 11))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(folder=tmp_path, ports=PORTS, postgres_bin=Path("/pg/bin"))


def test_every_secret_file_holds_32_bytes_that_only_the_owner_may_read(site: Site) -> None:
    files = {
        Path(value)
        for name in SERVICES
        for key, value in site.service(name).items()
        if key.endswith("_FILE") and key.startswith(name.upper())
    }
    assert len(files) > 8
    for file in files:
        assert len(base64.urlsafe_b64decode(file.read_text() + "==")) == 32
        assert file.stat().st_mode & 0o777 == 0o600


def test_what_two_programs_must_agree_on_is_the_same_for_both(site: Site) -> None:
    intake, matching, notifications = (site.service(name) for name in SERVICES)
    simulator = site.simulator()
    keys = {
        intake["INTAKE_KEY_ENCRYPTION_KEY_FILE"],
        matching["MATCHING_KEY_ENCRYPTION_KEY_FILE"],
        notifications["NOTIFICATIONS_KEY_ENCRYPTION_KEY_FILE"],
    }
    assert len(keys) == 1
    assert matching["MATCHING_LINK_KEY_FILE"] == notifications["NOTIFICATIONS_LINK_KEY_FILE"]
    assert "INTAKE_LINK_KEY_FILE" not in intake
    token = simulator["SIMULATOR_AUTH_TOKEN_FILE"]
    assert notifications["NOTIFICATIONS_TWILIO_AUTH_TOKEN_FILE"] == token
    sid = simulator["SIMULATOR_ACCOUNT_SID"]
    assert notifications["NOTIFICATIONS_TWILIO_ACCOUNT_SID"] == sid
    assert notifications["NOTIFICATIONS_SMTP_PORT"] == simulator["SIMULATOR_SMTP_PORT"] == "7"
    assert notifications["NOTIFICATIONS_OFFER_PAGE_URL"] == matching["MATCHING_PUBLIC_URL"]
    assert notifications["NOTIFICATIONS_CLINIC_PAGE_URL"] == intake["INTAKE_PUBLIC_URL"]


def test_a_service_signs_in_as_itself_and_only_its_migration_as_owner(site: Site) -> None:
    for name in SERVICES:
        prefix = name.upper()
        running = site.service(name)
        assert running[f"{prefix}_DATABASE_URL"].startswith(f"postgresql://{name}:")
        assert running[f"{prefix}_VAULT_DATABASE_URL"].endswith("/vault")
        assert not any("_owner" in value for value in running.values())
        migrating = site.service_migration(name)[f"{prefix}_MIGRATION_URL"]
        assert migrating.startswith(f"postgresql://{name}_owner:")
    assert site.vault_migration()["VAULT_MIGRATION_URL"].endswith("/vault")
    assert site.base()["PATH"].startswith("/pg/bin:")


def test_a_service_sees_no_setting_of_another(site: Site) -> None:
    for name in SERVICES:
        for other in {*SERVICES} - {name}:
            assert not any(key.startswith(f"{other.upper()}_") for key in site.service(name))


def test_a_setting_of_the_caller_wins_but_never_an_address(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHING_OFFER_WINDOW", "PT1M")
    monkeypatch.setenv("MATCHING_PORT", "9")
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy")
    matching = site.service("matching")
    assert matching["MATCHING_OFFER_WINDOW"] == "PT1M"
    assert matching["MATCHING_PORT"] == "4"
    assert "TWILIO_EDGE" not in matching
    assert "HTTP_PROXY" not in matching


def test_a_tests_own_databases_take_the_place_of_the_usual_ones(tmp_path: Path) -> None:
    clones = {name: f"{name}_clone_7" for name in (*SERVICES, "vault")}
    site = Site(folder=tmp_path, ports=PORTS, postgres_bin=Path("/pg"), databases=clones)
    for name in SERVICES:
        environment = site.service(name)
        assert environment[f"{name.upper()}_DATABASE_URL"].endswith(f"/{name}_clone_7")
        assert environment[f"{name.upper()}_VAULT_DATABASE_URL"].endswith("/vault_clone_7")
