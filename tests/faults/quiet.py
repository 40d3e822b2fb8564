"""Whether anything is still under way in a system."""

from deploy.local.provision import SERVICES
from tests.faults.load_facts import behind
from tests.world.system import System, until

_UNDER_WAY = """
    SELECT (SELECT count(*) FROM outbox)
         + (SELECT count(*) FROM audit) - (SELECT count(*) FROM audit_links)
"""
_OF_ITS_OWN = {
    "intake": "SELECT count(*) FROM referrals WHERE progress IN ('ready', 'matching')",
    "matching": "SELECT count(*) FROM searches WHERE state IN ('searching', 'rematching')",
    "notifications": """
        SELECT count(*) FROM messages
         WHERE state IN ('claimed', 'unknown') OR (state = 'planned' AND due_at <= now())
    """,
}


async def is_busy(system: System) -> bool:
    """An event, a message or a search is under way, or an audit row is not sealed yet."""
    for name in SERVICES:
        async with system.database(name) as connection:
            if await connection.fetchval(_UNDER_WAY):
                return True
            if await connection.fetchval(_OF_ITS_OWN[name]):
                return True
    return False


async def until_quiet(system: System, *, seconds: float) -> None:
    """Return when all that was emitted is handled, twice in a row. Fails after `seconds`."""
    calm = 0

    async def quiet() -> bool:
        nonlocal calm
        busy = await is_busy(system) or await behind(system)
        calm = 0 if busy else calm + 1
        return calm == 2

    await until(quiet, seconds=seconds, what="the end of all that is under way")
