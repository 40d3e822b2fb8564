"""The house rules that every module is held to, and a planted violation of each."""

import ast
from collections.abc import Callable, Mapping, Sequence
from textwrap import dedent

import pytest

from tests.architecture import lints
from tests.architecture.tree import PRODUCT, files, name_of, syntax_of, text_of

Lint = Callable[[ast.Module], list[str]]

MAX_LINES, MAX_TEST_LINES = 300, 400

CLOCK_AND_CHANCE: Mapping[str, str] = {
    "shared/clock.py": "the one place where time comes from",
    "shared/ids.py": "the one place where identifiers come from",
    "shared/messaging/attempts.py": "spreads the retries of many processes; decides nothing",
    "shared/seals.py": "a nonce must not be guessed or repeated",
}
OPENERS: Mapping[str, str] = {
    "shared/transaction.py": "requests, consumers, timers and loops",
    "shared/vault/__init__.py": "the key vault, a database of its own",
    "shared/audit_sealer.py": "the sealer, between the use-cases",
    "shared/db.py": "makes the pool and the connections that hold an advisory lock",
    "shared/migrate.py": "signs in as the owner",
    "shared/messaging/relay.py": "holds the locks of its shards",
    "shared/messaging/slots.py": "holds the lock of its slot",
}
BROKER_PARTS: Mapping[str, str] = {
    "shared/messaging/subscription.py": "the only subscriber",
    "shared/messaging/relay.py": "the only producer",
    "shared/messaging/own_history.py": "reads the own topics, in no group",
}
PASSES_SQL_ON: Mapping[str, str] = {
    "shared/write_buffer.py": "hands on the constants of the stores",
    "shared/db.py": "begins as a clinic: only a UUID and the name of our role become text",
}
DATABASE_CLOCK: Mapping[str, str] = {
    "shared/clock_guard.py": "compares the process's clock with the database's",
}


def broken(lint: Lint, *, except_in: Mapping[str, str] | None = None) -> list[str]:
    """Every place of the product that breaks a rule."""
    return [
        f"{name_of(file)}:{place}"
        for file in files(*PRODUCT)
        if name_of(file) not in (except_in or {})
        for place in lint(syntax_of(file))
    ]


def refuse(found: Sequence[str]) -> None:
    """Fail with every place, one a line."""
    assert not found, "\n" + "\n".join(found)


def test_time_and_chance_come_as_arguments() -> None:
    refuse(broken(lints.time_and_chance, except_in=CLOCK_AND_CHANCE))


def test_connections_are_taken_by_one_opener_each() -> None:
    refuse(broken(lints.connections_taken, except_in=OPENERS))


def test_brokers_are_spoken_to_in_three_places() -> None:
    refuse(broken(lints.broker_parts_made, except_in=BROKER_PARTS))


def test_no_transaction_is_open_during_a_network_call() -> None:
    refuse(broken(lints.network_inside_transactions))


def test_sql_is_constant() -> None:
    refuse(broken(lints.sql_made_at_run_time, except_in=PASSES_SQL_ON))


def test_columns_are_named() -> None:
    refuse(broken(lints.stars))


def test_statements_get_the_time_as_an_argument() -> None:
    refuse(broken(lints.sql_clocks, except_in=DATABASE_CLOCK))


@pytest.mark.parametrize(
    ("excepted", "lint"),
    [
        (CLOCK_AND_CHANCE, lints.time_and_chance),
        (OPENERS, lints.connections_taken),
        (BROKER_PARTS, lints.broker_parts_made),
        (DATABASE_CLOCK, lints.sql_clocks),
    ],
)
def test_no_exception_outlives_its_reason(excepted: Mapping[str, str], lint: Lint) -> None:
    by_name = {name_of(file): file for file in files(*PRODUCT)}
    refuse([name for name in excepted if not lint(syntax_of(by_name[name]))])


def test_functions_fit_on_a_screen() -> None:
    refuse(
        [
            f"{name_of(file)}:{place}"
            for file in files(*PRODUCT, "deploy", "tests")
            for place in lints.long_functions(syntax_of(file))
        ]
    )


def test_modules_are_about_one_thing() -> None:
    """An alarm, not a target: split by noun or by happening."""
    lengths = {
        name_of(file): text_of(file).count("\n") for file in files(*PRODUCT, "deploy", "tests")
    }
    refuse(
        [
            f"{name} has {lines} lines"
            for name, lines in lengths.items()
            if lines > (MAX_TEST_LINES if name.startswith("tests/") else MAX_LINES)
        ]
    )


