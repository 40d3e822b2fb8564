"""Whom a task wakes and when: the clock is an argument, so a night is played in no time."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.rules.ladder import (
    AT_ONCE,
    LADDERS,
    Alarm,
    Call,
    LookAgain,
    Policy,
    Rest,
    Rung,
    decide,
)
from services.notifications.rules.quiet_hours import Hours
from shared.tasks import TaskKind, due_at

CHICAGO = ZoneInfo("America/Chicago")
QUARTER = timedelta(minutes=15)
POLICY = Policy(QUARTER, Hours(time(9), time(20)), CHICAGO)
CLOCKS_GO_BACK = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
"""1:30 of a Sunday, half an hour before it is 1 o'clock for the second time."""
CLOCKS_GO_FORWARD = datetime(2026, 3, 8, 7, 45, tzinfo=UTC)
"""1:45 of a Sunday, a quarter of an hour before 3."""
SUNDAY_3_AM = datetime(2026, 11, 29, 3, tzinfo=CHICAGO).astimezone(UTC)
NOON = datetime(2026, 12, 1, 12, tzinfo=CHICAGO).astimezone(UTC)
EVERYBODY = frozenset(Rung)
kinds = st.sampled_from(TaskKind)
moments = st.integers(0, 60 * 24 * 14).map(lambda minutes: NOON + timedelta(minutes=minutes))
rungs = st.frozensets(st.sampled_from(Rung))


def opened(kind: TaskKind, at: datetime) -> Alarm:
    return Alarm(kind, at, due_at(kind, now=at))


def ask(alarm: Alarm, now: datetime, answering: frozenset[Rung] = EVERYBODY) -> object:
    return decide(alarm, now=now, policy=POLICY, answering=answering)


def after(alarm: Alarm, call: Call, at: datetime) -> Alarm:
    return replace(alarm, calls=call.calls, called_at=at, begun_at=alarm.begun_at or at)


def play(
    alarm: Alarm, until: datetime, answering: frozenset[Rung] = EVERYBODY
) -> list[tuple[Rung, timedelta]]:
    """Every call until then, as the timer would make it, and how long after the opening."""
    calls, now = [], alarm.opened_at
    while now < until:
        decision = ask(alarm, now, answering)
        match decision:
            case Call(rung=rung, then=then):
                calls.append((rung, now - alarm.opened_at))
                alarm, now = after(alarm, decision, now), then
            case LookAgain(at=at):
                assert at > now
                now = at
            case _:
                return calls
    return calls


@pytest.mark.parametrize("at", [SUNDAY_3_AM, NOON, CLOCKS_GO_BACK, CLOCKS_GO_FORWARD])
def test_danger_calls_at_once_at_any_hour_and_the_next_rung_every_quarter_of_an_hour(
    at: datetime,
) -> None:
    assert play(opened(TaskKind.DANGER, at), at + 6 * QUARTER) == [
        (Rung.ON_CALL, 0 * QUARTER),
        (Rung.SECOND, 1 * QUARTER),
        (Rung.SUPERVISORS, 2 * QUARTER),
        (Rung.CLINIC, 3 * QUARTER),
        (Rung.OPERATORS, 4 * QUARTER),
        (Rung.ON_CALL, 5 * QUARTER),
    ]


def test_a_text_to_read_calls_when_its_time_is_over_and_not_in_the_night() -> None:
    alarm = opened(TaskKind.TEXT_TO_READ, NOON)
    assert ask(alarm, NOON) == LookAgain(alarm.due_at)
    assert play(alarm, NOON + timedelta(hours=5))[0] == (Rung.ON_CALL, timedelta(hours=4))
    at_night = opened(TaskKind.TEXT_TO_READ, SUNDAY_3_AM)
    assert play(at_night, SUNDAY_3_AM + timedelta(hours=7)) == [
        (Rung.ON_CALL, timedelta(hours=6)),
        (Rung.SECOND, timedelta(hours=6) + QUARTER),
        (Rung.SUPERVISORS, timedelta(hours=6) + 2 * QUARTER),
        (Rung.OPERATORS, timedelta(hours=6) + 3 * QUARTER),
    ]


@pytest.mark.parametrize(("at", "hours"), [(CLOCKS_GO_BACK, 8.5), (CLOCKS_GO_FORWARD, 6.25)])
def test_what_can_wait_calls_at_nine_on_the_morning_after_the_clocks_changed(
    at: datetime, hours: float
) -> None:
    first, *_ = play(opened(TaskKind.TEXT_TO_READ, at), at + timedelta(hours=12))
    assert first == (Rung.ON_CALL, timedelta(hours=hours))
    assert (at + first[1]).astimezone(CHICAGO).time() == time(9)


def test_the_daily_test_calls_as_danger_does_and_ends_its_round_in_the_evening() -> None:
    assert play(opened(TaskKind.ON_CALL_TEST, NOON), NOON + timedelta(hours=20)) == [
        (Rung.ON_CALL, 0 * QUARTER),
        (Rung.SECOND, 1 * QUARTER),
        (Rung.SUPERVISORS, 2 * QUARTER),
        (Rung.OPERATORS, 3 * QUARTER),
    ]


def test_a_dead_letter_of_the_night_wakes_nobody_and_is_overdue_in_the_morning() -> None:
    alarm = opened(TaskKind.NEWS_UNREAD, SUNDAY_3_AM)
    first, *_ = play(alarm, SUNDAY_3_AM + timedelta(hours=7))
    assert first == (Rung.OPERATORS, timedelta(hours=6))
    assert alarm.due_at < SUNDAY_3_AM + first[1]


