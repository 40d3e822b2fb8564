from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.rules.states import (
    ACTIONS,
    CLASSES,
    TERMINAL,
    TRANSITIONS,
    Action,
    ErrorClass,
    IllegalTransitionError,
    Receipt,
    State,
    SuppressReason,
    Trigger,
    after,
    classify,
    fold_receipt,
)

receipts = st.sampled_from(Receipt)


@pytest.mark.parametrize("state", State)
def test_every_move_is_in_the_table_or_refused_with_a_way_out(state: State) -> None:
    for trigger in Trigger:
        if (state, trigger) in TRANSITIONS:
            assert after(state, trigger) is TRANSITIONS[state, trigger]
            continue
        with pytest.raises(IllegalTransitionError) as refusal:
            after(state, trigger)
        words = str(refusal.value)
        assert words.startswith(f"a message that is {state} cannot take {trigger}; it can take ")
        ways_out = {other for source, other in TRANSITIONS if source is state}
        assert all(way in words for way in ways_out)
        assert ways_out or words.endswith("nothing, it is final")


def test_final_states_are_the_four_of_the_domain() -> None:
    assert {
        State.SUPPRESSED,
        State.DELIVERED,
        State.UNDELIVERED,
        State.FAILED,
    } == TERMINAL


def test_every_state_can_be_reached_and_every_open_one_can_end() -> None:
    reachable = {State.PLANNED}
    while more := {TRANSITIONS[s, t] for s, t in TRANSITIONS if s in reachable} - reachable:
        reachable |= more
    assert reachable == set(State)
    ending = set(TERMINAL)
    while more := {s for (s, _), target in TRANSITIONS.items() if target in ending} - ending:
        ending |= more
    assert ending == set(State)


def test_what_the_provider_may_have_is_planned_again_only_when_it_surely_did_not_arrive() -> None:
    again = {
        trigger
        for (source, trigger), target in TRANSITIONS.items()
        if source in (State.UNKNOWN, State.SENT, State.NO_RECEIPT)
        and target in (State.PLANNED, State.CLAIMED)
    }
    assert again == {Trigger.LOOK_UP_FINDS_NOTHING, Trigger.CHANNEL_IS_GIVEN_UP}


def test_the_reasons_to_suppress_are_the_closed_set_of_the_domain() -> None:
    assert {reason.value for reason in SuppressReason} == {
        "opted-out",
        "consent-revoked",
        "deceased",
        "wrong-number",
        "do-not-contact",
        "state-changed",
        "superseded",
        "too-late",
        "capped",
        "erased",
        "channel-stopped",
    }


@given(receipts, receipts)
def test_a_receipt_never_takes_knowledge_back(current: Receipt, incoming: Receipt) -> None:
    order = [Receipt.QUEUED, Receipt.SENT, Receipt.DELIVERED]
    rank = {**{r: n for n, r in enumerate(order)}, Receipt.UNDELIVERED: 2}
    folded = fold_receipt(current, incoming)
    assert rank[folded] == max(rank[current], rank[incoming])
    assert folded in (current, incoming)
    assert fold_receipt(folded, incoming) is folded


@pytest.mark.parametrize("final", [Receipt.DELIVERED, Receipt.UNDELIVERED])
def test_the_order_of_receipts_does_not_matter(final: Receipt) -> None:
    for order in permutations([Receipt.QUEUED, Receipt.SENT, final, Receipt.SENT]):
        known = Receipt.QUEUED
        for receipt in order:
            known = fold_receipt(known, receipt)
        assert known is final


def test_the_first_final_word_of_a_provider_stays() -> None:
    assert fold_receipt(Receipt.UNDELIVERED, Receipt.DELIVERED) is Receipt.UNDELIVERED
    assert fold_receipt(Receipt.DELIVERED, Receipt.UNDELIVERED) is Receipt.DELIVERED


@pytest.mark.parametrize(
    ("codes", "error_class", "action"),
    [
        ((21610,), ErrorClass.OPTED_OUT, Action.WRITE_OPT_OUT),
        ((21211, 21614, 30005, 30006), ErrorClass.BAD_NUMBER, Action.ASK_CLINIC_FOR_NUMBER),
        (
            (21408, 21606, 30002, 30024, 30032, 30034, 20003),
            ErrorClass.OUR_FAULT,
            Action.STOP_CHANNEL,
        ),
        ((30004, 30007), ErrorClass.FILTERED, Action.ALERT_ABOUT_WORDING),
        ((30003, 30008, 30017), ErrorClass.UNREACHABLE, Action.TRY_LATER),
        ((30001, 20429, 14107, 21611, 30022, 63018), ErrorClass.BUSY, Action.BACK_OFF),
        ((30023, 30027), ErrorClass.DAILY_CAP, Action.TRY_NEXT_DAY),
        ((21617, 21602), ErrorClass.OUR_BUG, Action.PARK),
        ((0, 99999), ErrorClass.UNKNOWN_CODE, Action.PARK),
    ],
)
def test_a_providers_code_has_the_class_and_action_of_the_domain(
    codes: tuple[int, ...], error_class: ErrorClass, action: Action
) -> None:
    assert {classify(code) for code in codes} == {error_class}
    assert ACTIONS[error_class] is action


def test_every_class_has_an_action_and_no_code_two_classes() -> None:
    assert set(ACTIONS) == set(ErrorClass)
    assert len(CLASSES) == 27
