"""docker-compose.yml, as far as it can be judged without an engine."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from deploy.compose.databases import superuser_url
from deploy.compose.secret_volumes import fill, passwords
from deploy.local import environment as local
from deploy.local.provision import LOGINS, SERVICES
from deploy.simulator.settings import Settings as SimulatorSettings
from services.matching.settings import Settings as MatchingSettings
from services.notifications.settings import Settings as NotificationsSettings
from shared.settings import ServiceSettings, key_of
from tests.architecture.compose import environment, services, stack, volumes
from tests.architecture.tree import text_of

SETTINGS: dict[str, type[ServiceSettings]] = {
    name: import_module(f"services.{name}.settings").Settings for name in SERVICES
}
OURS = [name for name, one in services().items() if one["image"].startswith("alongside/")]
SECRETS = "/run/secrets"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The secret volumes, one folder each, as the first container fills them."""
    folder = tmp_path_factory.mktemp("volumes")
    fill(folder)
    return folder


def read(name: str, made: Path) -> ServiceSettings:
    """The settings of a service with the environment of the file and the secrets made."""
    variables = environment(name)
    inside = {key: text.replace(SECRETS, str(made / name)) for key, text in variables.items()}
    return SETTINGS[name].read(inside)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_service_starts_with_the_settings_it_is_given(name: str, made: Path) -> None:
    """Every variable is known, every required one is there, every file exists."""
    settings = read(name, made)
    assert settings.host == "0.0.0.0"  # noqa: S104 (a container is reached from outside)
    assert settings.database_url.get_secret_value().endswith(f"@postgres:5432/{name}")
    assert settings.vault_database_url.get_secret_value().endswith("@postgres:5432/vault")
    for secret in (settings.audit_key, settings.record_key, settings.key_encryption_key):
        assert key_of(secret)


def test_services_agree_on_the_keys_that_they_share_and_on_no_other(made: Path) -> None:
    intake, matching, notifications = (read(name, made) for name in SETTINGS)
    assert isinstance(matching, MatchingSettings)
    assert isinstance(notifications, NotificationsSettings)
    assert matching.link_key == notifications.link_key
    assert intake.key_encryption_key == matching.key_encryption_key
    own = [one.audit_key for one in (intake, matching, notifications)]
    own += [one.record_key for one in (intake, matching, notifications)]
    assert len({secret.get_secret_value() for secret in own}) == len(own)


@pytest.mark.parametrize("name", SETTINGS)
def test_no_secret_is_written_into_the_file(name: str) -> None:
    fields = SETTINGS[name].model_fields
    secret = {field for field, one in fields.items() if "SecretStr" in str(one.annotation)}
    given = {key.removeprefix(SETTINGS[name].prefix).lower() for key in environment(name)}
    required = {field for field in secret if fields[field].is_required()}
    assert {f"{field}_file" for field in required} <= given
    assert secret & given == set()


@pytest.mark.parametrize("name", [*SETTINGS, "simulator"])
def test_a_program_sees_its_own_secrets_only(name: str, made: Path) -> None:
    mounted = {source for source in volumes(name).values() if source.startswith("secrets-")}
    assert mounted == {f"secrets-{name}:ro"}
    files = {text for text in environment(name).values() if text.startswith(SECRETS)}
    assert {Path(text).name for text in files} == {file.name for file in (made / name).iterdir()}


def test_making_secrets_again_changes_nothing(made: Path) -> None:
    before = {file: text_of(file) for file in made.rglob("*") if file.is_file()}
    fill(made)
    assert before == {file: file.read_text() for file in made.rglob("*") if file.is_file()}


def test_every_role_has_a_password_of_its_own_and_no_service_the_superusers(made: Path) -> None:
    words = passwords(made)
    assert set(words) == set(LOGINS)
    assert len({*words.values(), superuser_url(made)}) == len(words) + 1
    superuser = (made / "postgres" / "superuser.password").read_text()
    theirs = [file.read_text() for name in SETTINGS for file in (made / name).iterdir()]
    assert not any(superuser in text for text in theirs)


