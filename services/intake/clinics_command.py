"""The verb `clinics`: which there are, and which of them may submit and read."""

import argparse
import json
import os
from uuid import UUID

from services.intake.on.clinic_recorded import clinic_id_of
from services.intake.on.clinic_suspended import clinic_resumed, clinic_suspended
from services.intake.settings import Settings
from services.intake.store import clinics
from shared.command import Verb, print_line
from shared.db import Row
from shared.errors import KeyDestroyedError
from shared.events import ClinicContactRecorded
from shared.service import Core
from shared.vault import event_context

EVERY_CLINIC = UUID(int=0)
"""Whom a list of all of them is about, in the audit log."""


def add_clinics(parser: argparse.ArgumentParser) -> None:
    """The acts of `clinics`."""
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("list", help="ids, beginnings of keys, who may submit, names")
    for name, meaning in (
        ("suspend", "refuse its key and end its sessions at once; its referrals go on"),
        ("resume", "let it submit and read again, with the same key"),
    ):
        act = acts.add_parser(name, help=meaning)
        act.add_argument("clinic", help="its number as in the seed file, or its id")
        act.add_argument("--reason", required=True, help="in words, for the audit; no names")
        act.add_argument("--actor", default=_me())


async def run_clinics(core: Core[Settings], verb: argparse.Namespace) -> int:
    """Do what the command line says. Returns the exit code: 1 when nothing was done."""
    if verb.act == "list":
        return await _list(core)
    clinic_id = _id_of(verb.clinic)
    act = clinic_suspended if verb.act == "suspend" else clinic_resumed
    async with core.database.transaction(actor=verb.actor) as tx:
        if await clinics.find(tx.connection, clinic_id) is None:
            print_line(f"there is no clinic {verb.clinic}; `clinics list` shows those there are")
            return 1
        done = await act(tx, clinic_id, reason=verb.reason[:200])
    print_line(_SAID[verb.act, done])
    return 0 if done else 1


_SAID = {
    ("suspend", True): "suspended; its key and every session of it end now",
    ("suspend", False): "it was suspended before; nothing was changed",
    ("resume", True): "resumed; its key counts again, and its staff sign in anew",
    ("resume", False): "it was not suspended; nothing was changed",
}


async def _list(core: Core[Settings]) -> int:
    async with core.database.transaction(actor=_me()) as tx:
        rows = await clinics.everybody(tx.connection)
        tx.audit("clinics.listed", "clinic", EVERY_CLINIC, count=len(rows))
    for row in rows:
        since = row["suspended_at"]
        may = "may submit" if since is None else f"suspended {since:%Y-%m-%d %H:%M} UTC"
        name = await _name(core, row)
        print_line(f"{row['clinic_id']}  {row['api_prefix']:<16} {may:<30} {name}")
    print_line(f"{sum(row['suspended_at'] is None for row in rows)} may submit")
    return 0


async def _name(core: Core[Settings], row: Row) -> str:
    context = event_context(ClinicContactRecorded.type, row["clinic_id"])
    try:
        opened = await core.vault.unseal(row["key_id"], row["sealed_contact"], context)
    except KeyDestroyedError:
        return "erased"
    return str(json.loads(opened)["name"])


def _id_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return clinic_id_of(text)


def _me() -> str:
    return f"operator:{os.environ.get('USER', 'unknown')}"


VERBS = (Verb("clinics", "list, suspend or resume clinics", add_clinics, run_clinics),)
