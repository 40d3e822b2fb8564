"""The verbs `staff` and `sign-in-link`: who works here, and a way in for the first of them."""

import argparse
import json
import os
import re
import sys

from services.matching.actions.sign_in import make_link
from services.matching.actions.staff_access import (
    NoSuchStaffError,
    StaffDetails,
    end_access,
    give_access,
)
from services.matching.settings import Settings
from services.matching.store import staff
from services.matching.store.staff import StaffMember
from shared.command import Verb
from shared.errors import KeyDestroyedError
from shared.events import StaffContactRecorded, StaffRole
from shared.service import Core
from shared.settings import key_of
from shared.signin.link import code_of
from shared.vault import event_context

_PHONE = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
ACTOR = f"operator:{os.environ.get('USER', 'unknown')}"


def add_staff(parser: argparse.ArgumentParser) -> None:
    """The acts of `staff`."""
    acts = parser.add_subparsers(dest="act", required=True)
    add = acts.add_parser("add", help="let somebody sign in, or change what they do")
    add.add_argument("--name", required=True, help="how they are called")
    add.add_argument("--email", required=True, help="where their link is sent")
    add.add_argument("--phone", type=_e164, help="+15395550123: where they are woken on call")
    add.add_argument(
        "--role", required=True, action="append", choices=[role.value for role in StaffRole],
        help="repeat it for somebody who does both",
    )  # fmt: skip
    add.add_argument("--language", default="en")
    add.add_argument("--zone", default="America/Chicago", help="for example America/Chicago")
    acts.add_parser("list", help="who works here")
    remove = acts.add_parser("remove", help="end somebody's access and all their sessions")
    remove.add_argument("--email", required=True)


def add_sign_in_link(parser: argparse.ArgumentParser) -> None:
    """The role of `sign-in-link`."""
    roles = [role.value for role in StaffRole]
    parser.add_argument("role", choices=roles, help="for the first one who has it")


async def run_staff(core: Core[Settings], verb: argparse.Namespace) -> int:
    """Do what the command line says. Returns the exit code: 1 when nothing was done."""
    match verb.act:
        case "list":
            return await _list(core)
        case "remove":
            return await _remove(core, verb.email)
        case _:
            return await _add(core, verb)


async def _add(core: Core[Settings], verb: argparse.Namespace) -> int:
    if "@" not in verb.email:
        _print(f"{verb.email} is no e-mail address; nothing was changed")
        return 1
    details = StaffDetails(verb.name, verb.email, verb.phone, verb.language, verb.zone)
    roles = tuple(dict.fromkeys(StaffRole(role) for role in verb.role))
    async with core.database.transaction(actor=ACTOR) as tx:
        staff_id = await give_access(
            tx, core.vault, key_of(core.settings.record_key), details, roles
        )
    _print(f"{staff_id}  {' and '.join(roles)}; signs in at {core.settings.public_url}/sign-in")
    return 0


async def _list(core: Core[Settings]) -> int:
    async with core.database.transaction(actor=ACTOR) as tx:
        members = await staff.everybody(tx.connection)
        tx.audit("staff.listed", "staff", members[0].staff_id if members else tx.new_id())
    for member in members:
        name, email = await _contact(core, member)
        does = " and ".join(member.roles) if member.ended_at is None else "no access any more"
        _print(f"{member.staff_id}  {does:<24} {name} <{email}>")
    _print(f"{sum(member.ended_at is None for member in members)} work here")
    return 0


async def _contact(core: Core[Settings], member: StaffMember) -> tuple[str, str]:
    context = event_context(StaffContactRecorded.type, member.staff_id)
    try:
        text = await core.vault.unseal(member.key_id, member.sealed_contact, context)
    except KeyDestroyedError:
        return "erased", "-"
    contact = json.loads(text)
    return contact["name"], contact["email"]


async def _remove(core: Core[Settings], email: str) -> int:
    try:
        async with core.database.transaction(actor=ACTOR) as tx:
            await end_access(tx, key_of(core.settings.record_key), email)
    except NoSuchStaffError:
        _print(f"nobody who works here has the address {email}; `staff list` shows who does")
        return 1
    _print("access ended; every session is over")
    return 0


async def print_sign_in_link(core: Core[Settings], verb: argparse.Namespace) -> int:
    """Print a link for the first member of staff with this role; 1 when there is none."""
    role = StaffRole(verb.role)
    async with core.database.transaction(actor=ACTOR) as tx:
        members = await staff.everybody(tx.connection)
        first = next((one for one in members if role in one.roles), None)
        if first is None:
            _print(f"nobody is {role.value}; `staff add --role {role.value} …` adds somebody")
            return 1
        link_id = await make_link(tx, first.staff_id, None)
    code = code_of(key_of(core.settings.sign_in_link_key), link_id)
    _print(f"{core.settings.public_url}/sign-in/{code}", "It works once, for 10 minutes.")
    return 0


def _e164(text: str) -> str:
    if not _PHONE.fullmatch(text):
        raise argparse.ArgumentTypeError("a number begins with + and the country: +15395550123")
    return text


def _print(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")


VERBS = (
    Verb("staff", "add, list or remove who may sign in", add_staff, run_staff),
    Verb(
        "sign-in-link",
        "print a link that signs a member of staff in",
        add_sign_in_link,
        print_sign_in_link,
    ),
)
