"""Settings: read once at start; a misspelt or missing variable stops the start by its name."""

import base64
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


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
    host: str = "127.0.0.1"
    port: int = Field(ge=1, le=65535)
    public_url: str
    """How others reach this service, without a slash at the end."""
    database_connections: int = Field(default=10, ge=2, le=100)
    session_timeout_ms: int = Field(default=6000, ge=2000, le=60000)
    """How long the broker waits for a silent consumer; its partitions stand still meanwhile."""
    dead_letter_limit: int = Field(default=100, ge=1)
    """Dead letters per hour after which the consumer halts until a person has looked."""

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
            return cls.model_validate(values)
        except ValidationError as error:
            raise SettingsError(_describe(cls.prefix, error)) from None


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
    said = [f"{prefix}{str(item['loc'][0]).upper()}: {item['msg']}" for item in problems]
    return "; ".join(said)


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
