"""Every SQL statement of the product fits the migrated schema, its role and its arguments."""

from collections.abc import Iterator

import pytest

from deploy.local.postgres import Postgres
from deploy.local.provision import REQUEST_ROLE, SERVICES
from tests.architecture.databases import codes_of_columns, migrated, refusal, signed_in
from tests.architecture.members import kinds
from tests.architecture.statements import Session, idle, runs, sessions, untold, wanted
from tests.architecture.tree import name_of

MADE_AT_RUN_TIME = {
    "shared/db.py: _BEGIN_AS_TENANT.format(clinic=clinic_id, role=role)",
    "shared/write_buffer.py: statement",
}
"""One that begins a transaction and names no table, and one that hands on what it is given."""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with migrated() as started:
        yield started


def test_the_text_of_every_statement_is_known_before_it_runs() -> None:
    assert set(untold()) == MADE_AT_RUN_TIME


def test_every_statement_is_run_by_somebody() -> None:
    assert idle() == []


def test_a_call_gives_as_many_arguments_as_its_statement_names() -> None:
    found = [
        f"{run} names {wanted(run.sql)} arguments and gets {run.given}"
        for run in runs()
        if run.given not in (None, wanted(run.sql))
    ]
    assert not found, "\n".join(found)


async def test_every_statement_fits_the_schema_and_the_rights_of_its_role(
    server: Postgres,
) -> None:
    found = []
    for session in sorted({one for run in runs() for one in sessions(run)}):
        async with signed_in(server, session) as connection:
            for run in runs():
                if session in sessions(run) and (why := await refusal(connection, run.sql)):
                    found.append(f"{run} as {session.role} in {session.database}: {why}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("service", SERVICES)
async def test_the_codes_of_a_column_are_those_of_an_enum(server: Postgres, service: str) -> None:
    async with signed_in(server, Session(service, service)) as connection:
        columns = await codes_of_columns(connection)
    known = [{member.value for member in kind} for kind in kinds()]
    assert {column: codes for column, codes in columns.items() if codes not in known} == {}
    assert "parked_records.reason" in columns


def test_statements_of_every_store_are_found() -> None:
    """And those of a clinic's request are known as such, with what leaves at its end."""
    stores = {name_of(run.file) for run in runs() if "/store/" in name_of(run.file)}
    assert {name.split("/")[1] for name in stores} == set(SERVICES)
    as_clinic = {name_of(run.file) for run in runs() if _WEB in sessions(run)}
    assert {"services/intake/store/pages.py", "shared/effects.py"} <= as_clinic


_WEB = Session("intake", REQUEST_ROLE)
_MATCHING = Session("matching", "matching")


@pytest.mark.parametrize(
    ("session", "planted", "said"),
    [
        (_MATCHING, "SELECT offer_number FROM offers", 'column "offer_number" does not exist'),
        (_MATCHING, "SELECT 1 FROM messages", 'relation "messages" does not exist'),
        (_MATCHING, "SELECT 1 FROM offers WHERE offer_id = $2", "data type of parameter $1"),
        (_MATCHING, "SELECT 1 FROM offers WHERE offer_id = $1::int", "operator does not exist"),
        (_MATCHING, "INSERT INTO offers (offer_id) VALUES ($1, $2)", "more expressions"),
        (_MATCHING, "SELECT state FROM offers WHERE offer_id = $1", None),
        (_WEB, "SELECT key_id FROM people WHERE person_id = $1", None),
        (_WEB, "DELETE FROM people WHERE person_id = $1", "permission denied for table people"),
        (_WEB, "SELECT 1 FROM parked_records", "permission denied"),
        (Session("vault", "notifications"), "DELETE FROM data_keys", "permission denied"),
        (_MATCHING, "SET synchronous_commit = off", None),
    ],
)
async def test_a_planted_fault_is_refused(
    server: Postgres, session: Session, planted: str, said: str | None
) -> None:
    async with signed_in(server, session) as connection:
        why = await refusal(connection, planted)
    assert why == said if said is None else said in (why or "")
