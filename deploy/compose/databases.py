"""Create roles and databases on the compose stack's PostgreSQL. Running it again changes nothing.

python -m deploy.compose.databases
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from deploy.compose.secret_volumes import SERVER, SUPERUSER_PASSWORD, VOLUMES, passwords
from deploy.local.provision import provision


def superuser_url(volumes: Path = VOLUMES) -> str:
    """The server as its superuser. Raises OSError when the password was not made yet."""
    word = (volumes / SUPERUSER_PASSWORD).read_text(encoding="ascii").strip()
    return f"postgresql://postgres:{word}@{SERVER}/postgres"


if __name__ == "__main__":
    asyncio.run(provision(superuser_url(), passwords()))