def test_modules_are_named_after_things_not_after_kinds() -> None:
    empty = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
    refuse([name_of(file) for file in files() if file.stem in empty])


def test_every_module_says_what_it_is_for() -> None:
    """A package's `__init__.py` may be empty."""
    refuse(
        [
            name_of(file)
            for file in files(*PRODUCT, "deploy")
            if text_of(file) and ast.get_docstring(syntax_of(file)) is None
        ]
    )


LONG = "def long():\n    def inner():\n        pass\n" + "    step()\n" * 39

PLANTS: list[tuple[Lint, str, int]] = [
    (lints.time_and_chance, "from datetime import UTC, datetime\nat = datetime.now(UTC)", 1),
    (lints.time_and_chance, "import datetime as dt\nat = dt.datetime.utcnow()", 1),
    (lints.time_and_chance, "from datetime import date\nday = date.today()", 1),
    (lints.time_and_chance, "import time\nat = time.time()", 1),
    (lints.time_and_chance, "from time import time\nat = time()", 1),
    (lints.time_and_chance, "from uuid import uuid4 as new\none = new()", 1),
    (lints.time_and_chance, "import random\nwait = random.uniform(0, 1)", 1),
    (lints.time_and_chance, "from secrets import token_hex\ncode = token_hex()", 1),
    (lints.time_and_chance, "at = clock.now()\nage = time.monotonic() - since", 0),
    (lints.connections_taken, "async def f(self):\n    async with self._pool.acquire(): ...", 1),
    (lints.connections_taken, "async def f():\n    return await asyncpg.connect(url)", 1),
    (lints.broker_parts_made, "broker = kafka.KafkaBroker('here')", 1),
    (lints.broker_parts_made, "@broker.subscriber('topic')\nasync def f(body): ...", 1),
    (
        lints.network_inside_transactions,
        "async def f():\n    async with db.transaction() as tx:\n        await self._sms.send(x)",
        1,
    ),
    (
        lints.network_inside_transactions,
        "async def f():\n    async with db.tenant_tx(id) as tx:\n        await http.post(url)",
        1,
    ),
    (
        lints.network_inside_transactions,
        "async def f(tx: Transaction):\n    if x:\n        await self.providers.mail.hand(x)",
        1,
    ),
    (
        lints.network_inside_transactions,
        "async def f():\n    async with db.transaction() as tx:\n        await messages.claim(tx)\n"
        "    await self._sms.send(x)",
        0,
    ),
    (lints.sql_made_at_run_time, "c.fetch(f'SELECT a FROM {table}')", 2),
    (lints.sql_made_at_run_time, "c.fetch('SELECT a FROM ' + table)", 2),
    (lints.sql_made_at_run_time, "_ONE = 'DELETE FROM t WHERE a = %s' % one", 1),
    (lints.sql_made_at_run_time, "_ONE = 'UPDATE {} SET a = 1'.format(table)", 1),
    (lints.sql_made_at_run_time, "c.fetch(statement, 1)", 1),
    (lints.sql_made_at_run_time, "c.fetch(_ONE, 1), c.execute('SELECT 1')", 0),
    (lints.stars, "_ONE = 'SELECT * FROM offers'", 1),
    (lints.stars, "_ONE = 'SELECT o.*, 1 FROM offers AS o'", 1),
    (lints.stars, "_ONE = 'DELETE FROM offers RETURNING *'", 1),
    (lints.stars, "_ONE = 'SELECT * FROM unnest($1::int[])'", 0),
    (lints.stars, "_ONE = 'WITH rows (a) AS (SELECT 1) SELECT * FROM rows'", 0),
    (lints.sql_clocks, "_ONE = 'UPDATE t SET at = now()'", 1),
    (lints.sql_clocks, "_ONE = 'SELECT a FROM t WHERE due < clock_timestamp()'", 1),
    (lints.long_functions, LONG, 0),
    (lints.long_functions, LONG + "    step()\n", 1),
]


@pytest.mark.parametrize(("lint", "source", "times"), PLANTS)
def test_a_planted_violation_is_found(lint: Lint, source: str, times: int) -> None:
    assert len(lint(ast.parse(dedent(source)))) == times
