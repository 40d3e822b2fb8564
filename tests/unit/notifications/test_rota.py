"""Who is on call at a moment."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.rules.ids_in_links import id_of, short_id
from services.notifications.rules.ok_reply import code_in, lacks_code
from services.notifications.rules.rota import Cover, Place, RotaWeek, monday_of, on_call

CHICAGO = ZoneInfo("America/Chicago")
ANA, BEN, CY = (UUID(int=number) for number in (1, 2, 3))
MONDAY = date(2026, 11, 23)
FIRST = Place.FIRST


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=CHICAGO).astimezone(UTC)


def first(now: datetime, weeks: list[RotaWeek], covers: list[Cover] | None = None) -> UUID | None:
    return on_call(now, CHICAGO, weeks, covers or []).get(FIRST)


def test_a_week_begins_on_monday_at_midnight_of_the_desks_clock() -> None:
    weeks = [
        RotaWeek(MONDAY, FIRST, ANA),
        RotaWeek(MONDAY + timedelta(weeks=1), FIRST, BEN),
    ]
    assert first(at(22, 23, 59), weeks) is None
    assert first(at(23, 0), weeks) == ANA
    assert first(at(29, 23, 59), weeks) == ANA
    assert first(at(30, 0), weeks) == BEN


def test_whoever_was_set_last_stays_on_call_until_a_later_week_says_otherwise() -> None:
    later, earlier = MONDAY, MONDAY - timedelta(weeks=5)
    weeks = [RotaWeek(later, FIRST, ANA), RotaWeek(earlier, FIRST, BEN)]
    assert first(at(20, 12), weeks) == BEN
    assert first(at(25, 12), weeks) == ANA


def test_somebody_stands_in_from_the_first_moment_until_the_last_and_no_longer() -> None:
    weeks = [RotaWeek(MONDAY, FIRST, ANA)]
    covers = [
        Cover(FIRST, BEN, at(24, 18), at(25, 8), noted_at=at(23, 9)),
        Cover(FIRST, CY, at(24, 20), at(24, 22), noted_at=at(23, 10)),
    ]
    said = [
        first(now, weeks, covers)
        for now in (at(24, 17, 59), at(24, 18), at(24, 20), at(24, 22), at(25, 8))
    ]
    assert said == [ANA, BEN, CY, BEN, ANA]


def test_of_two_who_stand_in_the_one_that_was_noted_last_counts() -> None:
    covers = [
        Cover(FIRST, BEN, at(24, 18), at(25, 8), noted_at=at(23, 10)),
        Cover(FIRST, CY, at(24, 20), at(24, 22), noted_at=at(23, 9)),
    ]
    assert first(at(24, 21), [], covers) == BEN


def test_the_two_places_do_not_know_each_other() -> None:
    weeks = [RotaWeek(MONDAY, FIRST, ANA), RotaWeek(MONDAY, Place.SECOND, BEN)]
    assert on_call(at(25, 12), CHICAGO, weeks, []) == {FIRST: ANA, Place.SECOND: BEN}


@given(st.dates())
def test_a_week_is_named_by_its_monday(day: date) -> None:
    monday = monday_of(day)
    assert monday.weekday() == 0
    assert timedelta(0) <= day - monday < timedelta(weeks=1)


@pytest.mark.parametrize("body", ["OK 41", "ok41", "Ok, 41.", " okay 41 ", "OK\n41!"])
def test_ok_and_two_digits_answer_a_call(body: str) -> None:
    assert code_in(body) == 41


@pytest.mark.parametrize("body", ["OK", "41", "OK 4", "OK 411", "ok 41 tomorrow", "not ok 41", "1"])
def test_nothing_else_answers_a_call(body: str) -> None:
    assert code_in(body) is None


@pytest.mark.parametrize("body", ["OK", "ok!", "Okay 👍", "41", "OK 4", "OK 411", "ok #", "1"])
def test_an_ok_without_the_two_digits_is_one_to_ask_back(body: str) -> None:
    assert lacks_code(body)


@pytest.mark.parametrize(
    "body", ["", "?", "OK 41", "ok stop", "ok i am in danger", "not ok", "START"]
)
def test_what_is_no_ok_or_is_a_whole_one_is_not_asked_back(body: str) -> None:
    assert not lacks_code(body)


@given(st.uuids())
def test_a_short_id_leads_back_to_its_id(one: UUID) -> None:
    assert id_of(short_id(one)) == one
    assert len(short_id(one)) == 22


@given(st.text())
def test_what_is_no_short_id_leads_nowhere(text: str) -> None:
    found = id_of(text)
    assert found is None or len(text) == 22
