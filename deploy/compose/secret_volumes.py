"""Make every secret of the compose stack, and give each program its own in a separate volume.

    python -m deploy.compose.secret_volumes

A program sees only its own volume, at `/run/secrets`. A secret is made once and kept: running
this again changes nothing. To bring your own, put it into the volume under the same name.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from deploy.local.provision import LOGINS, SERVICES, VAULT
from deploy.local.secret_files import keep_secret, secret
from shared.signin.session import public_key_of

VOLUMES: Final = Path("/secrets")
"""Where the volumes are mounted here, one folder for each program."""

SERVER: Final = "postgres:5432"

OWN: Final[Mapping[str, tuple[str, ...]]] = {
    "intake": ("audit.key", "record.key"),
    "matching": ("audit.key", "record.key", "session.key", "sign_in.key"),
    "notifications": ("audit.key", "record.key", "opt_out.pepper", "smtp.password"),
}
"""Keys that one program alone has."""

COMMON: Final[Mapping[str, tuple[str, ...]]] = {
    "key_encryption.key": SERVICES,
    **{f"{name}_event.key": SERVICES for name in SERVICES},
    "link.key": ("matching", "notifications"),
    "sign_in_link.key": ("matching", "notifications"),
    "twilio.token": ("notifications", "simulator"),
}
"""Keys that several programs must have the same of."""

SUPERUSER_PASSWORD: Final = "postgres/superuser.password"  # noqa: S105 (a file's name)


def fill(volumes: Path = VOLUMES) -> None:
    """Make what is missing and write the connection URLs."""
    for program, names in OWN.items():
        for name in names:
            secret(volumes / program / name)
    for name, programs in COMMON.items():
        text = secret(volumes / programs[0] / name)
        for program in programs[1:]:
            keep_secret(volumes / program / name, text)
    private = urlsafe_b64decode(secret(volumes / "matching" / "sign_in.key") + "==")
    public = urlsafe_b64encode(public_key_of(private)).decode("ascii")
    keep_secret(volumes / "notifications" / "sign_in_public.key", public)
    secret(volumes / SUPERUSER_PASSWORD)
    # The server reads it as a user of its own; nobody else has this volume.
    (volumes / SUPERUSER_PASSWORD).chmod(0o444)
    _write_urls(volumes, passwords(volumes))


def passwords(volumes: Path = VOLUMES) -> dict[str, str]:
    """The database password of every role that signs in."""
    return {role: secret(volumes / "databases" / f"{role}.password") for role in LOGINS}


def _write_urls(volumes: Path, words: Mapping[str, str]) -> None:
    for service in SERVICES:
        keep_secret(volumes / service / "database.url", _url(words, service, service))
        keep_secret(volumes / service / "vault.url", _url(words, service, VAULT))
    for database in (*SERVICES, VAULT):
        owner = f"{database}_owner"
        keep_secret(volumes / "migrations" / f"{database}.url", _url(words, owner, database))


def _url(words: Mapping[str, str], role: str, database: str) -> str:
    return f"postgresql://{role}:{words[role]}@{SERVER}/{database}"


if __name__ == "__main__":
    fill()
