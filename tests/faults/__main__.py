"""`python -m tests.faults [--seed N] [--referrals N] [--set-back WHAT]`: the long fault run, told
line by line."""

import argparse
import asyncio
import sys
import time
from collections import Counter

from tests.faults.facts import Facts, violations
from tests.faults.run import NOT_TAKEN, TAKEN_IN_SPITE, FaultRun
from tests.faults.set_back import SetBack
from tests.faults.test_short_run import ANY_HOUR
from tests.world.engines import Engines, running_engines
from tests.world.system import System

SET_BACK = (
    SetBack.LAST_SECONDS,
    SetBack.MATCHING,
    SetBack.ALL,
    SetBack.LAST_SECONDS,
    SetBack.NOTIFICATIONS,
    SetBack.INTAKE,
)
"""What goes back in the middle, by the seed."""


def say(text: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')}  {text}\n")
    sys.stdout.flush()


async def long_run(engines: Engines, seed: int, referrals: int, set_back: SetBack) -> int:
    """One run: 80 coaches with room for 600. Returns how many promises broke."""
    system = System(engines, await engines.new_site(), settings=dict(ANY_HOUR))
    run = FaultRun(
        system, referrals=referrals, coaches=80, places=600, seed=seed, set_back=set_back
    )
    say(f"seed {seed}: {referrals} referrals, 80 coaches with room for 600")
    try:
        facts = await run.go()
    finally:
        system.stop()
    broken = list(violations(facts))
    _tell(run, facts)
    for one in broken:
        say(f"BROKEN: {one}")
    say("every promise held" if not broken else f"{len(broken)} promises broke")
    return len(broken)


def _tell(run: FaultRun, facts: Facts) -> None:
    say(f"killed with -9: {', '.join(run.killed)}")
    if run.drill is not None:
        forgotten = run.drill.events_lost
        say(f"set back: {run.set_back}; events at least that were forgotten: {forgotten}")
        say(f"left to people: {len(facts.left_to_people)}")
    say(f"acknowledged refusals: {len(run.refusals.made)}")
    say(f"stored {len(facts.stored)}, searches {dict(Counter(facts.searches.values()))}")
    states = Counter(f"{m.channel} {m.state}" for m in facts.messages)
    say(f"messages {dict(states)}")
    parked = Counter(str(m.reason) for m in facts.messages if m.state == "parked")
    say(f"texts handed over {sum(facts.handed_over.values())}, parked {dict(parked)}")
    lost = f"{TAKEN_IN_SPITE} that were taken, {NOT_TAKEN} that were not"
    say(f"answers that the provider lost: {lost}; not happened: {run.provider_faults_left}")
    say(f"drained {run.seconds_to_drain:.1f} s after the last fault and submission")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--referrals", type=int, default=500)
    parser.add_argument("--set-back", type=SetBack, choices=list(SetBack))
    options = parser.parse_args()
    broken = 0
    for seed in options.seed or [1, 2, 3]:
        set_back = options.set_back or SET_BACK[seed % len(SET_BACK)]
        with running_engines(archived=True) as engines:
            broken += asyncio.run(long_run(engines, seed, options.referrals, set_back))
    return broken


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
