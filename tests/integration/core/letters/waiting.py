"""What waits at intake, what was applied, and the bug that a test can switch on."""

import json
from typing import Any
from uuid import UUID

from tests.integration.core.intake import Intake

LIMIT = 3
LANGUAGES = ("de", "en", "es", "fr", "it")
"""One per record, so that the stored contact tells which record was applied last."""

BREAK = """
    CREATE TABLE applied (at bigint GENERATED ALWAYS AS IDENTITY, coach_id uuid, sealed text);
    CREATE TABLE refused (coach_id uuid, sealed text);
    CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        IF EXISTS (SELECT FROM refused AS r
                    WHERE r.coach_id = NEW.coach_id AND NEW.sealed LIKE '%' || r.sealed || '%') THEN
            RAISE EXCEPTION 'zqcanary %', NEW.sealed;
        END IF;
        INSERT INTO applied (coach_id, sealed) VALUES (NEW.coach_id, NEW.sealed);
        RETURN NEW;
    END $$;
    CREATE TRIGGER look AFTER INSERT OR UPDATE ON coaches FOR EACH ROW EXECUTE FUNCTION look();
"""
"""Stands for a bug that is mended later: the database refuses what `refused` names."""


async def letters_of(intake: Intake, key: UUID) -> dict[int | None, str]:
    """Number → record id of what waits of a key."""
    async with intake.system.database("intake") as connection:
        rows = await connection.fetch("SELECT seq, record_id FROM parked_records WHERE key=$1", key)
    return {row["seq"]: str(row["record_id"]) for row in rows}


async def order_of(intake: Intake, coach: UUID) -> list[str]:
    """The languages of this coach's contacts in the order in which they were applied."""
    async with intake.system.database("intake") as connection:
        rows = await connection.fetch(
            "SELECT sealed FROM applied WHERE coach_id = $1 ORDER BY at", coach
        )
    return [next(one for one in LANGUAGES if f"q{one}8=" in row["sealed"]) for row in rows]


async def acts_on(intake: Intake, record_id: str) -> list[tuple[str, str, dict[str, Any]]]:
    """What the audit log says about a dead letter."""
    async with intake.system.database("intake") as connection:
        rows = await connection.fetch(
            "SELECT actor, action, detail FROM audit WHERE subject_id = $1::uuid ORDER BY audit_id",
            record_id,
        )
    return [(row["actor"], row["action"], json.loads(row["detail"])) for row in rows]


async def waits(intake: Intake, coach: UUID, expected: list[tuple[int, str]]) -> bool:
    return await intake.parked_of(coach) == expected


async def in_order(intake: Intake, coach: UUID, languages: list[str]) -> bool:
    return await order_of(intake, coach) == languages
