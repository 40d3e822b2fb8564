"""What has happened in the town before the pages are looked at."""

from datetime import UTC, datetime, timedelta

from shared.offer_link import hash_of_code
from tests.browser.town import KINDS, LONG_PERSON, Town
from tests.world.system import until

PERSON_WHO_STOPPED = "+15392010011"
PERSON_IN_DANGER = "+15392010010"
PERSON_UNREACHABLE = "+15392010012"
SPANISH_PERSON = "+15392010013"


async def play(town: Town) -> None:
    """Let everything happen; afterwards each context is there to be looked at."""
    await _name_phones(town)
    await _sent_back(town)
    await _asked(town)
    await _taken_on(town)
    await _stopped(town)
    await _lapsed(town)


async def _name_phones(town: Town) -> None:
    simulator = f"{town.talk.system.url('simulator')}/simulator"
    rule = {"fault": "fail", "to": PERSON_UNREACHABLE}
    await town.talk.browser.put(f"{simulator}/faults", json={"rules": [rule]})
    for number, label, kind, language in (
        (PERSON_IN_DANGER, "Nia", "person", "en"),
        (PERSON_WHO_STOPPED, LONG_PERSON, "person", "en"),
        (SPANISH_PERSON, "Lucía", "person", "es"),
        (PERSON_UNREACHABLE, "Alex", "person", "en"),
        ("+19185550014", "Inés", "coach", "es"),
    ):
        phone = {"number": number, "label": label, "kind": kind, "language": language}
        (await town.talk.browser.post(f"{simulator}/phones", json=phone)).raise_for_status()


async def _sent_back(town: Town) -> None:
    """What intake does not hand on: refused, held, incomplete, no consent."""
    await town.refer("refused", 101, person={"deceased": True})
    await town.refer("under_age", 102, person={"birth_date": "2020-01-01"})
    await town.refer("no_consent", 103, consent=None)
    await town.refer(
        "eight_problems",
        104,
        person={"name": None, "birth_date": None, "languages": [], "phone": "12"},
        request={"authored_on": None, "requester": None, "status": "completed"},
        consent=None,
        treatment_link=None,
    )
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    await town.refer("held", 105, events=[{"kind": "overdose", "on": yesterday}])
    await town.refer("waitlisted", 106, person={"languages": ["vi"]})
    await town.talk.until_state(town.referrals["waitlisted"], "waitlisted")


async def _asked(town: Town) -> None:
    """Offers that wait for an answer: a plain one, a long one, a Spanish one, one to tap."""
    await town.refer("lapsed", 3, request={"urgency": "urgent"})
    await town.ask("open", 1)
    await town.ask(
        "long_name",
        2,
        person={"name": LONG_PERSON, "languages": ["pt"]},
        request={"kinds_of_support": list(KINDS)},
    )
    await town.ask("spanish", 13, person={"name": "Lucía", "languages": ["es"]})
    await town.ask("unreachable", 12)

    async def not_sent() -> bool:
        texts = await town.talk.texts()
        return any((t["to"], t["status"]) == (PERSON_UNREACHABLE, "failed") for t in texts)

    await until(not_sent, what="a text that could not be sent")


async def _lapsed(town: Town) -> None:
    """Nobody has answered in time, so the offer went on to others."""
    town.offers["lapsed"] = (await town.offer_of("lapsed")).link
    async with town.talk.system.database("matching") as database:

        async def lapsed() -> bool:
            code = town.offers["lapsed"].rpartition("/")[2]
            state = await database.fetchval(
                "SELECT state FROM offers WHERE code_hash = $1", hash_of_code(code)
            )
            return bool(state == "expired")

        await until(lapsed, what="the lapse of an offer")


async def _taken_on(town: Town) -> None:
    """Accepted by text: who opens the link reads 'taken'. One coach passes."""
    await town.ask("taken", 4)
    await town.accept("taken")
    await town.ask("passed", 5)
    await town.talk.type_text(town.phones["passed"], "2")
    await town.ask("danger", 10)
    await town.accept("danger")
    await town.talk.text_to(PERSON_IN_DANGER, about="will call or text you")
    await town.talk.type_text(PERSON_IN_DANGER, "I dont want to live anymore")
    await town.talk.text_to(PERSON_IN_DANGER, about="988")


async def _stopped(town: Town) -> None:
    """STOP by a person; withdrawals before and after a coach said yes."""
    await town.ask("no_texts", 11, person={"name": LONG_PERSON})
    await town.accept("no_texts")
    await town.talk.text_to(PERSON_WHO_STOPPED, about="will call or text you")
    await town.talk.type_text(PERSON_WHO_STOPPED, "STOP")
    await town.talk.text_to(PERSON_WHO_STOPPED, about="no more texts")

    async def result() -> bool:
        return bool((await town.talk.referral(town.referrals["no_texts"]))["texts_stopped"])

    await until(result, what="the clinic reading that texts are not wanted")
    intake = f"{town.talk.system.url('intake')}/v1/referrals"
    for context, number in (("withdrawn", 6), ("stop_asked", 7)):
        await town.ask(context, number)
        if context == "stop_asked":
            await town.accept(context)
        await town.talk.clinic.post(f"{intake}/{town.referrals[context]}/withdraw", json={})
    await town.talk.until_state(town.referrals["withdrawn"], "cancelled")
    await town.talk.until_state(town.referrals["stop_asked"], "cancel_requested")
