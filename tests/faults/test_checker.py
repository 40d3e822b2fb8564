"""The checker finds every planted violation, and nothing in a run without one."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.faults.facts import Facts, Message, Standing, violations

SOUND = Facts(
    acknowledged=frozenset({"a", "b", "c", "lost"}),
    stored=("a", "b", "c"),
    searches={"a": "assigned", "b": "waitlisted", "c": "closed", "lost": "offered"},
    offers=(
        ("a", "dana", "accepted"),
        ("b", "dana", "expired"),
        ("c", "dana", "ended"),
        ("lost", "june", "open"),
    ),
    room={"dana": (1, 2), "june": (1, 1)},
    clinic_view={"a": "assigned", "b": "waitlisted", "c": "consent_revoked"},
    standings={
        "a": Standing("open", revoked=False, coach="dana"),
        "b": Standing("open", revoked=False, coach=None),
        "c": Standing("open", revoked=True, coach=None),
        "lost": Standing("open", revoked=False, coach=None),
    },
    messages=(
        Message("m1", "welcome", "sms", "delivered", None),
        Message("m2", "number_check", "sms", "suppressed", "opted-out"),
        Message("m3", "clinic_accepted", "email", "sent", None),
    ),
    handed_over=Counter({"m1": 1}),
    same_words=Counter({("+1", "w1"): 1, ("+1", "w2"): 1}),
    after_stop=("person_opt_out_confirmed",),
    after_revocation=("contact_called_off",),
    contacts_after_revocation=(),
    left_to_people=frozenset({"lost"}),
    unseen_differences=(),
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
    "an acknowledged referral is lost": replace(SOUND, acknowledged=SOUND.acknowledged | {"x"}),
    "a lost referral was shown to no human": replace(SOUND, left_to_people=frozenset()),
    "a referral is stored twice": replace(SOUND, stored=("a", "b", "b", "c")),
    "two live offers": replace(
        SOUND,
        offers=(*SOUND.offers, ("a", "walt", "open")),
        room={**SOUND.room, "walt": (1, 1)},
    ),
    "no live offer and no place in line": replace(SOUND, searches={**SOUND.searches, "b": "held"}),
    "the clinic reads something else": replace(
        SOUND, clinic_view={**SOUND.clinic_view, "a": "offered"}
    ),
    "the clinic waits for what is closed": replace(
        SOUND, clinic_view={**SOUND.clinic_view, "c": "assigned"}
    ),
    "the search goes on for what the clinic has ended": replace(
        SOUND, searches={**SOUND.searches, "c": "waitlisted"}
    ),
    "messages do not know a referral": replace(
        SOUND, standings={k: v for k, v in SOUND.standings.items() if k != "b"}
    ),
    "messages go on for what is closed": replace(
        SOUND,
        standings={**SOUND.standings, "c": Standing("open", revoked=False, coach=None)},
    ),
    "messages ended for what goes on": replace(
        SOUND,
        standings={**SOUND.standings, "b": Standing("ended", revoked=False, coach=None)},
    ),
    "messages name another coach": replace(
        SOUND,
        standings={**SOUND.standings, "a": Standing("open", revoked=False, coach="walt")},
    ),
    "a coach above capacity": replace(SOUND, room={**SOUND.room, "dana": (1, 0)}),
    "room counted wrong": replace(SOUND, room={**SOUND.room, "dana": (2, 2)}),
    "a text handed over twice": replace(SOUND, handed_over=Counter({"m1": 2})),
    "the same words twice under two ids": replace(SOUND, same_words=Counter({("+1", "w1"): 2})),
    "a word after a STOP": replace(SOUND, after_stop=("welcome",)),
    "a word after a revocation": replace(SOUND, after_revocation=("person_opt_out_confirmed",)),
    "a contact shown after a revocation": replace(
        SOUND, contacts_after_revocation=("page of submission 1",)
    ),
    "a difference that no human is shown": replace(
        SOUND, unseen_differences=("matching: the log has no line about it",)
    ),
    "sent, and the provider has nothing": replace(SOUND, handed_over=Counter()),
    "parked, and the provider has it": replace(SOUND, handed_over=Counter({"m1": 1, "m2": 1})),
    "a text of no message": replace(SOUND, handed_over=Counter({"m1": 1, "m9": 1})),
    "a parked message": replace(
        SOUND, messages=(*SOUND.messages, Message("m4", "welcome", "sms", "parked", "not-sent"))
    ),
    "a claim without an end": replace(
        SOUND, messages=(*SOUND.messages, Message("m4", "welcome", "sms", "claimed", None))
    ),
    "a parked record": replace(SOUND, parked_records=1),
    "an event not relayed": replace(SOUND, outbox=1),
    "a key not handled to its end": replace(SOUND, inbox_behind=("matching x y",)),
    "a broken audit chain": replace(SOUND, broken_chains=("intake is broken",)),
    "a stuck timer": replace(SOUND, stuck_timers=1),
    "a referral without a deadline": replace(SOUND, without_deadline=1),
    "a name in a log": replace(SOUND, logs="hello Canaryzq"),
}


def test_a_sound_run_has_no_violation() -> None:
    assert list(violations(SOUND)) == []


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_every_planted_violation_is_found(planted: Facts) -> None:
    assert list(violations(planted)) != []
