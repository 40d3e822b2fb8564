"""Secrets of the local stack: files of random bytes that only their owner may read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

SECRET_BYTES = 32


def secret(file: Path) -> str:
    """The text of a secret file; a missing one is made: 32 random bytes as base64url.

    The file (mode 0600) appears whole or not at all, and is never changed afterwards.
    """
    try:
        return file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return keep_secret(file, secrets.token_urlsafe(SECRET_BYTES))


def keep_secret(file: Path, text: str) -> str:
    """Store `text` as the contents of `file`, mode 0600, whole or not at all; return it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.{os.getpid()}.part")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    unfinished.rename(file)
    return text
