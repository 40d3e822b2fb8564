"""`Patient` → the person: only what is allowed, only what holds today.

Identifiers of type SS, DL and PPN, geolocation, race and ethnicity are never read.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date

from services.intake.fhir.bundle import Resource
from services.intake.fhir.node import Node, covers, started
from services.intake.fhir.systems import (
    CONTACT_PROFILE,
    LOINC,
    PRONOUNS,
    TIME_ZONE,
    V2_0203,
    VETERAN,
)
from services.intake.rules.codes import Gender, Pronouns
from services.intake.rules.draft import (
    Address,
    ContactHours,
    ContactProfile,
    Person,
    RecordNumber,
)
from services.intake.rules.phone import normalise

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s]{1,9}")
_HOURS = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_PRONOUNS = {
    "LA29518-0": Pronouns.HE,
    "LA29519-8": Pronouns.SHE,
    "LA29520-6": Pronouns.THEY,
}

_NAME_USES = ("usual", "official", None, "nickname", "temp")
_PHONE_USES = ("mobile", "home", None, "temp", "work")
_ADDRESS_USES = ("home", None, "temp", "work", "billing")


def person_of(patient: Resource, *, today: date) -> Person:
    """The person as the record stands today."""
    node = patient.node
    return Person(
        name=name_of(node, today=today),
        record_number=_record_number(node, today),
        birth_date=node.day("birthDate"),
        deceased=bool(node.flag("deceasedBoolean") or node.text("deceasedDateTime")),
        pronouns=_pronouns(node),
        gender=_gender(node.text("gender")),
        veteran=node.extension(VETERAN).flag("valueBoolean"),
        phone=_first(_telecoms(node, today, "phone", "sms"), normalise),
        email=_first(_telecoms(node, today, "email"), _email),
        languages=_languages(node),
        zone=node.extension(TIME_ZONE).text("valueCode"),
        address=_address(node, today),
        contact=_contact(node.extension(CONTACT_PROFILE)),
    )


def name_of(node: Node, *, today: date) -> str | None:
    """The name to use: the usual one that holds today, else the official one; case as written.

    Old and maiden names are never used. Of two that hold, the one that began later wins.
    """
    names = _current(node.nodes("name"), _NAME_USES, today)
    return next((written for name in names if (written := _written(name))), None)


def _written(name: Node) -> str | None:
    """First given name and family name; a name in one piece only where it has no parts."""
    parts = [*name.texts("given")[:1], *([family] if (family := name.text("family")) else [])]
    return (" ".join(parts) or name.text("text") or "")[:128] or None


def _current(nodes: Iterable[Node], uses: tuple[str | None, ...], today: date) -> list[Node]:
    """Those that hold today and have one of the uses, best use first, then the latest."""
    held = [n for n in nodes if n.text("use") in uses and covers(n.node("period"), today)]
    return sorted(held, key=lambda n: (uses.index(n.text("use")), -started(_period(n)).toordinal()))


def _period(node: Node) -> Node:
    return node.node("period")


def _record_number(node: Node, today: date) -> RecordNumber | None:
    found = [
        (identifier.text("use") != "usual", system, value)
        for identifier in node.nodes("identifier")
        if "MR" in identifier.node("type").codes(V2_0203)
        and identifier.text("use") != "old"
        and covers(_period(identifier), today)
        and (system := identifier.text("system"))
        and (value := identifier.text("value"))
    ]
    return RecordNumber(*min(found)[1:]) if found else None


def _telecoms(node: Node, today: date, *systems: str) -> list[str]:
    points = [point for point in node.nodes("telecom") if point.text("system") in systems]
    current = _current(points, _PHONE_USES, today)
    ranked = sorted(current, key=lambda point: point.whole("rank") or 999)
    return [value for point in ranked if (value := point.text("value"))]


def _first(written: Iterable[str], read: Callable[[str], str | None]) -> str | None:
    return next((value for text in written if (value := read(text))), None)


def _email(written: str) -> str | None:
    return written if _EMAIL.fullmatch(written) else None


def _languages(node: Node) -> tuple[str, ...]:
    """BCP 47 tags, the preferred ones first. Text beside a code is not read."""
    spoken = sorted(node.nodes("communication"), key=lambda c: c.flag("preferred") is not True)
    tags = [
        code
        for communication in spoken
        for coding in communication.node("language").nodes("coding")
        if (code := coding.text("code")) and _LANGUAGE.fullmatch(code) and len(code) <= 35
    ]
    return tuple(dict.fromkeys(tags))[:5]


def _address(node: Node, today: date) -> Address:
    addresses = _current(node.nodes("address"), _ADDRESS_USES, today)
    if not addresses:
        return Address()
    best = addresses[0]
    return Address(best.text("state"), best.text("district"), best.text("postalCode"))


def _pronouns(node: Node) -> Pronouns | None:
    extension = node.extension(PRONOUNS)
    concept = extension.extension("value").node("valueCodeableConcept") or extension.node(
        "valueCodeableConcept"
    )
    return next((_PRONOUNS[code] for code in concept.codes(LOINC) if code in _PRONOUNS), None)


def _gender(code: str | None) -> Gender:
    return Gender(code) if code in set(Gender) else Gender.UNKNOWN


def _contact(profile: Node) -> ContactProfile:
    hours = [e.text("valueString") or "" for e in profile.nodes("extension")]
    return ContactProfile(
        text_ok=profile.extension("text").flag("valueBoolean") is True,
        voicemail_ok=profile.extension("voicemail").flag("valueBoolean") is True,
        shared_phone=profile.extension("sharedPhone").flag("valueBoolean") is True,
        hours=tuple(sorted({found for text in hours if (found := _hours(text))})),
    )


def _hours(written: str) -> ContactHours | None:
    found = _HOURS.fullmatch(written)
    if found is None:
        return None
    start_hour, start, end_hour, end = map(int, found.groups()[1:])
    first, last = start_hour * 60 + start, end_hour * 60 + end
    fits = start < 60 and end < 60 and first < last <= 1440
    return ContactHours(_DAYS.index(found.group(1)), first, last) if fits else None
