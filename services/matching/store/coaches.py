"""The roster: coaches, their credentials and whom they are kept apart from."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.matching.rules.coach import Coach, Credential
from services.matching.rules.hours import BusinessHours
from services.matching.rules.roster import RosterCoach
from shared.db import Connection, Row
from shared.events import FitFactors, HourRange

_NOW = """
    SELECT c.coach_id, c.version, c.active, c.paused_until, c.max_active, c.taken, c.open_offers,
           c.last_offered_at,
           ARRAY(SELECT x.person_id FROM exclusions x
                  WHERE x.coach_id = c.coach_id AND x.person_id = ANY($1::uuid[])) AS excluded
      FROM coaches c
     WHERE $2::uuid IS NULL OR c.coach_id = $2
     ORDER BY c.coach_id
"""
_PROFILES = """
    SELECT c.coach_id, c.version, c.organisation, c.zone, c.business_hours, c.counties, c.remote,
           c.languages, c.supervised, c.kinds_of_support, c.fit, c.attributes,
           (SELECT coalesce(json_agg(json_build_array(k.scheme, k.jurisdiction, k.valid_from,
                                                      k.valid_to)), '[]')
              FROM credentials k WHERE k.coach_id = c.coach_id) AS credentials
      FROM coaches c WHERE c.coach_id = ANY($1::uuid[])
"""
_LOCK_ALL = "SELECT true FROM coaches ORDER BY coach_id FOR NO KEY UPDATE"
_LOCK = "SELECT 1 FROM coaches WHERE coach_id = $1 FOR UPDATE"


@dataclass(frozen=True, slots=True)
class CoachSettings:
    """How a coach is spoken to, and the key that seals what is known of them."""

    key_id: UUID
    language: str
    zone: str


class Roster:
    """The coaches as matching sees them. What rarely changes is parsed once per version.

    Room, pauses and exclusions are read every time; a coach is made anew where they changed.
    """

    def __init__(self) -> None:
        self._profiles: dict[UUID, tuple[int, Coach]] = {}
        self._latest: dict[UUID, tuple[Row, Coach]] = {}

    async def load(self, connection: Connection, people: Sequence[UUID]) -> dict[UUID, Coach]:
        """Every coach, as they stand for these people.

        For one person nothing is locked: `offers.open_one` lets the database refuse a place that
        is gone, and the referral is then matched again. For several all are locked, because so
        many choices would collide with those of another process, or lock in another order.
        """
        if len(people) > 1:
            await connection.fetch(_LOCK_ALL)
        return await self._coaches(connection, people, None)

    async def locked(
        self, connection: Connection, coach_id: UUID, *, person_id: UUID
    ) -> Coach | None:
        """One coach, locked until the transaction ends.

        Two statements on purpose: the counts must come from a snapshot taken after the lock is
        held.
        """
        await connection.fetchval(_LOCK, coach_id)
        return await self.find(connection, coach_id, people=[person_id])

    async def find(
        self, connection: Connection, coach_id: UUID, *, people: Sequence[UUID]
    ) -> Coach | None:
        """One coach as they stand for these people, not locked."""
        found = await self._coaches(connection, people, coach_id)
        return found.get(coach_id)

    async def _coaches(
        self, connection: Connection, people: Sequence[UUID], coach_id: UUID | None
    ) -> dict[UUID, Coach]:
        rows = await connection.fetch(_NOW, list(people), coach_id)
        changed = [row["coach_id"] for row in rows if not self._is_known(row)]
        if changed:
            for row in await connection.fetch(_PROFILES, changed):
                self._profiles[row["coach_id"]] = (row["version"], _profile(row))
        return {row["coach_id"]: self._coach(row) for row in rows}

    def _coach(self, row: Row) -> Coach:
        latest = self._latest.get(row["coach_id"])
        if latest is None or latest[0] != row:
            coach = _as_it_stands(self._profiles[row["coach_id"]][1], row)
            latest = self._latest[row["coach_id"]] = (row, coach)
        return latest[1]

    def _is_known(self, row: Row) -> bool:
        known = self._profiles.get(row["coach_id"])
        return known is not None and known[0] == row["version"]


def _as_it_stands(profile: Coach, row: Row) -> Coach:
    return replace(
        profile,
        active=row["active"],
        paused_until=row["paused_until"],
        max_active=row["max_active"],
        active_count=row["taken"] - row["open_offers"],
        open_offers=row["open_offers"],
        excluded_people=frozenset(row["excluded"]),
        last_offered_at=row["last_offered_at"],
    )


def _profile(row: Row) -> Coach:
    """A coach without what changes from hour to hour."""
    hours = tuple(HourRange(**one) for one in json.loads(row["business_hours"]))
    return Coach(
        coach_id=row["coach_id"],
        organisation=row["organisation"],
        counties=frozenset(row["counties"]),
        remote=row["remote"],
        languages=frozenset(row["languages"]),
        credentials=tuple(_credential(one) for one in json.loads(row["credentials"])),
        active=False,
        supervised=row["supervised"],
        paused_until=None,
        max_active=0,
        active_count=0,
        open_offers=0,
        hours=BusinessHours(hours, row["zone"]),
        kinds_of_support=frozenset(row["kinds_of_support"]),
        fit=FitFactors.model_validate_json(row["fit"]),
        attributes=frozenset(row["attributes"]),
        excluded_people=frozenset(),
        last_offered_at=None,
    )


def _credential(held: list[str]) -> Credential:
    scheme, jurisdiction, since, until = held
    return Credential(scheme, jurisdiction, date.fromisoformat(since), date.fromisoformat(until))


_SETTINGS = "SELECT key_id, language, zone FROM coaches WHERE coach_id = $1"


async def settings_of(connection: Connection, coach_id: UUID) -> CoachSettings | None:
    """The coach's key, language and zone; None for a coach who was never recorded."""
    row = await connection.fetchrow(_SETTINGS, coach_id)
    if row is None:
        return None
    return CoachSettings(row["key_id"], row["language"], row["zone"])


