"""What the audit log says is asked for by a command, never by SQL."""

import subprocess
import sys
from uuid import UUID

import asyncpg
import pytest

from deploy.local.environment import Site
from tests.world.engines import Engines

pytestmark = pytest.mark.timeout(60)

ONE, OTHER = UUID(int=1), UUID(int=2)
_NOTE = """
    INSERT INTO audit (at, actor, action, subject_kind, subject_id, detail, correlation_id)
    VALUES (now() + $1::text::interval, 'system:intake', $2, 'referral', $3, '{}', $3)
"""


def audit(site: Site, *words: str) -> list[str]:
    """The verb, as it is typed: its lines."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "services.intake", "audit", *words],
        env={**site.service("intake"), "USER": "tester"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


async def test_acts_are_listed_by_kind_subject_and_time_and_who_looked_is_noted(
    engines: Engines,
) -> None:
    site = await engines.new_site()
    database = await asyncpg.connect(engines.postgres.url(site.databases["intake"]))
    try:
        for ago, action, subject in (
            ("-3 days", "promise.missed", ONE),
            ("-3 hours", "promise.missed", ONE),
            ("-2 hours", "promise.missed", OTHER),
            ("-1 hour", "referral.viewed", ONE),
            ("2 hours", "referral.held", OTHER),
        ):
            await database.execute(_NOTE, ago, action, subject)
        newest, older, total = audit(site, "--action", "promise.missed")
        assert f"promise.missed  referral {OTHER}  system:intake" in newest
        assert str(ONE) in older
        assert total == "2 rows"
        assert len(audit(site, "--action", "promise.missed", "--days", "4")) == 4
        assert "referral.viewed" in audit(site, "--subject", str(ONE))[0]
        ahead = audit(site, "--ahead")
        assert len(ahead) == 2
        assert f"referral.held  referral {OTHER}" in ahead[0]
        looked = "SELECT DISTINCT actor FROM audit WHERE action = 'audit.listed'"
        assert await database.fetchval(looked) == "operator:tester"
    finally:
        await database.close()
