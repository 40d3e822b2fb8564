"""The checker finds every planted violation, and nothing in a run without one."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.faults.facts import Facts, Message, violations

SOUND = Facts(
    acknowledged=frozenset({"1", "2"}),
    stored=("a", "b"),
    searches={"a": "assigned", "b": "waitlisted"},
    offers=(("a", "dana", "accepted"), ("b", "dana", "expired")),
    room={"dana": (1, 2)},
    clinic_view={"a": "assigned", "b": "waitlisted"},
    messages=(
        Message("m1", "welcome", "sms", "delivered", None),
        Message("m2", "number_check", "sms", "suppressed", "opted-out"),
        Message("m3", "clinic_accepted", "email", "sent", None),
    ),
    handed_over=Counter({"m1": 1}),
    parked_records=0,
    outbox=0,
    inbox_behind=(),
    broken_chains=(),
    stuck_timers=0,
    without_deadline=0,
    logs="referral a accepted",
    canaries=frozenset({"Canaryzq"}),
)

PLANTED = {
    "an acknowledged referral is lost": replace(SOUND, stored=("a",)),
    "a referral is stored twice": replace(SOUND, stored=("a", "b", "b")),
    "two live offers": replace(
        SOUND,
        offers=(*SOUND.offers, ("a", "walt", "open")),
        room={"dana": (1, 2), "walt": (1, 1)},
    ),
    "no live offer and no place in line": replace(SOUND, searches={"a": "assigned", "b": "held"}),
    "the clinic reads something else": replace(
        SOUND, clinic_view={"a": "offered", "b": "waitlisted"}
    ),
    "a coach above capacity": replace(SOUND, room={"dana": (1, 0)}),
    "room counted wrong": replace(SOUND, room={"dana": (2, 2)}),
    "a text handed over twice": replace(SOUND, handed_over=Counter({"m1": 2})),
    "sent, and the provider has nothing": replace(SOUND, handed_over=Counter()),
    "parked, and the provider has it": replace(SOUND, handed_over=Counter({"m1": 1, "m2": 1})),
    "a text of no message": replace(SOUND, handed_over=Counter({"m1": 1, "m9": 1})),
    "a claim without an end": replace(
        SOUND, messages=(*SOUND.messages, Message("m4", "welcome", "sms", "claimed", None))
    ),
    "a parked record": replace(SOUND, parked_records=1),
    "an event not relayed": replace(SOUND, outbox=1),
    "a key not handled to its end": replace(SOUND, inbox_behind=("matching x y",)),
    "a broken audit chain": replace(SOUND, broken_chains=("intake",)),
    "a stuck timer": replace(SOUND, stuck_timers=1),
    "a referral without a deadline": replace(SOUND, without_deadline=1),
    "a name in a log": replace(SOUND, logs="hello Canaryzq"),
}


def test_a_sound_run_has_no_violation() -> None:
    assert list(violations(SOUND)) == []


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_every_planted_violation_is_found(planted: Facts) -> None:
    assert list(violations(planted)) != []
