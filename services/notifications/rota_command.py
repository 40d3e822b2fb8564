"""The verb `rota`: who is on call, this week and later."""

import argparse
import os
from datetime import date, datetime
from uuid import UUID

from services.notifications.actions.address_book import AddressBook
from services.notifications.actions.on_call import who_is_on_call
from services.notifications.actions.set_rota import (
    NotOnCall,
    NotOnCallError,
    cover,
    set_week,
)
from services.notifications.rules.quiet_hours import instant_of
from services.notifications.rules.rota import Place
from services.notifications.settings import Settings
from services.notifications.store import rota
from services.notifications.web.rota_words import PLACES, WHY_NOT_ON_CALL
from shared.command import Verb, print_line
from shared.errors import KeyDestroyedError
from shared.events import Sealed
from shared.service import Core
from shared.settings import key_of
from shared.transaction import Transaction

ACTOR = f"operator:{os.environ.get('USER', 'unknown')}"


def _arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("show", help="who is on call now, every week that was set, who stands in")
    week = acts.add_parser("set", help="somebody is on call from a week on")
    stand_in = acts.add_parser("cover", help="somebody stands in for a while")
    for act in (week, stand_in):
        act.add_argument("--email", required=True, help="whose: as `matching staff list` shows it")
        act.add_argument("--place", choices=[place.value for place in Place], default="first")
    week.add_argument("--week", type=date.fromisoformat, help="any day of it; default: this week")
    stand_in.add_argument("--from", dest="begins", type=datetime.fromisoformat, required=True)
    stand_in.add_argument("--until", dest="ends", type=datetime.fromisoformat, required=True)
    stand_in.description = "Times as 2026-12-01T08:00, by the desk's clock unless they have a zone."


async def _run(core: Core[Settings], asked: argparse.Namespace) -> int:
    """Do what the command line says. Returns the exit code: 1 when nothing was done."""
    book = AddressBook(core.vault, key_of(core.settings.opt_out_pepper))
    try:
        async with core.database.transaction(actor=ACTOR) as tx:
            if asked.act != "show":
                await _change(tx, core, book, asked)
            lines = await _lines(tx, core, book)
    except NotOnCallError as refused:
        print_line(f"{WHY_NOT_ON_CALL[refused.reason]} Nothing was changed.")
        return 1
    for line in lines:
        print_line(line)
    return 0


async def _change(
    tx: Transaction, core: Core[Settings], book: AddressBook, asked: argparse.Namespace
) -> None:
    staff_id = await _with_email(tx, book, asked.email)
    place, zone = Place(asked.place), core.settings.desk_zone
    if asked.act == "set":
        day = asked.week or tx.now.astimezone(zone).date()
        await set_week(tx, day, place, staff_id)
    else:
        begins, ends = (
            at if at.tzinfo is not None else instant_of(at, zone)
            for at in (asked.begins, asked.ends)
        )
        await cover(tx, place, staff_id, begins, ends)


async def _with_email(tx: Transaction, book: AddressBook, email: str) -> UUID:
    for staff_id, (_, address) in (await _contacts(tx, book)).items():
        if address.casefold() == email.strip().casefold():
            return staff_id
    raise NotOnCallError(NotOnCall.UNKNOWN)


async def _contacts(tx: Transaction, book: AddressBook) -> dict[UUID, tuple[str, str]]:
    """Name and address of everybody who works here."""
    found = {}
    for one in await rota.staff(tx.connection):
        try:
            opened = await book.open("staff", one.staff_id, Sealed.model_validate_json(one.sealed))
        except KeyDestroyedError:
            continue
        found[one.staff_id] = (opened.name, opened.email or "")
    return found


async def _lines(tx: Transaction, core: Core[Settings], book: AddressBook) -> list[str]:
    zone = core.settings.desk_zone
    names = {staff_id: name for staff_id, (name, _) in (await _contacts(tx, book)).items()}
    now = await who_is_on_call(tx.connection, now=tx.now, zone=zone)
    lines = [
        f"{PLACES[place]:<16} {names[now[place].staff_id] if place in now else 'nobody'}"
        for place in Place
    ]
    for week in await rota.weeks(tx.connection):
        name = names.get(week.staff_id, "somebody who has left")
        lines.append(f"from {week.starts_on}  {PLACES[week.place]:<16} {name}")
    for one in await rota.covers(tx.connection, now=tx.now):
        name = names.get(one.staff_id, "somebody who has left")
        begins, ends = one.from_at.astimezone(zone), one.until_at.astimezone(zone)
        lines.append(
            f"{begins:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M}  {PLACES[one.place]}: {name}"
        )
    return lines


ROTA = Verb("rota", "who is on call: show, set a week, stand in", _arguments, _run)
