"""The verb `coaches`: who there is, and what happens to their people when one leaves."""

import argparse
import json
import os
from uuid import UUID

from services.matching.rules.roster import coach_id_of
from services.matching.settings import Settings
from services.matching.store import coach_sessions, coaches
from services.matching.timers import CoachLeft, PlaceFreed
from shared.command import Verb, print_line
from shared.db import Row
from shared.errors import KeyDestroyedError
from shared.events import CoachContactRecorded
from shared.service import Core
from shared.story_command import id_in
from shared.vault import event_context

MAX_REASON = 200
EVERY_COACH = UUID(int=0)


def _arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("list", help="who there is, how full they are, until when they may work")
    for act, meaning in (
        ("remove", "they left, are suspended or lost the credential: their people get others"),
        ("restore", "they may be asked again"),
    ):
        one = acts.add_parser(act, help=meaning)
        one.add_argument("coach", help="the number in the roster, or the id")
        one.add_argument("--reason", required=True, help="in words, for the audit; no names")
    for one in acts.choices.values():
        one.add_argument("--actor", default=f"operator:{os.environ.get('USER', 'unknown')}")


async def _run(core: Core[Settings], asked: argparse.Namespace) -> int:
    """Do what the command line says. Returns the exit code: 1 when there is no such coach."""
    if asked.act == "list":
        return await _list(core, asked.actor)
    coach_id = id_in(asked.coach) or coach_id_of(asked.coach)
    active = asked.act == "restore"
    async with core.database.transaction(actor=asked.actor) as tx:
        if await coaches.settings_of(tx.connection, coach_id) is None:
            print_line(
                f"there is no coach `{asked.coach}`: give the number that the roster file has, or "
                "an id from `coaches list`"
            )
            return 1
        if not await coaches.set_active(tx.connection, coach_id, active=active):
            print_line(f"`{asked.coach}` {'may be asked' if active else 'was removed'} already")
            return 0
        if active:
            tx.cancel(CoachLeft, str(coach_id))
            tx.schedule(tx.now, PlaceFreed(coach_id=coach_id))
        else:
            await coach_sessions.end_all(tx.connection, coach_id, at=tx.now)
            tx.schedule(tx.now, CoachLeft(coach_id=coach_id))
        action = "coach.restored" if active else "coach.removed"
        tx.audit(action, "coach", coach_id, reason=asked.reason[:MAX_REASON])
    print_line(
        f"`{asked.coach}` may be asked again"
        if active
        else f"`{asked.coach}` is removed and signed out; everybody they support gets another coach"
    )
    return 0


async def _list(core: Core[Settings], actor: str) -> int:
    async with core.database.transaction(actor=actor) as tx:
        rows = await coaches.everybody(tx.connection)
        today = tx.now.date()
        tx.audit("coaches.listed", "coach", EVERY_COACH, count=len(rows))
    for row in rows:
        valid = row["valid_to"] is not None and row["valid_to"] >= today
        until = f"credential until {row['valid_to']}" if valid else "no valid credential"
        may = "may be asked" if row["active"] else "removed"
        places = f"{row['taken']} of {row['max_active']}"
        speaks = ",".join(row["languages"])
        print_line(
            f"{row['coach_id']}  {may:<12}  {places:<8}  {until:<27}  {speaks:<8}  "
            f"{await _name(core, row)}"
        )
    print_line(f"{sum(row['active'] for row in rows)} may be asked")
    return 0


async def _name(core: Core[Settings], row: Row) -> str:
    context = event_context(CoachContactRecorded.type, row["coach_id"])
    try:
        opened = await core.vault.unseal(row["key_id"], row["sealed_contact"], context)
    except KeyDestroyedError:
        return "erased"
    return str(json.loads(opened)["name"])


COACHES = Verb("coaches", "list, remove or restore coaches", _arguments, _run)