def test_secrets_can_be_read_by_their_owner_only(made: Path) -> None:
    """PostgreSQL reads its own as a user of its own; its volume is mounted nowhere else."""
    open_ones = [file for file in made.rglob("*") if file.is_file() and file.stat().st_mode & 0o077]
    assert [file.name for file in open_ones] == ["superuser.password"]
    users = {name for name in services() if "secrets-postgres" in str(volumes(name))}
    assert users == {"secrets", "databases", "postgres"}


def test_the_simulator_knows_every_variable_it_is_given() -> None:
    known = {f"SIMULATOR_{name.upper()}" for name in SimulatorSettings.model_fields}
    required = {
        f"SIMULATOR_{name.upper()}"
        for name, field in SimulatorSettings.model_fields.items()
        if field.is_required()
    }
    assert required <= set(environment("simulator")) <= known


def test_notifications_and_the_phones_agree() -> None:
    ours, theirs = environment("notifications"), environment("simulator")
    assert ours["NOTIFICATIONS_TWILIO_ACCOUNT_SID"] == theirs["SIMULATOR_ACCOUNT_SID"]
    assert ours["NOTIFICATIONS_SMS_SENDER"] == theirs["SIMULATOR_SMS_SENDER"] == local.SMS_SENDER
    assert ours["NOTIFICATIONS_TWILIO_BASE_URL"] == "http://simulator:8104"
    assert theirs["SIMULATOR_INBOUND_URL"].startswith(ours["NOTIFICATIONS_PUBLIC_URL"])
    assert services()["simulator"]["profiles"] == ["phones"]


@pytest.mark.parametrize("name", OURS)
def test_our_containers_have_no_right_that_they_do_not_need(name: str) -> None:
    one = services()[name]
    assert one["user"] == "10001:10001"
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert "cap_add" not in one
    assert one["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", services())
def test_no_container_keeps_or_gains_rights(name: str) -> None:
    one = services()[name]
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert not one.keys() & {"privileged", "pid", "ipc", "devices"}
    assert "/var/run/docker.sock" not in str(one.get("volumes"))


@pytest.mark.parametrize("name", services())
def test_every_image_is_pinned_to_an_exact_version(name: str) -> None:
    assert re.fullmatch(r"[a-z/]+:v?\d+\.\d+(\.\d+)?", services()[name]["image"])


def test_only_pages_webhooks_and_the_operators_tools_are_published() -> None:
    """The tools on this machine only; the services too, unless somebody says otherwise."""
    published = {name: one["ports"] for name, one in services().items() if "ports" in one}
    anywhere = {"intake": 8101, "matching": 8102, "notifications": 8103}
    here = {"mail": 8025, "prometheus": 9090, "simulator": 8104}
    assert published == {
        name: [f"{address}:{port}:{port}"]
        for address, ports in (("${ALONGSIDE_ADDRESS:-127.0.0.1}", anywhere), ("127.0.0.1", here))
        for name, port in ports.items()
    }
    assert {name: int(environment(name)[f"{name.upper()}_PORT"]) for name in anywhere} == anywhere


def test_databases_and_broker_are_on_a_network_without_a_way_out() -> None:
    assert stack()["networks"]["data"] == {"internal": True}
    assert [services()[name]["networks"] for name in ("postgres", "kafka")] == [["data"]] * 2


def test_what_runs_once_runs_before_what_needs_it() -> None:
    for name in SETTINGS:
        needed = services()[name]["depends_on"]
        once = {f"migrate-{name}", "migrate-vault", "topics"}
        assert set(needed) == once
        assert {one["condition"] for one in needed.values()} == {"service_completed_successfully"}
        migration = services()[f"migrate-{name}"]
        assert f"{name.upper()}_MIGRATION_URL=" in migration["command"][0]
        assert f"python -m services.{name} migrate" in migration["command"][0]
        assert set(migration["depends_on"]) == {"databases"}


def test_every_volume_that_is_mounted_is_declared_and_no_other() -> None:
    sources = {source.split(":")[0] for name in services() for source in volumes(name).values()}
    assert {source for source in sources if not source.startswith(".")} == set(stack()["volumes"])
