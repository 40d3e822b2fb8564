"""Every environment variable that the services and the phone simulator get in the local stack.

A variable that ends in `_FILE` names a file with a secret: 32 random bytes as base64url, mode
0600, made when it is first needed and then kept.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from deploy.local.ports import LOOPBACK
from deploy.local.provision import LOGINS, SERVICES, VAULT
from deploy.local.secret_files import secret
from shared.signin.session import public_key_of

ACCOUNT_SID: Final = "AC" + "a10951de" * 4
"""The provider account that notifications and the simulator agree on."""

SMS_SENDER: Final = "+12025550100"
"""The system's own number; 202-555-01xx is set aside for fiction."""

TEAM_PHONE: Final = "800-555-0100"
"""A human of the team, as HELP tells it; 800-555-01xx is set aside for fiction."""

MAIL_SENDER: Final = "alongside@example.org"

_KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "SSL_CERT_FILE")
"""What a program inherits of the caller's environment; all else could change what it does."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The port of everything that listens, all on 127.0.0.1.

    `…_inner`: where a service tells those who run it how it does.
    """

    postgres: int
    kafka: int
    intake: int
    matching: int
    notifications: int
    simulator: int
    mail: int
    intake_inner: int
    matching_inner: int
    notifications_inner: int

    def of(self, program: str) -> int:
        """Port of a program by its name; `mail` is the simulator's second one."""
        port: int = getattr(self, program)
        return port


