"""The supervisor over real engines and stand-ins for the services, as a process of its own:

python -m tests.integration.local.small_stack <data folder>
"""

import asyncio
import signal
import sys
from dataclasses import replace
from pathlib import Path

from deploy.local.home import Home
from deploy.local.program import Program
from deploy.local.stack import Stack, build
from deploy.local.state import hold
from deploy.local.supervisor import Supervisor

STAND_IN = ("tests.integration.local.answering",)


def small(home: Home) -> Stack:
    """The real stack, with a program that only answers in the place of each of ours."""
    full = build(home, home.last_ports())

    def stand_in(program: Program) -> Program:
        variables = {**full.site.base(), "PORT": str(program.port)}
        return Program(program.name, program.folder, program.port, STAND_IN, variables)

    return replace(
        full,
        simulator=stand_in(full.simulator),
        services=tuple(stand_in(service) for service in full.services),
        migrations=((("platform",), full.site.base()),),
    )


async def main(folder: Path) -> None:
    """As the supervisor does it: until SIGTERM."""
    home = Home(folder)
    assert hold(home.lock_file) is not None
    supervisor = Supervisor(home, small(home))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, supervisor.stop)
    await supervisor.run()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
