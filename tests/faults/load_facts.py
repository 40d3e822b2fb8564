"""Loads `Facts` from the databases and the simulator of a system."""

import base64
from collections import Counter
from typing import Any

import httpx2

from deploy.local.provision import SERVICES
from shared import audit
from tests.architecture.wirings import parts
from tests.faults.facts import Facts, Message
from tests.world.system import System, checkpoints

CONSUMES = {name: frozenset(kind.topic for kind in wired.events) for name, wired in parts().items()}


async def load(system: System, acknowledged: frozenset[str], canaries: frozenset[str]) -> Facts:
    """The end of a run, as the databases and the simulator tell it."""
    async with system.database("intake") as intake, system.database("matching") as matching:
        stored = await intake.fetch("SELECT referral_id, progress FROM referrals")
        searches = await matching.fetch("SELECT referral_id, state FROM searches")
        offers = await matching.fetch("SELECT referral_id, coach_id, state FROM offers")
        room = await matching.fetch("SELECT coach_id, taken, max_active FROM coaches")
        without = await intake.fetchval(
            "SELECT count(*) FROM referrals WHERE closed_at IS NULL AND next_action_at IS NULL"
        )
    async with system.database("notifications") as notifications:
        messages = await notifications.fetch(
            "SELECT message_id, step, channel, state, reason FROM messages"
        )
    each = [await _service(system, name) for name in SERVICES]
    return Facts(
        acknowledged=acknowledged,
        stored=tuple(str(row["referral_id"]) for row in stored),
        searches={str(row["referral_id"]): row["state"] for row in searches},
        offers=tuple((str(r["referral_id"]), str(r["coach_id"]), r["state"]) for r in offers),
        room={str(row["coach_id"]): (row["taken"], row["max_active"]) for row in room},
        clinic_view={str(row["referral_id"]): row["progress"] for row in stored},
        messages=tuple(
            Message(str(r["message_id"]), r["step"], r["channel"], r["state"], r["reason"])
            for r in messages
        ),
        handed_over=await handed_over(system),
        parked_records=sum(one["parked"] for one in each),
        outbox=sum(one["outbox"] for one in each),
        inbox_behind=await behind(system),
        broken_chains=tuple(one["name"] for one in each if not one["intact"]),
        stuck_timers=sum(one["stuck"] for one in each),
        without_deadline=without,
        logs=system.logs(),
        canaries=canaries,
    )


async def handed_over(system: System) -> Counter[str]:
    """Texts at the provider by the message id in their callback's address."""
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as client:
        answer = await client.get(f"{system.url('simulator')}/simulator/messages")
    outgoing = [one for one in answer.json()["messages"] if one["direction"] != "inbound"]
    return Counter(one["status_callback"].split("/")[-2] for one in outgoing)


async def _service(system: System, name: str) -> dict[str, Any]:
    key = base64.urlsafe_b64decode(system.site.secret_file(f"{name}_audit.key").read_text() + "==")
    async with system.database(name) as connection:
        verdict = await audit.verify(connection, key, checkpoints=checkpoints(system.site, name))
        return {
            "name": name,
            "parked": await connection.fetchval("SELECT count(*) FROM parked_records"),
            "outbox": await connection.fetchval("SELECT count(*) FROM outbox"),
            "stuck": await connection.fetchval("SELECT count(*) FROM timers WHERE attempts >= 5"),
            "intact": verdict.intact and verdict.unsealed == 0,
        }


async def behind(system: System) -> tuple[str, ...]:
    """Keys whose emitted number is above what a consumer has handled."""
    emitted: dict[tuple[str, str], int] = {}
    for name in SERVICES:
        async with system.database(name) as connection:
            for row in await connection.fetch("SELECT topic, key, last_seq FROM sequences"):
                emitted[row["topic"], str(row["key"])] = row["last_seq"]
    behind = []
    for name, topics in CONSUMES.items():
        async with system.database(name) as connection:
            rows = await connection.fetch("SELECT topic, key, last_seq FROM inbox")
        handled = {(row["topic"], str(row["key"])): row["last_seq"] for row in rows}
        behind += [
            f"{name} {topic} {key}"
            for (topic, key), last in emitted.items()
            if topic in topics and handled.get((topic, key), 0) < last
        ]
    return tuple(behind)
