"""`python -m tests.bench [--short | --costs floor product]`: measure, write docs/performance.md.

`--costs` is the quick way: it prints what a referral costs in a minute per chain.
"""

import argparse
import asyncio
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.chains import Through, product_chain, same_work_chain, stub_chain
from tests.bench.costs import Costs
from tests.bench.measure import Bench, Posts, drain, intake_posts
from tests.bench.measure import median as middle
from tests.world.engines import running_engines

COUNTABLE = {"log_statement": None, "log_line_prefix": None}
"""What is switched on while statements are counted; given at the start it could not be."""

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"


async def measure(bench: Bench) -> str:
    """All figures as the page shows them."""
    load_at_start = os.getloadavg()[0]
    stub = await stub_chain(bench)
    say(f"stub: p50 {stub.quantile(0.5):.1f} ms, burst {stub.burst:.0f}/s")
    chains = await costs(bench, ("floor", "product"))
    drained, sends = await drain(bench)
    say(f"drain: {drained:.0f}/s, bare {sends:.0f}/s")
    # Last, because nobody consumes what this leaves on the topics.
    posts = await intake_posts(bench)
    say(f"intake: {middle(posts.product):.0f}/s, same rows {middle(posts.same_rows):.0f}/s")
    rows = [
        *_posts_rows(posts),
        *_chain_rows(chains["product"], chains["floor"]),
        _stub_row(stub),
        _drain_row(drained, sends),
    ]
    return TEMPLATE.format(
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        cores=os.cpu_count(),
        python=platform.python_version(),
        load=f"{load_at_start:.1f}",
        table=as_table(rows),
        costs=as_table(cost_rows(chains)),
        memory=as_table([(name, f"{value:.0f}") for name, value in bench.memory.items()]),
    )


async def costs(bench: Bench, names: Sequence[str]) -> dict[str, Through]:
    """The chains by name, each printed when it is measured."""
    measured = {}
    for name in names:
        measured[name] = one = await CHAINS[name](bench)
        say(
            f"{name}: p50 {one.quantile(0.5):.1f}, p99 {one.quantile(0.99):.1f} ms, "
            f"burst {one.burst:.0f}/s"
        )
        say("\n".join("  ".join(row) for row in cost_rows({name: one})))
    return measured


CHAINS = {"floor": same_work_chain, "product": product_chain}

Row = tuple[str, ...]


