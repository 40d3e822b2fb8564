"""`python -m shared.vault migrate`: bring the key vault's schema up to date."""

import asyncio
import os
import sys
from pathlib import Path

from shared.migrate import MigrationError, migrate


def main() -> int:
    """Migrate the database of VAULT_MIGRATION_URL."""
    url = os.environ.get("VAULT_MIGRATION_URL")
    if sys.argv[1:] != ["migrate"] or not url:
        sys.stderr.write("usage: VAULT_MIGRATION_URL=… python -m shared.vault migrate\n")
        return 2
    try:
        folders = [Path(__file__).parent / "migrations"]
        plain_hosts = os.environ.get("VAULT_PLAIN_HOSTS", "")
        asyncio.run(migrate("VAULT_MIGRATION_URL", url, folders, plain_hosts=plain_hosts))
    except MigrationError as error:
        sys.stderr.write(f"vault: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