def test_a_dead_letter_that_tells_of_danger_wakes_the_operators_at_night() -> None:
    calls = play(opened(TaskKind.NEWS_OF_DANGER_UNREAD, SUNDAY_3_AM), SUNDAY_3_AM + 2 * QUARTER)
    assert calls == [(Rung.OPERATORS, 0 * QUARTER), (Rung.ON_CALL, 1 * QUARTER)]


def test_what_nobody_answered_begins_anew_the_next_day() -> None:
    calls = play(opened(TaskKind.TEXT_TO_READ, NOON), NOON + timedelta(hours=30))
    assert calls[4] == (Rung.ON_CALL, timedelta(hours=4, days=1) + 3 * QUARTER)


@pytest.mark.parametrize(
    ("missing", "first"),
    [
        ({Rung.ON_CALL}, Rung.SECOND),
        ({Rung.ON_CALL, Rung.SECOND}, Rung.SUPERVISORS),
        ({Rung.ON_CALL, Rung.SECOND, Rung.SUPERVISORS, Rung.CLINIC}, Rung.OPERATORS),
    ],
)
def test_an_empty_rung_costs_no_time(missing: set[Rung], first: Rung) -> None:
    alarm = opened(TaskKind.DANGER, SUNDAY_3_AM)
    decision = ask(alarm, SUNDAY_3_AM, EVERYBODY - missing)
    assert isinstance(decision, Call)
    assert decision.rung is first


def test_the_rungs_that_have_somebody_are_called_in_turn() -> None:
    answering = frozenset({Rung.SECOND, Rung.CLINIC})
    assert play(opened(TaskKind.DANGER, NOON), NOON + 4 * QUARTER, answering) == [
        (Rung.SECOND, 0 * QUARTER),
        (Rung.CLINIC, 1 * QUARTER),
        (Rung.SECOND, 2 * QUARTER),
        (Rung.CLINIC, 3 * QUARTER),
    ]


def test_with_nobody_to_call_it_is_asked_again() -> None:
    alarm = opened(TaskKind.DANGER, NOON)
    assert ask(alarm, NOON, frozenset()) == LookAgain(NOON + QUARTER)


def test_who_acknowledges_and_looks_ends_the_calls() -> None:
    alarm = opened(TaskKind.DANGER, NOON)
    call = ask(alarm, NOON)
    assert isinstance(call, Call)
    alarm = after(alarm, call, NOON)
    soon = NOON + timedelta(minutes=2)
    assert ask(replace(alarm, acknowledged_at=soon, seen_at=soon), NOON + QUARTER) == Rest()


def test_who_acknowledges_and_does_not_look_is_followed_by_the_next_rung() -> None:
    alarm = opened(TaskKind.DANGER, NOON)
    call = ask(alarm, NOON)
    assert isinstance(call, Call)
    ten_past = NOON + timedelta(minutes=10)
    alarm = replace(after(alarm, call, NOON), acknowledged_at=ten_past)
    assert ask(alarm, NOON + QUARTER) == LookAgain(ten_past + QUARTER)
    then = ask(alarm, ten_past + QUARTER)
    assert isinstance(then, Call)
    assert then.rung is Rung.SECOND


def test_who_only_looks_is_followed_by_the_next_rung() -> None:
    alarm = opened(TaskKind.DANGER, NOON)
    call = ask(alarm, NOON)
    assert isinstance(call, Call)
    alarm = replace(after(alarm, call, NOON), seen_at=NOON + timedelta(minutes=1))
    assert isinstance(ask(alarm, NOON + QUARTER), Call)


def test_a_task_that_somebody_took_and_forgot_calls_when_its_time_is_over() -> None:
    alarm = opened(TaskKind.TEXT_TO_READ, NOON)
    alarm = replace(alarm, acknowledged_at=NOON, seen_at=NOON)
    call = ask(alarm, alarm.due_at)
    assert isinstance(call, Call)
    alarm = after(alarm, call, alarm.due_at)
    assert isinstance(ask(alarm, alarm.due_at + QUARTER), Call)


@given(kinds, moments, rungs)
def test_as_long_as_somebody_can_be_called_somebody_is(
    kind: TaskKind, at: datetime, answering: frozenset[Rung]
) -> None:
    """Everybody in the ladder of the kind who can be called is called within two days."""
    reached = {rung for rung, _ in play(opened(kind, at), at + timedelta(days=3), answering)}
    assert reached == answering & set(LADDERS[kind])


@given(kinds, moments, rungs)
def test_nothing_but_danger_wakes_anybody_at_night(
    kind: TaskKind, at: datetime, answering: frozenset[Rung]
) -> None:
    alarm = opened(kind, at)
    for _, later in play(alarm, at + timedelta(days=3), answering):
        local = (alarm.opened_at + later).astimezone(CHICAGO).time()
        assert kind in AT_ONCE or time(9) <= local < time(20)


@given(kinds, moments)
def test_two_calls_of_one_task_are_a_quarter_of_an_hour_apart(kind: TaskKind, at: datetime) -> None:
    calls = [later for _, later in play(opened(kind, at), at + timedelta(days=3))]
    assert all(b - a >= QUARTER for a, b in pairwise(calls))


def test_words_and_safety_call_first_who_may_read_words() -> None:
    for kind, ladder in LADDERS.items():
        assert len(set(ladder)) == len(ladder)
        of_operation = "message" in kind or "news" in kind
        assert (ladder[0] is Rung.OPERATORS) == of_operation
        assert Rung.OPERATORS in ladder
