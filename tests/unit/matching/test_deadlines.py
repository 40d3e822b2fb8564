"""By when an answer, a reminder, a first contact and a review are due."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.rules.deadlines import (
    BusinessDays,
    BusinessTime,
    Elapsed,
    FromDaytime,
    Window,
    Windows,
    answer_by,
    first_contact_by,
    remind_at,
    review_at,
    supervisor_decides,
    window_of,
)
from services.matching.rules.hours import BusinessHours, NoBusinessHoursError
from shared.events import Urgency
from tests.unit.matching.drawn import nine_to_five
from tests.unit.matching.test_hours import moments, weeks

NEW_YORK = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("urgency", "now", "remind", "answer"),
    [
        (Urgency.FAST_LANE, "2026-03-04T10:00", "2026-03-04T10:30", "2026-03-04T11:00"),
        (Urgency.FAST_LANE, "2026-03-07T19:59", "2026-03-07T20:29", "2026-03-07T20:59"),
        (Urgency.FAST_LANE, "2026-03-07T20:00", "2026-03-08T09:30", "2026-03-08T10:00"),
        (Urgency.FAST_LANE, "2026-03-08T01:30", "2026-03-08T09:30", "2026-03-08T10:00"),
        (Urgency.FAST_LANE, "2026-03-08T09:00", "2026-03-08T09:30", "2026-03-08T10:00"),
        (Urgency.URGENT, "2026-03-04T10:00", "2026-03-04T12:00", "2026-03-04T14:00"),
        (Urgency.URGENT, "2026-03-06T16:00", "2026-03-09T10:00", "2026-03-09T12:00"),
        (Urgency.ROUTINE, "2026-03-04T13:00", "2026-03-04T17:00", "2026-03-05T13:00"),
        (Urgency.ROUTINE, "2026-03-06T16:00", "2026-03-09T12:00", "2026-03-09T16:00"),
        (Urgency.ROUTINE, "2026-03-07T10:00", "2026-03-09T13:00", "2026-03-10T09:00"),
    ],
)
def test_an_offer_is_answered_on_the_clock_of_its_urgency_and_reminded_at_half_time(
    urgency: Urgency, now: str, remind: str, answer: str
) -> None:
    hours = nine_to_five()
    assert answer_by(urgency, hours, now=local(now)) == local(answer)
    assert remind_at(urgency, hours, now=local(now)) == local(remind)


def test_the_clock_is_the_coachs_and_not_the_persons() -> None:
    now = local("2026-03-04T10:00")
    angeles = answer_by(Urgency.URGENT, nine_to_five("America/Los_Angeles"), now=now)
    assert angeles == local("2026-03-04T16:00")


@pytest.mark.parametrize(
    ("urgency", "accepted", "due"),
    [
        (Urgency.FAST_LANE, "2026-03-06T18:00", "2026-03-07T18:00"),
        (Urgency.URGENT, "2026-03-06T14:00", "2026-03-10T14:00"),
        (Urgency.ROUTINE, "2026-03-04T14:00", "2026-03-06T14:00"),
    ],
)
def test_first_contact_is_due_in_a_day_or_in_two_business_days(
    urgency: Urgency, accepted: str, due: str
) -> None:
    assert first_contact_by(urgency, nine_to_five(), accepted_at=local(accepted)) == local(due)


def test_windows_are_settings_that_may_count_plain_time() -> None:
    quick = Windows(*(Elapsed(timedelta(minutes=2)),) * 3)
    saturday = local("2026-03-07T12:00")
    nobody = BusinessHours((), "America/New_York")
    for urgency in Urgency:
        assert answer_by(urgency, nobody, now=saturday, windows=quick) == local("2026-03-07T12:02")
        assert remind_at(urgency, nobody, now=saturday, windows=quick) == local("2026-03-07T12:01")
        assert first_contact_by(urgency, nobody, accepted_at=saturday, windows=quick) == local(
            "2026-03-07T12:02"
        )


@pytest.mark.parametrize("urgency", [Urgency.URGENT, Urgency.ROUTINE])
def test_a_business_clock_needs_business_hours(urgency: Urgency) -> None:
    nobody = BusinessHours((), "America/New_York")
    with pytest.raises(NoBusinessHoursError):
        answer_by(urgency, nobody, now=local("2026-03-07T12:00"))
    with pytest.raises(NoBusinessHoursError):
        remind_at(urgency, nobody, now=local("2026-03-07T12:00"))


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("90 s", Elapsed(timedelta(seconds=90))),
        ("5min", Elapsed(timedelta(minutes=5))),
        (" 1 h ", Elapsed(HOUR)),
        ("1 h by day", FromDaytime(HOUR)),
        ("4 business h", BusinessTime(4 * HOUR)),
        ("2 business d", BusinessDays(2)),
    ],
)
def test_a_window_is_read_from_a_setting(text: str, window: Window) -> None:
    assert window_of(text) == window


@pytest.mark.parametrize("text", ["", "0 h", "-1 h", "1", "1 d", "1.5 h", "4 business", "1 h 1 h"])
def test_anything_else_is_no_window(text: str) -> None:
    with pytest.raises(ValueError, match="a window is a count and a unit"):
        window_of(text)


def test_a_window_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than nothing"):
        Elapsed(timedelta(0))
    with pytest.raises(ValueError, match="longer than nothing"):
        FromDaytime(timedelta(0))
    with pytest.raises(ValueError, match="longer than nothing"):
        BusinessTime(timedelta(0))
    with pytest.raises(ValueError, match="at least one"):
        BusinessDays(0)


def test_the_waitlist_is_looked_at_every_seven_days() -> None:
    now = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
    assert review_at(now) == datetime(2026, 3, 13, 12, 0, tzinfo=UTC)
    assert review_at(now, every=HOUR) == now + HOUR


def test_after_three_offers_a_supervisor_decides() -> None:
    assert [supervisor_decides(count) for count in range(5)] == [False, False, False, True, True]
    assert supervisor_decides(1, limit=1)


@given(weeks, moments, st.sampled_from(Urgency))
def test_a_reminder_comes_after_the_offer_and_before_its_deadline(
    hours: BusinessHours, now: datetime, urgency: Urgency
) -> None:
    deadline = answer_by(urgency, hours, now=now)
    assert now < remind_at(urgency, hours, now=now) < deadline
    assert deadline.tzinfo is UTC


@given(weeks, moments, st.sampled_from(Urgency))
def test_the_zone_in_which_now_is_written_changes_nothing(
    hours: BusinessHours, now: datetime, urgency: Urgency
) -> None:
    elsewhere = now.astimezone(ZoneInfo("Asia/Kathmandu"))
    for due in (answer_by, remind_at):
        assert due(urgency, hours, now=elsewhere) == due(urgency, hours, now=now)
        assert due(urgency, hours, now=elsewhere).tzinfo is UTC
