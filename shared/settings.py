"""Settings: read once at start; a misspelt or missing variable stops the start by its name."""

import base64
import os
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.transport import PlainConnectionError, refuse_plain_broker, refuse_plain_database


class SettingsError(Exception):
    """The process cannot start with these settings; the text names the variables, not values."""


class ServiceSettings(BaseSettings):
    """What every service needs. `<PREFIX><NAME>_FILE` names a file that holds the value."""

    model_config = SettingsConfigDict(hide_input_in_errors=True, frozen=True)

    prefix: ClassVar[str]

    database_url: SecretStr
    """The service's own database, as its unprivileged role."""
    vault_database_url: SecretStr
    """The key vault, as the same role."""
    key_encryption_key: SecretStr
    """32 bytes, base64url: wraps the data keys of persons, coaches and clinics."""
    audit_key: SecretStr
    """32 bytes, base64url: chains and signs the audit log."""
    record_key: SecretStr
    """32 bytes, base64url: seals records that wait or were dead-lettered."""
    intake_event_keys: SecretStr
    """Keys with which intake authenticates its events: 32 bytes, base64url, newest first, joined
    by commas. Every service has the keys of all three; so it verifies what the others say."""
    matching_event_keys: SecretStr
    """The same of matching."""
    notifications_event_keys: SecretStr
    """The same of notifications."""
    audit_checkpoints: Path
    """An append-only file outside the database that keeps the signed checkpoints."""
    kafka_bootstrap_servers: str
    kafka_security_protocol: Literal["PLAINTEXT", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_username: str = ""
    """With SASL: signs in by SCRAM-SHA-512."""
    kafka_password: SecretStr = SecretStr("")
    kafka_ca_file: Path | None = None
    """The authority that signed the brokers' certificates; without it, those of the system."""
    plain_hosts: str = ""
    """Hosts, joined by commas, to which connections may go without TLS because nobody else is on
    the network between. This host is always one."""
    host: str = "127.0.0.1"
    port: int = Field(ge=1, le=65535)
    inner_host: str = "127.0.0.1"
    """Where only those who run the service reach it: `/metrics`, and `/readyz` with its details."""
    inner_port: int = Field(ge=1, le=65535)
    trusted_proxies: str = ""
    """Addresses or networks of proxies in front, joined by commas, whose X-Forwarded-For says who
    asks. Empty by default: nobody is believed, and behind a proxy all clients count as one."""
    public_url: str
    """How others reach this service, without a slash at the end."""
    database_connections: int = Field(default=10, ge=2, le=100)
    session_timeout_ms: int = Field(default=6000, ge=2000, le=60000)
    """How long the broker waits for a silent consumer; its partitions stand still meanwhile."""
    longest_standstill_seconds: int = Field(default=3600, ge=60)
    """After a longer standstill of service or machine a person has to confirm that the clock is
    right; until then no timer fires and nothing is sent."""
    dead_letter_limit: int = Field(default=100, ge=1)
    """Dead letters per hour after which the consumer halts until a person has looked."""

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies_are_addresses(cls, text: str) -> str:
        """Everybody (`*`) is refused: a client could then pretend any address."""
        for one in filter(None, (part.strip() for part in text.split(","))):
            try:
                everybody = ip_network(one).prefixlen == 0
            except ValueError:
                raise ValueError("not an address or network; join several by commas") from None
            if everybody:
                raise ValueError("everybody would be believed; name the proxy's address")
        return text

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Self:
        """The settings of this process. Raises SettingsError naming every wrong variable."""
        environment = os.environ if environment is None else environment
        given = {
            name.removeprefix(cls.prefix).lower(): value
            for name, value in environment.items()
            if name.startswith(cls.prefix)
        }
        values = _with_files(given, cls.prefix)
        unknown = sorted(set(values) - set(cls.model_fields) - {"migration_url"})
        if unknown:
            names = ", ".join(cls.prefix + name.upper() for name in unknown)
            raise SettingsError(f"unknown setting {names}; known are {_known(cls)}")
        values.pop("migration_url", None)
        try:
            settings = cls.model_validate(values)
        except ValidationError as error:
            raise SettingsError(_describe(cls.prefix, error)) from None
        settings._refuse_plain()
        return settings

    def _refuse_plain(self) -> None:
        """What leaves this host is encrypted, or a setting says that it need not be."""
        hosts = hosts_of(self.plain_hosts)
        try:
            for name in ("database_url", "vault_database_url"):
                url = getattr(self, name).get_secret_value()
                refuse_plain_database(f"{self.prefix}{name.upper()}", url, hosts)
            refuse_plain_broker(
                f"{self.prefix}KAFKA_BOOTSTRAP_SERVERS",
                self.kafka_bootstrap_servers,
                self.kafka_security_protocol,
                hosts,
            )
        except PlainConnectionError as error:
            raise SettingsError(str(error)) from None
        if self.kafka_security_protocol != "PLAINTEXT" and not self.kafka_username:
            raise SettingsError(f"{self.prefix}KAFKA_USERNAME is missing: SASL needs it")


def _with_files(given: Mapping[str, str], prefix: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in given.items():
        if not name.endswith("_file"):
            values[name] = value
            continue
        try:
            values[name.removesuffix("_file")] = Path(value).read_text().strip()
        except OSError as error:
            variable = prefix + name.upper()
            reason = type(error).__name__
            raise SettingsError(f"{variable} names a file that cannot be read: {reason}") from None
    return values


def _known(cls: type[ServiceSettings]) -> str:
    return ", ".join(cls.prefix + name.upper() for name in cls.model_fields)


def _describe(prefix: str, error: ValidationError) -> str:
    problems = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{prefix}{str(one['loc'][0]).upper()}{_wrong(one)}" for one in problems)


def _wrong(problem: ErrorDetails) -> str:
    return " is missing" if problem["type"] == "missing" else f": {problem['msg']}"


def hosts_of(names: str) -> frozenset[str]:
    """Names joined by commas."""
    return frozenset(one.strip() for one in names.split(",") if one.strip())


def key_of(secret: SecretStr) -> bytes:
    """The 32 bytes of a base64url secret. Raises SettingsError when they are not 32."""
    return _key(secret.get_secret_value())


def keys_of(secret: SecretStr) -> list[bytes]:
    """Several keys of 32 bytes, joined by commas, newest first. Raises SettingsError."""
    return [_key(one.strip()) for one in secret.get_secret_value().split(",")]


def _key(text: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text + "==")
    except ValueError:
        key = b""
    if len(key) != 32:
        raise SettingsError("a key must be 32 bytes in base64url")
    return key
