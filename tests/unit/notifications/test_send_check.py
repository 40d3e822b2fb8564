from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.rules.facts import (
    Consent,
    Contact,
    Facts,
    Limits,
    Number,
    Referral,
    Standing,
)
from services.notifications.rules.plan import STEPS, step_named
from services.notifications.rules.send_check import (
    ANSWER_RECHECK_AFTER,
    FACTS_GRACE,
    NEWS_RECHECK_AFTER,
    RECHECK_AFTER,
    Escalate,
    EscalateReason,
    Send,
    Suppress,
    Wait,
    WaitReason,
    decide_send,
)
from services.notifications.rules.states import SuppressReason
from services.notifications.rules.steps import LateAction, Scope, StopsWhen
from shared.events.base import Channel

NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2026, 6, 10, 16, tzinfo=UTC)
NINE_TOMORROW = datetime(2026, 6, 11, 13, tzinfo=UTC)
LATE_EVENING = datetime(2026, 6, 11, 1, tzinfo=UTC)
DAY = timedelta(days=1)

REFERRAL = Referral(
    standing=Standing.OPEN,
    consent=Consent(revoked=False, ends_at=None),
    is_current=True,
    happened=frozenset(),
)
CONTACT = Contact(number=Number.VERIFIED, allowed=True, zones=(NEW_YORK,))
FINE = Facts(
    step=step_named("check_in_day_3"),
    channel=Channel.SMS,
    due_at=NOON,
    person_deceased=False,
    person_erased=False,
    referral=REFERRAL,
    contact=CONTACT,
    held=False,
    channel_stopped=False,
    up_to_date=True,
)


def of(name: str, channel: Channel = Channel.SMS, due_at: datetime = NOON) -> Facts:
    return replace(FINE, step=step_named(name), channel=channel, due_at=due_at)


def known(contact: Contact) -> Facts:
    return replace(FINE, contact=contact)


def referred(referral: Referral | None, name: str = "check_in_day_3") -> Facts:
    return replace(of(name), referral=referral)


def test_a_message_is_sent_when_nothing_speaks_against_it() -> None:
    assert decide_send(FINE, NOON) == Send()


FORBIDDEN: list[tuple[Facts, SuppressReason]] = [
    (replace(FINE, person_erased=True), SuppressReason.ERASED),
    (replace(FINE, person_deceased=True), SuppressReason.DECEASED),
    (
        referred(replace(REFERRAL, consent=Consent(revoked=True, ends_at=None))),
        SuppressReason.CONSENT_REVOKED,
    ),
    (
        referred(replace(REFERRAL, consent=Consent(revoked=False, ends_at=NOON))),
        SuppressReason.CONSENT_REVOKED,
    ),
    (referred(replace(REFERRAL, is_current=False)), SuppressReason.SUPERSEDED),
    (referred(replace(REFERRAL, standing=Standing.ENDING)), SuppressReason.STATE_CHANGED),
    (referred(replace(REFERRAL, standing=Standing.ENDED)), SuppressReason.STATE_CHANGED),
    (
        referred(replace(REFERRAL, happened=frozenset({StopsWhen.REPLIED_LATELY}))),
        SuppressReason.STATE_CHANGED,
    ),
    (known(replace(CONTACT, opted_out=frozenset({Scope.ALL}))), SuppressReason.OPTED_OUT),
    (known(replace(CONTACT, opted_out=frozenset({Scope.CHECK_INS}))), SuppressReason.OPTED_OUT),
    (known(replace(CONTACT, number=Number.UNUSABLE)), SuppressReason.WRONG_NUMBER),
    (known(replace(CONTACT, allowed=False)), SuppressReason.DO_NOT_CONTACT),
]


@pytest.mark.parametrize(("facts", "reason"), FORBIDDEN, ids=[str(r) for _, r in FORBIDDEN])
def test_what_forbids_a_message_suppresses_it_with_its_reason(
    facts: Facts, reason: SuppressReason
) -> None:
    assert decide_send(facts, NOON) == Suppress(reason)


@pytest.mark.parametrize(("facts", "reason"), FORBIDDEN, ids=[str(r) for _, r in FORBIDDEN])
def test_what_forbids_a_message_wins_over_what_only_delays_it(
    facts: Facts, reason: SuppressReason
) -> None:
    busy = replace(facts, held=True, channel_stopped=True, up_to_date=False, counted_at=(NOON,))
    assert decide_send(busy, LATE_EVENING) == Suppress(reason)


