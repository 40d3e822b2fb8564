"""The referral's machine: what may follow what, and what shows when facts meet."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.state_words import (
    HELD_FOR_A_DEATH,
    HELD_FOR_A_REVOCATION,
    HELD_FOR_A_TEXT,
    WORDS,
    Words,
    words_of,
)
from services.intake.rules.states import (
    OVERLAYS,
    RESUMING,
    TERMINAL,
    TRANSITIONS,
    WITH_COACH,
    WITHOUT_COACH,
    IllegalTransitionError,
    Standing,
    State,
    Trigger,
    allowed,
    apply,
    hear,
    still_held,
)
from services.intake.rules.timeline import LINES, line

S, T = State, Trigger
PROGRESS = sorted(WITHOUT_COACH | WITH_COACH)
ANYTIME = {
    T.DANGER_IS_FOUND: S.SAFETY_HOLD,
    T.PERSON_DECLINES: S.DECLINED_BY_PERSON,
    T.CONSENT_IS_REVOKED: S.CONSENT_REVOKED,
    T.PERSON_HAS_DIED: S.CANCELLED,
    T.REFERRAL_WAS_AN_ERROR: S.ENTERED_IN_ERROR,
}

standings = st.builds(
    Standing,
    progress=st.sampled_from(PROGRESS),
    overlays=st.frozensets(st.sampled_from(OVERLAYS)),
)


def after(*triggers: Trigger, start: State = S.RECEIVED) -> Standing:
    standing = Standing(start)
    for trigger in triggers:
        standing = apply(standing, trigger)
    return standing


def test_the_final_states_are_the_eight_of_the_domain() -> None:
    assert {
        S.COMPLETED,
        S.REJECTED,
        S.DECLINED_BY_PERSON,
        S.UNABLE_TO_CONTACT,
        S.CANCELLED,
        S.CONSENT_REVOKED,
        S.TRANSFERRED,
        S.ENTERED_IN_ERROR,
    } == TERMINAL


def test_every_state_can_be_reached() -> None:
    assert {target for target in TRANSITIONS.values()} | {S.RECEIVED} == set(State)


def test_every_state_has_words_for_a_clinic() -> None:
    assert set(WORDS) == set(State)
    assert WORDS[S.MATCHING].title == "We are looking for a coach"
    assert len({words.title for words in WORDS.values()}) == len(State)
    assert all(words.title and words.next_step.endswith(".") for words in WORDS.values())


def test_a_referral_runs_from_receipt_to_a_good_end() -> None:
    path = [
        (T.SCREENING_FINDS_NOTHING_WRONG, S.READY),
        (T.SEARCH_BEGINS, S.MATCHING),
        (T.OFFER_IS_MADE, S.OFFERED),
        (T.OFFER_FALLS_THROUGH, S.MATCHING),
        (T.PLACE_IS_LACKING, S.WAITLISTED),
        (T.SEARCH_BEGINS, S.MATCHING),
        (T.OFFER_IS_MADE, S.OFFERED),
        (T.COACH_ACCEPTS, S.ASSIGNED),
        (T.COACH_TRIES_CONTACT, S.CONTACTING),
        (T.COACH_REACHES_PERSON, S.ENGAGED),
        (T.COACH_IS_CHANGED, S.REMATCHING),
        (T.OFFER_IS_MADE, S.OFFERED),
        (T.COACH_ACCEPTS, S.ASSIGNED),
        (T.COACH_REACHES_PERSON, S.ENGAGED),
        (T.SUPPORT_ENDS, S.COMPLETED),
    ]
    standing = Standing(S.RECEIVED)
    for trigger, state in path:
        standing = apply(standing, trigger)
        assert standing.state is state


@pytest.mark.parametrize(
    ("trigger", "waits", "back"),
    [
        (T.SCREENING_FINDS_GAPS, S.NEEDS_INFO, T.CLINIC_AMENDS),
        (T.SCREENING_FINDS_NO_CONSENT, S.CONSENT_PENDING, T.CONSENT_IS_RECORDED),
        (T.SCREENING_FINDS_NO_CONSENT, S.CONSENT_PENDING, T.CLINIC_AMENDS),
    ],
)
def test_what_is_amended_is_screened_again(trigger: Trigger, waits: State, back: Trigger) -> None:
    assert after(trigger).state is waits
    assert after(trigger, back).state is S.RECEIVED
    assert after(trigger, T.DEADLINE_PASSES).state is S.REJECTED


@pytest.mark.parametrize("progress", sorted(WITHOUT_COACH))
def test_withdrawal_without_a_coach_is_at_once(progress: State) -> None:
    assert after(T.CLINIC_WITHDRAWS, start=progress) == Standing(S.CANCELLED)


@pytest.mark.parametrize("progress", sorted(WITH_COACH))
def test_withdrawal_with_a_coach_is_a_request_that_is_confirmed(progress: State) -> None:
    asked = after(T.CLINIC_WITHDRAWS, start=progress)
    assert asked.state is S.CANCEL_REQUESTED
    assert apply(asked, T.CANCELLATION_IS_CONFIRMED) == Standing(S.CANCELLED)
    assert apply(asked, T.SUPPORT_ENDS) == Standing(S.COMPLETED)


@given(standings, st.sampled_from(sorted(ANYTIME)))
def test_anybody_may_raise_the_alarm_or_end_it_at_any_time(
    standing: Standing, trigger: Trigger
) -> None:
    moved = apply(standing, trigger)
    assert moved.state is ANYTIME[trigger]
    if trigger is T.DANGER_IS_FOUND:
        assert moved.progress is standing.progress


@given(standings)
def test_the_strongest_overlay_shows(standing: Standing) -> None:
    expected = [overlay for overlay in OVERLAYS if overlay in standing.overlays]
    assert standing.state is (expected[0] if expected else standing.progress)
    assert OVERLAYS == (S.SAFETY_HOLD, S.CANCEL_REQUESTED, S.ON_HOLD)


@given(standings)
def test_acknowledging_a_hold_goes_back_to_what_lay_under_it(standing: Standing) -> None:
    held = apply(standing, T.DANGER_IS_FOUND)
    freed = apply(held, T.HOLD_IS_ACKNOWLEDGED)
    assert freed.progress is standing.progress
    assert freed.overlays == standing.overlays - {S.SAFETY_HOLD}


def test_progress_goes_on_under_a_hold() -> None:
    held = after(T.DANGER_IS_FOUND, start=S.OFFERED)
    assigned = hear(held, T.COACH_ACCEPTS)
    assert (assigned.state, assigned.progress) == (S.SAFETY_HOLD, S.ASSIGNED)
    assert apply(assigned, T.HOLD_IS_ACKNOWLEDGED).state is S.ASSIGNED


def test_support_pauses_and_resumes_where_it_was() -> None:
    paused = after(T.SUPPORT_IS_PAUSED, start=S.CONTACTING)
    assert paused.state is S.ON_HOLD
    assert apply(paused, T.SUPPORT_RESUMES) == Standing(S.CONTACTING)
    assert apply(paused, T.CONTACT_IS_GIVEN_UP) == Standing(S.UNABLE_TO_CONTACT)
    assert apply(paused, T.COACH_IS_CHANGED) == Standing(S.REMATCHING)


def test_a_pause_can_only_end_well_after_the_two_have_met() -> None:
    met = after(T.SUPPORT_IS_PAUSED, start=S.ENGAGED)
    assert apply(met, T.SUPPORT_ENDS) == Standing(S.COMPLETED)
    with pytest.raises(IllegalTransitionError):
        apply(after(T.SUPPORT_IS_PAUSED, start=S.ASSIGNED), T.SUPPORT_ENDS)


def test_a_pause_ends_with_the_coach_and_a_danger_does_not() -> None:
    both = Standing(S.ENGAGED, frozenset({S.ON_HOLD, S.SAFETY_HOLD}))
    assert apply(both, T.COACH_IS_CHANGED) == Standing(S.REMATCHING, frozenset({S.SAFETY_HOLD}))


@pytest.mark.parametrize("under", [frozenset(), frozenset({S.SAFETY_HOLD})], ids=["", "held"])
def test_a_change_of_coach_leaves_the_person_without_one(under: frozenset[State]) -> None:
    changed = apply(Standing(S.ENGAGED, under), T.COACH_IS_CHANGED)
    assert changed == Standing(S.REMATCHING, under)
    assert not changed.has_coach
    assert apply(changed, T.CLINIC_WITHDRAWS) == Standing(S.CANCELLED)


def test_a_pause_outlasts_a_logged_contact() -> None:
    paused = after(T.SUPPORT_IS_PAUSED, start=S.CONTACTING)
    assert hear(paused, T.COACH_REACHES_PERSON) == Standing(S.ENGAGED, frozenset({S.ON_HOLD}))


def test_a_missed_call_does_not_undo_a_meeting() -> None:
    assert after(T.COACH_TRIES_CONTACT, start=S.ENGAGED) == Standing(S.ENGAGED)


@pytest.mark.parametrize("progress", PROGRESS)
def test_a_supervisor_refuses_a_held_referral_only_before_a_coach(progress: State) -> None:
    held = after(T.DANGER_IS_FOUND, start=progress)
    if progress in WITH_COACH:
        with pytest.raises(IllegalTransitionError):
            apply(held, T.SUPERVISOR_REFUSES)
    else:
        assert apply(held, T.SUPERVISOR_REFUSES) == Standing(S.REJECTED)


@given(st.sampled_from(sorted(TERMINAL)), st.sampled_from(Trigger))
def test_what_has_ended_stays_ended(final: State, trigger: Trigger) -> None:
    assert hear(Standing(final), trigger) == Standing(final)
    with pytest.raises(IllegalTransitionError, match="nothing, it is final"):
        apply(Standing(final), trigger)


@pytest.mark.parametrize("state", PROGRESS)
def test_without_overlays_the_machine_is_its_table(state: State) -> None:
    for trigger in Trigger:
        target = TRANSITIONS.get((state, trigger))
        if target is None or (state in WITH_COACH and trigger is T.SUPERVISOR_REFUSES):
            with pytest.raises(IllegalTransitionError):
                apply(Standing(state), trigger)
        else:
            assert apply(Standing(state), trigger).state is target


@given(standings)
def test_what_is_allowed_is_what_can_be_applied(standing: Standing) -> None:
    for trigger in Trigger:
        if trigger in allowed(standing):
            moved = apply(standing, trigger)
            assert moved.overlays <= set(OVERLAYS)
            assert moved.is_final == (moved.progress in TERMINAL)
        else:
            with pytest.raises(IllegalTransitionError):
                apply(standing, trigger)


@given(standings, st.lists(st.sampled_from(Trigger), max_size=12))
def test_no_way_leads_out_of_the_machine(standing: Standing, triggers: list[Trigger]) -> None:
    for trigger in triggers:
        if trigger in allowed(standing):
            standing = apply(standing, trigger)
        assert standing.progress not in OVERLAYS
        assert not (standing.is_final and standing.overlays)


def test_a_refused_move_says_what_is_allowed_and_survives_copying() -> None:
    with pytest.raises(IllegalTransitionError) as caught:
        apply(Standing(S.NEEDS_INFO), T.COACH_ACCEPTS)
    assert "a referral that is needs_info cannot take coach_accepts" in str(caught.value)
    assert "clinic_amends" in str(caught.value)
    other = copy.copy(caught.value)
    assert (other.state, other.trigger, other.allowed) == (
        S.NEEDS_INFO,
        T.COACH_ACCEPTS,
        allowed(Standing(S.NEEDS_INFO)),
    )


def test_only_overlays_are_lifted() -> None:
    assert set(RESUMING.values()) < set(OVERLAYS)
    for trigger in RESUMING:
        with pytest.raises(IllegalTransitionError):
            apply(Standing(S.ENGAGED), trigger)


@pytest.mark.parametrize(
    ("happened", "words"),
    [
        (["received", "safety_hold"], WORDS[S.SAFETY_HOLD]),
        (["received", "ready", "crisis_text", "next_coach"], HELD_FOR_A_TEXT),
        (["safety_hold", "crisis_text", "hold_unacknowledged"], HELD_FOR_A_TEXT),
        (["crisis_text", "hold_acknowledged", "amended"], WORDS[S.SAFETY_HOLD]),
        (["crisis_text", "hold_acknowledged", "crisis_text"], HELD_FOR_A_TEXT),
        (["offered", "revocation_text"], HELD_FOR_A_REVOCATION),
        (["offered", "death_text", "hold_unacknowledged"], HELD_FOR_A_DEATH),
        (["revocation_text", "crisis_text", "revocation_text"], HELD_FOR_A_TEXT),
        (["crisis_text", "hold_acknowledged", "death_text", "revocation_text"], HELD_FOR_A_DEATH),
    ],
)
def test_a_hold_says_whether_a_text_began_it(happened: list[str], words: Words) -> None:
    assert words_of(S.SAFETY_HOLD, happened) == words
    assert words_of(S.OFFERED, happened) == WORDS[S.OFFERED]


def test_the_timeline_names_who_released_a_hold_and_nobody_else() -> None:
    assert line("hold_acknowledged", "Dana {x}") == "Dana {x} looked at it and released it"
    assert line("hold_acknowledged", None) == LINES["hold_acknowledged"]
    assert line("coach_asked", "Dana") == LINES["coach_asked"]
    assert line("not_written_yet", None) == "not_written_yet"


@given(standings, st.sampled_from([*PROGRESS, S.REJECTED]))
def test_an_amendment_never_lifts_a_hold_unless_it_ends_the_referral(
    before: Standing, screened: State
) -> None:
    after_it = still_held(before, Standing(screened))
    assert after_it.progress is screened
    assert after_it.is_held == (before.is_held and screened is not S.REJECTED)