@dataclass(frozen=True, slots=True)
class Site:
    """One installation on this machine: where its files lie, its ports and its databases."""

    folder: Path
    """Holds `secrets/` and `audit/`; both are made when first needed."""
    ports: Ports
    postgres_bin: Path
    """Folder of pg_dump and psql, which the migrations look for on PATH."""
    databases: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({name: name for name in (*SERVICES, VAULT)})
    )
    """Database of each service and of the vault; a test puts the names of its clones here."""

    def url(self, program: str) -> str:
        """Public address of a service or of the simulator, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.ports.of(program)}"

    @property
    def bootstrap_servers(self) -> str:
        """Kafka's address."""
        return f"{LOOPBACK}:{self.ports.kafka}"

    def secret_file(self, name: str) -> Path:
        """The file of a secret; it is made if it is not there."""
        file = self.folder / "secrets" / name
        secret(file)
        return file

    def passwords(self) -> dict[str, str]:
        """The database password of every role that signs in."""
        return {role: secret(self.folder / "secrets" / f"{role}.password") for role in LOGINS}

    def database_url(self, name: str, role: str) -> str:
        """Connection URL of `role` to the database of a service, or to the vault."""
        word = self.passwords()[role]
        server = f"{LOOPBACK}:{self.ports.postgres}"
        return f"postgresql://{role}:{word}@{server}/{self.databases[name]}"

    def service(self, name: str) -> dict[str, str]:
        """The whole environment of `python -m services.<name> serve` and its other verbs.

        A variable of the same name in the caller's environment wins, addresses excepted:
        that is how a setting is tried out.
        """
        match name:
            case "intake":
                own = {}
            case "matching":
                own = self._matching()
            case _:
                own = self._notifications()
        prefix = name.upper()
        own |= self._common(name)
        prefixed = {f"{prefix}_{key}": value for key, value in own.items()}
        addresses = {f"{prefix}_{key}": value for key, value in self._address(name).items()}
        return {**self.base(), **prefixed, **_overrides(f"{prefix}_"), **addresses}

    def service_migration(self, name: str) -> dict[str, str]:
        """For `python -m services.<name> migrate`, which signs in as the database's owner."""
        owner = {f"{name.upper()}_MIGRATION_URL": self.database_url(name, f"{name}_owner")}
        return self.service(name) | owner

    def vault_migration(self) -> dict[str, str]:
        """For `python -m shared.vault migrate`."""
        return self.base() | {"VAULT_MIGRATION_URL": self.database_url(VAULT, f"{VAULT}_owner")}

    def simulator(self) -> dict[str, str]:
        """For `python -m deploy.simulator`: the provider's side of the same account."""
        return {
            **self.base(),
            **_overrides("SIMULATOR_"),
            "SIMULATOR_HOST": LOOPBACK,
            "SIMULATOR_PORT": str(self.ports.simulator),
            "SIMULATOR_SMTP_PORT": str(self.ports.mail),
            "SIMULATOR_ACCOUNT_SID": ACCOUNT_SID,
            "SIMULATOR_AUTH_TOKEN_FILE": str(self.secret_file("twilio.token")),
            "SIMULATOR_SMS_SENDER": SMS_SENDER,
            "SIMULATOR_INBOUND_URL": f"{self.url('notifications')}/twilio/inbound",
            "SIMULATOR_INTAKE_URL": self.url("intake"),
            "SIMULATOR_CLINIC_KEY_FILE": str(self.clinic_key_file),
        }

    @property
    def clinic_key_file(self) -> Path:
        """Where the demo puts the API key of its clinic; absent until then."""
        return self.folder / "secrets" / "clinic.key"

    def base(self) -> dict[str, str]:
        """What every process gets: little of the caller's environment, and UTC."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        path = os.pathsep.join((str(self.postgres_bin), kept.get("PATH", os.defpath)))
        return kept | {"PATH": path, "TZ": "UTC"}

    def _address(self, name: str) -> dict[str, str]:
        return {
            "HOST": LOOPBACK,
            "PORT": str(self.ports.of(name)),
            "INNER_HOST": LOOPBACK,
            "INNER_PORT": str(self.ports.of(f"{name}_inner")),
            "PUBLIC_URL": self.url(name),
        }

    def _common(self, name: str) -> dict[str, str]:
        audit = self.folder / "audit"
        audit.mkdir(parents=True, exist_ok=True)
        return {
            "DATABASE_URL": self.database_url(name, name),
            "VAULT_DATABASE_URL": self.database_url(VAULT, name),
            "LONGEST_STANDSTILL_SECONDS": "86400",
            "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap_servers,
            "KEY_ENCRYPTION_KEY_FILE": str(self.secret_file("key_encryption.key")),
            "AUDIT_KEY_FILE": str(self.secret_file(f"{name}_audit.key")),
            "AUDIT_CHECKPOINTS": str(audit / f"{name}.checkpoints"),
            "RECORD_KEY_FILE": str(self.secret_file(f"{name}_record.key")),
            **{
                f"{owner.upper()}_EVENT_KEYS_FILE": str(self.secret_file(f"{owner}_event.key"))
                for owner in SERVICES
            },
        }

    def _matching(self) -> dict[str, str]:
        return {
            "SESSION_KEY_FILE": str(self.secret_file("matching_session.key")),
            "LINK_KEY_FILE": str(self.secret_file("link.key")),
            "SIGN_IN_KEY_FILE": str(self.secret_file("sign_in.key")),
            "SIGN_IN_LINK_KEY_FILE": str(self.secret_file("sign_in_link.key")),
            "DESK_URL": self.url("notifications"),
        }

    def _notifications(self) -> dict[str, str]:
        return {
            "LINK_KEY_FILE": str(self.secret_file("link.key")),
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN_FILE": str(self.secret_file("twilio.token")),
            "TWILIO_BASE_URL": self.url("simulator"),
            "SMS_SENDER": SMS_SENDER,
            "TEAM_PHONE": TEAM_PHONE,
            "SMTP_HOST": LOOPBACK,
            "SMTP_PORT": str(self.ports.mail),
            "SMTP_SECURITY": "none",
            "MAIL_SENDER": MAIL_SENDER,
            "OFFER_PAGE_URL": self.url("matching"),
            "CLINIC_PAGE_URL": self.url("intake"),
            "OPT_OUT_PEPPER_FILE": str(self.secret_file("opt_out.pepper")),
            "SIGN_IN_URL": self.url("matching"),
            "DESK_URL": self.url("notifications"),
            "SIGN_IN_PUBLIC_KEY": self._sign_in_public_key(),
            "SIGN_IN_LINK_KEY_FILE": str(self.secret_file("sign_in_link.key")),
        }

    def _sign_in_public_key(self) -> str:
        private = urlsafe_b64decode(secret(self.folder / "secrets" / "sign_in.key") + "==")
        return urlsafe_b64encode(public_key_of(private)).decode("ascii")


def _overrides(prefix: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(prefix)}