@pytest.mark.parametrize(("facts", "reason"), FORBIDDEN, ids=[str(r) for _, r in FORBIDDEN])
def test_a_crisis_answer_goes_out_whatever_forbids_other_messages(
    facts: Facts, reason: SuppressReason
) -> None:
    crisis = replace(facts, step=step_named("person_crisis"), held=True, channel_stopped=True)
    assert decide_send(crisis, LATE_EVENING) == Send(), reason


def test_a_partial_opt_out_leaves_other_texts() -> None:
    contact = replace(CONTACT, opted_out=frozenset({Scope.CHECK_INS}))
    assert decide_send(replace(of("welcome"), contact=contact), NOON) == Send()


def test_an_opt_out_from_texts_leaves_e_mail() -> None:
    contact = replace(CONTACT, opted_out=frozenset({Scope.ALL}))
    mail = replace(of("offer_made", Channel.EMAIL), contact=contact)
    assert decide_send(mail, NOON) == Send()
    assert decide_send(replace(mail, channel=Channel.SMS), NOON) == Suppress(
        SuppressReason.OPTED_OUT
    )


def test_the_confirmation_of_a_stop_is_sent_after_the_stop() -> None:
    contact = replace(CONTACT, opted_out=frozenset({Scope.ALL}))
    facts = replace(of("person_opt_out_confirmed", due_at=LATE_EVENING), contact=contact)
    assert decide_send(facts, LATE_EVENING) == Send()
    assert decide_send(facts, LATE_EVENING + timedelta(minutes=6)) == Suppress(
        SuppressReason.TOO_LATE
    )


@pytest.mark.parametrize(
    ("name", "channel"),
    [("clinic_consent_revoked", Channel.EMAIL), ("coach_ended", Channel.EMAIL)],
)
def test_staff_hear_of_an_ending_after_it_ended(name: str, channel: Channel) -> None:
    ended = Referral(Standing.ENDED, Consent(revoked=True, ends_at=None), False, frozenset())
    assert decide_send(replace(of(name, channel), referral=ended), NOON) == Send()


def test_a_message_that_is_not_due_waits_until_it_is() -> None:
    assert decide_send(FINE, NOON - DAY) == Wait(NOON, WaitReason.NOT_DUE)


def test_a_text_waits_for_the_morning() -> None:
    facts = of("welcome", due_at=LATE_EVENING)
    assert decide_send(facts, LATE_EVENING) == Wait(NINE_TOMORROW, WaitReason.QUIET_HOURS)
    assert decide_send(facts, NINE_TOMORROW) == Send()


def test_an_e_mail_and_a_direct_answer_do_not_wait_for_the_morning() -> None:
    assert decide_send(of("offer_made", Channel.EMAIL, LATE_EVENING), LATE_EVENING) == Send()
    assert decide_send(of("person_help", due_at=LATE_EVENING), LATE_EVENING) == Send()


def test_a_quiet_night_is_nobodys_delay() -> None:
    facts = replace(of("offer_reminder"), due_at=LATE_EVENING)
    assert decide_send(facts, NINE_TOMORROW + timedelta(minutes=59)) == Send()
    assert decide_send(facts, NINE_TOMORROW + timedelta(minutes=61)) == Suppress(
        SuppressReason.TOO_LATE
    )


@pytest.mark.parametrize(
    ("name", "late_by", "decision"),
    [
        ("offer_made", DAY * 3, Send()),
        ("check_in_day_3", DAY * 2, Send()),
        ("check_in_day_3", DAY * 2 + timedelta(seconds=1), Suppress(SuppressReason.TOO_LATE)),
        ("welcome", DAY, Send()),
        ("welcome", DAY + timedelta(seconds=1), Escalate(EscalateReason.TOO_LATE)),
    ],
)
def test_a_late_step_is_sent_skipped_or_handed_to_a_human(
    name: str, late_by: timedelta, decision: Send | Suppress | Escalate
) -> None:
    assert decide_send(of(name), NOON + late_by) == decision


def test_one_counted_text_a_day() -> None:
    earlier = NOON - timedelta(hours=20)
    facts = replace(FINE, counted_at=(earlier,))
    assert decide_send(facts, NOON) == Wait(earlier + DAY, WaitReason.CAPPED)
    assert decide_send(replace(FINE, counted_at=(NOON - DAY,)), NOON) == Send()


