"""Staff of the peer organisation, as an operator adds them at the command line."""

import subprocess
import sys

from tests.world.system import System, until


def matching(world: System, *words: str) -> str:
    """Run a verb of matching as an operator does; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "services.matching", *words],
        env=world.site.service("matching"),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


_KNOWN = """
    SELECT roles FROM staff_access JOIN contacts ON kind = 'staff' AND recipient_id = staff_id
     WHERE staff_id = $1 AND NOT ended AND (phone_hash IS NOT NULL OR NOT $2)
"""


async def add_staff(
    world: System, name: str, email: str, role: str, *, phone: str | None = None
) -> None:
    """Add somebody, and wait until notifications knows what they may do."""
    words = ["--name", name, "--email", email, "--role", role]
    words += ["--phone", phone] if phone else []
    staff_id = matching(world, "staff", "add", *words).split()[0]

    async def is_known() -> bool:
        async with world.database("notifications") as database:
            known: list[str] | None = await database.fetchval(_KNOWN, staff_id, phone is not None)
        return known == [role]

    await until(is_known, what="the access at notifications")


def rota(world: System, *words: str) -> tuple[int, str]:
    """Ask or change who is on call at the command line: the exit code, and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "services.notifications", "rota", *words],
        env=world.site.service("notifications"),
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout


def sign_in_link(world: System, role: str) -> str:
    """A link for the first member of staff with this role."""
    return matching(world, "sign-in-link", role).splitlines()[0]
