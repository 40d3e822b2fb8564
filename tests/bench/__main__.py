"""`python -m tests.bench [--short]`: measure, and write docs/performance.md."""

import argparse
import asyncio
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.measure import (
    Bench,
    Posts,
    Through,
    drain,
    floor_chain,
    intake_posts,
    product_chain,
)
from tests.bench.measure import median as middle
from tests.world.engines import running_engines

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"


async def measure(bench: Bench) -> str:
    """All figures as the page shows them."""
    load_at_start = os.getloadavg()[0]
    bare = await floor_chain(bench)
    say(f"floor chain: p50 {bare.quantile(0.5):.1f} ms, burst {bare.burst:.0f}/s")
    product = await product_chain(bench)
    say(f"product: p50 {product.quantile(0.5):.1f} ms, burst {product.burst:.0f}/s")
    drained, sends = await drain(bench)
    say(f"drain: {drained:.0f}/s, bare {sends:.0f}/s")
    # Last, because nobody consumes what this leaves on the topics.
    posts = await intake_posts(bench)
    say(f"intake: {middle(posts.product):.0f}/s, same rows {middle(posts.same_rows):.0f}/s")
    return page(load_at_start, posts, (product, bare), (drained, sends), dict(bench.memory))


Row = tuple[str, str, str, str, str]


def page(
    load_at_start: float,
    posts: Posts,
    chains: tuple[Through, Through],
    drains: tuple[float, float],
    memory: dict[str, float],
) -> str:
    """docs/performance.md."""
    rows = [*_posts_rows(posts), *_chain_rows(*chains), _drain_row(*drains)]
    return TEMPLATE.format(
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        cores=os.cpu_count(),
        python=platform.python_version(),
        load=f"{load_at_start:.1f}",
        table="\n".join(f"| {' | '.join(row)} |" for row in rows),
        memory="\n".join(f"| {name} | {value:.0f} |" for name, value in memory.items()),
    )


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


def _chain_rows(product: Through, bare: Through) -> list[Row]:
    paced: list[Row] = [
        (
            f"POST → text handed over at 50/s, {name}, ms",
            f"{product.quantile(share):.1f}",
            f"{bare.quantile(share):.1f}",
            f"{product.quantile(share) / bare.quantile(share):.2f}",
            aim,
        )
        for name, share, aim in (("p50", 0.5, "≤ 12 ms"), ("p99", 0.99, "≤ 30 ms"))
    ]
    burst = (
        f"burst of {product.handed_over}: referrals/s until all offers are handed over",
        f"{product.burst:.0f}",
        f"{bare.burst:.0f}",
        f"{product.burst / bare.burst:.2f}",
        "≥ 0.7",
    )
    return [*paced, burst]


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
- The chain's floor is three bare processes through the same broker, up to 200 records in one
  transaction.
- A referral is matched against 80 coaches, with every reason stored, and sends three messages,
  not one.
- The outbox floor is pipelined sends of the same records by the bare client.

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
    short = parser.parse_args().short
    with running_engines() as engines:
        text = asyncio.run(measure(Bench(engines, short)))
    if short:
        say(text)
    else:
        PAGE.write_text(text)
        say(f"written to {PAGE.name}")


if __name__ == "__main__":
    main()