def test_four_counted_texts_in_seven_days() -> None:
    sent = tuple(NOON - DAY * days for days in (6, 5, 3, 2))
    assert decide_send(replace(FINE, counted_at=sent), NOON) == Wait(NOON + DAY, WaitReason.CAPPED)
    assert decide_send(replace(FINE, counted_at=sent[1:]), NOON) == Send()


def test_a_cap_that_outlasts_the_tolerance_suppresses_as_capped() -> None:
    sent = tuple(NOON - timedelta(days=days) for days in (1, 2, 3, 4))
    assert decide_send(replace(FINE, counted_at=sent), NOON) == Suppress(SuppressReason.CAPPED)


def test_the_cap_can_be_set_and_does_not_hold_for_uncounted_texts() -> None:
    sent = (NOON - timedelta(hours=1),) * 3
    wide = replace(FINE, counted_at=sent, limits=Limits(per_day=10, per_week=40))
    assert decide_send(wide, NOON) == Send()
    assert decide_send(replace(of("welcome"), counted_at=sent), NOON) == Send()
    with pytest.raises(ValueError, match="below one"):
        Limits(per_day=0)


def test_an_automated_text_never_talks_over_a_conversation() -> None:
    words_at = NOON - timedelta(minutes=10)
    facts = known(replace(CONTACT, last_words_at=words_at))
    assert decide_send(facts, NOON) == Wait(
        words_at + timedelta(minutes=60), WaitReason.CONVERSATION
    )
    assert decide_send(facts, NOON + timedelta(minutes=50)) == Send()
    answer = replace(of("person_menu"), contact=facts.contact)
    assert decide_send(answer, NOON) == Send()


def test_a_conversation_late_in_the_evening_moves_the_text_to_the_morning() -> None:
    words_at = datetime(2026, 6, 10, 23, 30, tzinfo=UTC)
    facts = replace(known(replace(CONTACT, last_words_at=words_at)), due_at=words_at)
    assert decide_send(facts, words_at) == Wait(NINE_TOMORROW, WaitReason.CONVERSATION)


def test_a_humans_hold_stops_planned_texts_and_no_answer() -> None:
    held = replace(FINE, held=True)
    assert decide_send(held, NOON) == Wait(NOON + RECHECK_AFTER, WaitReason.HELD)
    assert decide_send(replace(held, step=step_named("person_help")), NOON) == Send()


def test_news_that_could_not_be_applied_stops_planned_texts_and_no_answer() -> None:
    waits = replace(FINE, news_waits=True)
    assert decide_send(waits, NOON) == Wait(NOON + NEWS_RECHECK_AFTER, WaitReason.NEWS_WAITS)
    assert decide_send(replace(waits, step=step_named("person_help")), NOON) == Send()


def test_a_coach_is_not_asked_or_nudged_while_the_referral_is_held() -> None:
    for name in ("offer_made", "coach_nudge"):
        held = replace(FINE, held=True, step=step_named(name))
        assert decide_send(held, NOON) == Wait(NOON + RECHECK_AFTER, WaitReason.HELD)


def test_a_hold_without_end_ends_with_the_late_action() -> None:
    held = replace(of("welcome"), held=True)
    assert decide_send(held, NOON + DAY) == Escalate(EscalateReason.TOO_LATE)


def test_a_stopped_channel_holds_messages_and_names_itself_when_it_lasts() -> None:
    stopped = replace(FINE, channel_stopped=True)
    assert decide_send(stopped, NOON) == Wait(NOON + RECHECK_AFTER, WaitReason.CHANNEL_STOPPED)
    assert decide_send(stopped, NOON + DAY * 2) == Suppress(SuppressReason.CHANNEL_STOPPED)


@pytest.mark.parametrize(
    "facts",
    [
        replace(FINE, contact=None),
        replace(FINE, referral=None),
        referred(replace(REFERRAL, consent=None)),
    ],
    ids=["contact", "referral", "consent"],
)
def test_what_is_not_known_is_waited_for_and_then_a_humans_task(facts: Facts) -> None:
    assert decide_send(facts, NOON) == Wait(NOON + FACTS_GRACE, WaitReason.FACTS_MISSING)
    assert decide_send(facts, NOON + FACTS_GRACE) == Escalate(EscalateReason.FACTS_MISSING)


def test_texts_to_persons_pause_while_the_referral_events_are_not_read_to_their_end() -> None:
    behind = replace(FINE, up_to_date=False)
    for now in (NOON, NOON + timedelta(hours=3)):
        again = Wait(now + NEWS_RECHECK_AFTER, WaitReason.FACTS_MISSING)
        assert decide_send(behind, now) == again
    assert decide_send(replace(behind, step=step_named("offer_made")), NOON) == Send()


