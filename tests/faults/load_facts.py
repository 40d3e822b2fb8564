"""Loads `Facts` from the databases and the simulator of a system."""

import base64
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import httpx2

from deploy.local.provision import SERVICES
from shared import audit_check
from tests.architecture.wirings import parts
from tests.faults.facts import Facts, Message, Standing
from tests.faults.refusals import Refusals
from tests.faults.set_back import Drill
from tests.world.system import System, checkpoints

CONSUMES = {name: frozenset(kind.topic for kind in wired.events) for name, wired in parts().items()}

_STORED = "SELECT referral_id, progress FROM referrals"
_MESSAGES = "SELECT message_id, step, channel, state, reason FROM messages"
_FOUND = "SELECT provider_id, message_id FROM messages WHERE provider_id IS NOT NULL"
_REMEMBERED = "SELECT message_id FROM sent_before_restore"
_KNOWN = "SELECT referral_id, standing, consent_revoked, coach_id FROM referrals"
_WITHOUT_DEADLINE = """
    SELECT count(*) FROM referrals WHERE closed_at IS NULL AND next_action_at IS NULL
"""
_LEFT = "SELECT subject_id FROM audit WHERE action = 'recovery.left_to_a_person'"


@dataclass(frozen=True, slots=True)
class Text:
    """A text that the provider stored."""

    sid: str
    message_id: str
    to: str
    words: str
    at: datetime


async def load(
    system: System,
    acknowledged: frozenset[str],
    canaries: frozenset[str],
    refusals: Refusals | None = None,
    drill: Drill | None = None,
) -> Facts:
    """The end of a run, as the databases and the simulator tell it."""
    each = [await _service(system, name) for name in SERVICES]
    texts = await _by_message(system, await handed_over_texts(system))
    messages, standings = await _in_notifications(system)
    steps = {message.message_id: message.step for message in messages}
    clinic_view = await _in_intake(system)
    return Facts(
        acknowledged=acknowledged,
        stored=tuple(clinic_view),
        clinic_view=clinic_view,
        **await _in_matching(system),
        standings=standings,
        messages=messages,
        handed_over=Counter(text.message_id for text in texts),
        same_words=Counter((text.to, text.words) for text in texts),
        after_stop=tuple(_after(texts, refusals, steps, by_text=True)),
        after_revocation=tuple(_after(texts, refusals, steps, by_text=False)),
        contacts_after_revocation=refusals.pages_that_show if refusals else (),
        left_to_people=frozenset(key for one in each for key in one["left"]),
        unseen_differences=tuple(drill.unseen) if drill is not None else (),
        parked_records=sum(one["parked"] for one in each),
        outbox=sum(one["outbox"] for one in each),
        inbox_behind=await behind(system),
        broken_chains=tuple(f"{one['name']} {one['audit']}" for one in each if one["audit"]),
        stuck_timers=sum(one["stuck"] for one in each),
        without_deadline=sum(one["without_deadline"] for one in each),
        logs=system.logs(),
        canaries=canaries,
    )


async def _by_message(system: System, texts: list[Text]) -> list[Text]:
    """After a restore a text is its message's by what a look-up found, or known from own events."""
    async with system.database("notifications") as connection:
        found = {
            row["provider_id"]: str(row["message_id"]) for row in await connection.fetch(_FOUND)
        }
        remembered = {str(row["message_id"]) for row in await connection.fetch(_REMEMBERED)}
    return [
        replace(text, message_id=found.get(text.sid, text.message_id))
        for text in texts
        if text.message_id not in remembered
    ]


async def _in_intake(system: System) -> dict[str, str]:
    async with system.database("intake") as connection:
        rows = await connection.fetch(_STORED)
    return {str(row["referral_id"]): row["progress"] for row in rows}


async def _in_matching(system: System) -> dict[str, Any]:
    async with system.database("matching") as connection:
        searches = await connection.fetch("SELECT referral_id, state FROM searches")
        offers = await connection.fetch("SELECT referral_id, coach_id, state FROM offers")
        room = await connection.fetch("SELECT coach_id, taken, max_active FROM coaches")
    return {
        "searches": {str(row["referral_id"]): row["state"] for row in searches},
        "offers": tuple((str(r["referral_id"]), str(r["coach_id"]), r["state"]) for r in offers),
        "room": {str(row["coach_id"]): (row["taken"], row["max_active"]) for row in room},
    }


async def _in_notifications(system: System) -> tuple[tuple[Message, ...], dict[str, Standing]]:
    async with system.database("notifications") as connection:
        messages = await connection.fetch(_MESSAGES)
        known = await connection.fetch(_KNOWN)
    return tuple(
        Message(str(r["message_id"]), r["step"], r["channel"], r["state"], r["reason"])
        for r in messages
    ), {
        str(row["referral_id"]): Standing(
            row["standing"],
            row["consent_revoked"],
            str(row["coach_id"]) if row["coach_id"] else None,
        )
        for row in known
    }


async def handed_over_texts(system: System) -> list[Text]:
    """Texts at the provider, with the message id in their callback's address."""
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as client:
        answer = await client.get(f"{system.url('simulator')}/simulator/messages")
    return [
        Text(
            one["sid"],
            one["status_callback"].split("/")[-2],
            one["to"],
            sha256(one["body"].encode()).hexdigest(),
            datetime.fromisoformat(one["created_at"]),
        )
        for one in answer.json()["messages"]
        if one["direction"] != "inbound"
    ]


async def handed_over(system: System) -> Counter[str]:
    """How many texts the provider has of each message."""
    return Counter(text.message_id for text in await handed_over_texts(system))


def _after(
    texts: list[Text], refusals: Refusals | None, steps: dict[str, str], *, by_text: bool
) -> Iterator[str]:
    """Steps that were handed over too long after an acknowledged refusal."""
    made = refusals.made if refusals is not None else []
    since = {one.phone: one.holds_from for one in made if one.by_text is by_text}
    for text in texts:
        if text.to in since and text.at > since[text.to]:
            yield steps.get(text.message_id, "a text of no message")


async def _service(system: System, name: str) -> dict[str, Any]:
    key = base64.urlsafe_b64decode(system.site.secret_file(f"{name}_audit.key").read_text() + "==")
    async with system.database(name) as connection:
        verdict = await audit_check.verify(
            connection, key, checkpoints=checkpoints(system.site, name)
        )
        return {
            "name": name,
            "left": [str(row["subject_id"]) for row in await connection.fetch(_LEFT)],
            "parked": await connection.fetchval("SELECT count(*) FROM parked_records"),
            "outbox": await connection.fetchval("SELECT count(*) FROM outbox"),
            "stuck": await connection.fetchval("SELECT count(*) FROM timers WHERE attempts >= 5"),
            "without_deadline": (
                await connection.fetchval(_WITHOUT_DEADLINE) if name == "intake" else 0
            ),
            "audit": _flaw_of(verdict),
        }


def _flaw_of(verdict: audit_check.Verdict) -> str | None:
    """What is wrong with an audit chain, if anything is."""
    if not verdict.intact:
        return f"is broken at link {verdict.broken_at}: {verdict.reason}"
    return f"has {verdict.unsealed} rows without link" if verdict.unsealed else None


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