_ACTIVE = "SELECT active FROM coaches WHERE coach_id = $1"
_SET_ACTIVE = """
    UPDATE coaches SET active = $2, version = version + 1
     WHERE coach_id = $1 AND active <> $2 RETURNING true
"""
_REMOVED = "SELECT count(*) FROM coaches WHERE coach_id = ANY($1::uuid[]) AND NOT active"
_EVERYBODY = """
    SELECT c.coach_id, c.key_id, c.sealed_contact, c.active, c.taken, c.max_active, c.languages,
           (SELECT max(valid_to) FROM credentials k WHERE k.coach_id = c.coach_id) AS valid_to
      FROM coaches c ORDER BY c.coach_id
"""


async def is_active(connection: Connection, coach_id: UUID) -> bool:
    """Whether this coach is known and was not removed."""
    return bool(await connection.fetchval(_ACTIVE, coach_id))


async def set_active(connection: Connection, coach_id: UUID, *, active: bool) -> bool:
    """Remove or restore a coach. False when they were so before."""
    return bool(await connection.fetchval(_SET_ACTIVE, coach_id, active))


async def count_removed(connection: Connection, coach_ids: Sequence[UUID]) -> int:
    """How many of these were removed."""
    count: int = await connection.fetchval(_REMOVED, list(coach_ids))
    return count


async def everybody(connection: Connection) -> Sequence[Row]:
    """All coaches: how full they are, what they speak, until when a credential is valid."""
    return await connection.fetch(_EVERYBODY)


_FREED = "SELECT subject_id FROM timers WHERE kind = $1"


async def with_freed_places(connection: Connection, *, timer: str) -> frozenset[UUID]:
    """Coaches whose free places were not offered to the waitlist yet: `timer` is still to fire.

    Ask after the roster was read: a place that it shows as free was then freed before.
    """
    return frozenset(row["subject_id"] for row in await connection.fetch(_FREED, timer))


_APART = "INSERT INTO exclusions (coach_id, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"


async def keep_apart(connection: Connection, coach_id: UUID, person_id: UUID) -> None:
    """Never match these two again. Neither side learns of it."""
    await connection.execute(_APART, coach_id, person_id)


_UPSERT = """
    INSERT INTO coaches (coach_id, organisation, key_id, sealed_contact, language, zone,
                         business_hours, counties, remote, languages, active, supervised,
                         max_active, kinds_of_support, fit, attributes)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, true, $11, $12, $13, $14, $15)
    ON CONFLICT (coach_id) DO UPDATE
       SET organisation = EXCLUDED.organisation, key_id = EXCLUDED.key_id,
           sealed_contact = EXCLUDED.sealed_contact, language = EXCLUDED.language,
           zone = EXCLUDED.zone, business_hours = EXCLUDED.business_hours,
           counties = EXCLUDED.counties, remote = EXCLUDED.remote,
           languages = EXCLUDED.languages, supervised = EXCLUDED.supervised,
           max_active = EXCLUDED.max_active, kinds_of_support = EXCLUDED.kinds_of_support,
           fit = EXCLUDED.fit, attributes = EXCLUDED.attributes, version = coaches.version + 1
"""
_CREDENTIALS = """
    INSERT INTO credentials (coach_id, scheme, jurisdiction, valid_from, valid_to)
    SELECT $1, * FROM unnest($2::text[], $3::text[], $4::date[], $5::date[])
    ON CONFLICT (coach_id, scheme, jurisdiction) DO UPDATE
       SET valid_from = EXCLUDED.valid_from, valid_to = EXCLUDED.valid_to
"""


async def upsert(connection: Connection, coach: RosterCoach, key_id: UUID, sealed: bytes) -> None:
    """Add or replace a coach, whose contact is sealed under this key."""
    await connection.execute(
        _UPSERT,
        coach.coach_id,
        coach.organisation,
        key_id,
        sealed,
        coach.language,
        coach.zone,
        json.dumps([one.model_dump() for one in coach.business_hours]),
        list(coach.counties),
        coach.remote,
        list(coach.languages),
        coach.supervised,
        coach.max_active,
        list(coach.kinds_of_support),
        coach.fit.model_dump_json(),
        list(coach.attributes),
    )


async def set_credentials(
    connection: Connection, coach_id: UUID, held: Sequence[Credential]
) -> None:
    """Add or renew credentials."""
    await connection.execute(
        _CREDENTIALS,
        coach_id,
        [one.scheme for one in held],
        [one.jurisdiction for one in held],
        [one.valid_from for one in held],
        [one.valid_to for one in held],
    )