def test_an_answer_that_waits_for_news_is_asked_about_again_sooner() -> None:
    answer = replace(FINE, up_to_date=False, step=step_named("person_hard_time"))
    again = Wait(NOON + ANSWER_RECHECK_AFTER, WaitReason.FACTS_MISSING)
    assert decide_send(answer, NOON) == again
    assert ANSWER_RECHECK_AFTER < NEWS_RECHECK_AFTER


def test_an_answer_to_somebody_without_a_referral_needs_none() -> None:
    stranger = replace(of("person_menu"), referral=None, needs_referral=False)
    assert decide_send(stranger, NOON) == Send()


def test_a_check_in_to_a_number_that_nobody_confirmed_is_a_humans_task() -> None:
    contact = replace(CONTACT, number=Number.UNVERIFIED)
    assert decide_send(known(contact), NOON) == Escalate(EscalateReason.NUMBER_NOT_VERIFIED)
    for name in ("number_check", "welcome"):
        assert decide_send(replace(of(name), contact=contact), NOON) == Send()


def test_zones_that_share_no_hour_are_a_humans_task() -> None:
    torn = replace(CONTACT, zones=(NEW_YORK, ZoneInfo("Asia/Bangkok")))
    assert decide_send(known(torn), NOON) == Escalate(EscalateReason.NO_COMMON_HOUR)


contacts = st.builds(
    Contact,
    number=st.sampled_from(Number),
    allowed=st.booleans(),
    zones=st.just((NEW_YORK,)),
    opted_out=st.frozensets(st.sampled_from(Scope)),
    last_words_at=st.none() | st.just(NOON - timedelta(minutes=5)),
)
referrals = st.builds(
    Referral,
    standing=st.sampled_from(Standing),
    consent=st.none()
    | st.builds(Consent, revoked=st.booleans(), ends_at=st.sampled_from([None, NOON, NOON + DAY])),
    is_current=st.booleans(),
    happened=st.frozensets(st.sampled_from(StopsWhen)),
)
any_facts = st.builds(
    Facts,
    step=st.sampled_from(STEPS),
    channel=st.sampled_from(Channel),
    due_at=st.sampled_from([NOON, NOON - DAY, LATE_EVENING]),
    person_deceased=st.booleans(),
    person_erased=st.booleans(),
    referral=st.none() | referrals,
    contact=st.none() | contacts,
    held=st.booleans(),
    channel_stopped=st.booleans(),
    up_to_date=st.booleans(),
    counted_at=st.lists(st.sampled_from([NOON - timedelta(hours=1), NOON - DAY * 3])).map(tuple),
)
moments = st.integers(0, 7 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes))


@given(any_facts, moments)
def test_nothing_is_sent_to_somebody_who_stopped_texts_or_took_consent_back(
    facts: Facts, now: datetime
) -> None:
    if decide_send(facts, now) != Send():
        return
    despite = facts.step.despite
    assert facts.contact is not None
    if facts.channel is Channel.SMS and Scope.ALL in facts.contact.opted_out:
        assert SuppressReason.OPTED_OUT in despite
    if facts.referral is None or facts.referral.consent is None or facts.referral.consent.revoked:
        assert SuppressReason.CONSENT_REVOKED in despite
    if facts.person_deceased:
        assert SuppressReason.DECEASED in despite


@given(any_facts, moments)
def test_a_wait_always_ends_after_now(facts: Facts, now: datetime) -> None:
    decision = decide_send(facts, now)
    if isinstance(decision, Wait):
        assert decision.until > now


@given(any_facts, moments)
def test_a_quiet_hour_is_never_broken_by_a_planned_text(facts: Facts, now: datetime) -> None:
    if decide_send(facts, now) == Send() and facts.step.quiet_hours:
        assert facts.channel is Channel.EMAIL or 9 <= now.astimezone(NEW_YORK).hour < 20


@given(any_facts, moments)
def test_a_step_that_is_always_sent_late_is_never_suppressed_for_time(
    facts: Facts, now: datetime
) -> None:
    decision = decide_send(facts, now)
    if facts.step.late.action is LateAction.SEND:
        assert decision != Suppress(SuppressReason.TOO_LATE)
        assert decision != Escalate(EscalateReason.TOO_LATE)