def as_table(rows: Sequence[Row]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _posts_rows(posts: Posts) -> list[Row]:
    ours = posts.product
    return [
        (
            f"intake: whole use-case, POST/s, beside {what}",
            f"{middle(ours):.0f} ({min(ours):.0f}–{max(ours):.0f})",
            f"{middle(floor):.0f} ({min(floor):.0f}–{max(floor):.0f})",
            f"{middle(ours) / middle(floor):.2f}",
            aim,
        )
        for what, floor, aim in (
            ("the same rows", posts.same_rows, "≥ 0.6"),
            ("one row", posts.one_row, "–"),
        )
    ]


def _chain_rows(product: Through, floor: Through) -> list[Row]:
    paced: list[Row] = [
        (
            f"POST → text handed over at 50/s, {name}, ms",
            f"{product.quantile(share):.1f}",
            f"{floor.quantile(share):.1f}",
            f"{product.quantile(share) / floor.quantile(share):.2f}",
            aim,
        )
        for name, share, aim in (("p50", 0.5, "≤ 1.5"), ("p99", 0.99, "≤ 1.0"))
    ]
    burst = (
        f"burst of {product.handed_over}: referrals/s until all offers are handed over",
        f"{product.burst:.0f}",
        f"{floor.burst:.0f}",
        f"{product.burst / floor.burst:.2f}",
        "≥ 0.6, ≥ 300/s",
    )
    return [*paced, burst]


def _stub_row(stub: Through) -> Row:
    what = "the stub of one message: p50 and p99 at 50/s, burst"
    figures = f"{stub.quantile(0.5):.1f}, {stub.quantile(0.99):.1f} ms, {stub.burst:.0f}/s"
    return (what, "–", figures, "–", "–")


def cost_rows(chains: Mapping[str, Through]) -> list[Row]:
    """ms of CPU per referral by process, and what else a referral takes, chain by chain."""
    rows: list[Row] = []
    for chain, through in chains.items():
        phases = through.costs
        for name in next(iter(phases.values())).cpu:
            used = [f"{one.cpu.get(name, 0.0):.2f}" for one in phases.values()]
            rows.append((f"{chain}: {name}", *used, f"{through.calm.get(name, 0.0):.1f}"))
        totals = [f"{one.total:.2f}" for one in phases.values()]
        rows.append((f"{chain}: all", *totals, f"{sum(through.calm.values()):.1f}"))
        rows.append((f"{chain}: kB of WAL", *(f"{one.wal:.1f}" for one in phases.values()), "–"))
        rows += _trip_rows(chain, through.trips)
    return rows


def _trip_rows(chain: str, trips: Mapping[str, Costs]) -> list[Row]:
    """Statements with commits by service, and requests to the broker with their commonest kinds."""
    rows: list[Row] = []
    paced, burst = trips["20/s"], trips["burst"]
    for name in paced.statements:
        cells = [
            f"{one.statements[name]:.1f} in {one.commits[name]:.1f} commits"
            for one in (paced, burst)
        ]
        rows.append((f"{chain}: statements of {name}", cells[0], "–", cells[1], "–"))
    asked = [
        f"{sum(one.requests.values()):.1f} ("
        + ", ".join(f"{kind.lower()} {n:.1f}" for kind, n in list(one.requests.items())[:3])
        + ")"
        for one in (paced, burst)
    ]
    return [*rows, (f"{chain}: requests to the broker", asked[0], "–", asked[1], "–")]


def _drain_row(drained: float, sends: float) -> Row:
    return (
        "draining a full outbox, events/s",
        f"{drained:.0f}",
        f"{sends:.0f}",
        f"{drained / sends:.2f}",
        "≥ 10,000/s",
    )


TEMPLATE = """# Performance

Written by `make bench` on {day}: {cores} cores, Python {python}, load {load} at the start, engines
and load generator on the same machine. Read the ratios: the floor pays for the same HTTP hops and
commits in the same run, without the product.

| what | here | floor | ratio | aim |
|---|---|---|---|---|
{table}

- The intake floor is a bare uvicorn + pydantic + asyncpg app: one statement and one commit per
  POST. It inserts the same rows in the same tables as the product (seven tables), or one row.
- The chain's floor is three bare processes on the product's tables: the same rows by set-based
  statements, the same events from an outbox over the same hops, three sends per referral, claimed
  before and recorded after. It decides, seals and checks nothing. The stub writes two rows and
  sends one message.
- A referral is matched against 80 coaches, with every reason stored.
- The outbox floor is pipelined sends of the same records by the bare client.

CPU per referral in ms by process, from `/proc`, at two rates and in the burst; the last column is
without work, in ms per second.

| what | 20/s | 50/s | burst | calm |
|---|---|---|---|---|
{costs}

| resident memory | MB |
|---|---|
{memory}
"""


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--short", action="store_true", help="a sanity run; writes nothing")
    parser.add_argument(
        "--costs",
        nargs="+",
        choices=CHAINS,
        help="only what a referral costs in these chains, a minute each; writes nothing",
    )
    given = parser.parse_args()
    with running_engines(settings=COUNTABLE) as engines:
        bench = Bench(engines, given.short)
        if given.costs:
            asyncio.run(costs(bench, given.costs))
            return
        text = asyncio.run(measure(bench))
    if given.short:
        say(text)
    else:
        PAGE.write_text(text)
        say(f"written to {PAGE.name}")


if __name__ == "__main__":
    main()
