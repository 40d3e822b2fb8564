"""What holds for every text, fault and word: the simulator's pure parts."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.simulator.courier import WAITS
from deploy.simulator.faults import Fault, Faults, Rule
from deploy.simulator.journey import journey
from deploy.simulator.messages import Status
from deploy.simulator.segments import parts
from deploy.simulator.twilio_api import is_phone_number
from deploy.simulator.words import initials, number_words, quick_answers, with_links

RANK = {Status.QUEUED: 0, Status.SENT: 1}
faults = st.sets(st.sampled_from(list(Fault)))
texts = st.text(
    alphabet=st.one_of(st.sampled_from("<>&\"'/:.?=)htps ñ"), st.characters(codec="utf-8")),
    max_size=80,
)
links = st.sampled_from(["https://a.example/r/x?y=1&z=2", "http://h/<b>", "javascript:x", ""])


@given(faults, st.floats(0, 9), st.floats(0, 9))
def test_every_text_moves_forward_to_one_end(
    met: set[Fault], sent: float, delivered: float
) -> None:
    """Whatever goes wrong: queued first, then never back, and waits are never negative."""
    way = journey({f: Rule(fault=f) for f in met}, sent_after=sent, delivered_after=delivered)
    ranks = [RANK.get(step.status, 2) for step in way.steps]
    assert ranks[0] == 0
    assert ranks == sorted(set(ranks))
    assert all(step.after >= 0 for step in way.steps)
    assert (ranks[-1] == 2) is (Fault.NO_RECEIPTS not in met)
    assert (way.copies == 0) is (Fault.NO_RECEIPTS in met)


@given(faults)
def test_only_a_bad_end_has_an_error_code(met: set[Fault]) -> None:
    """And a bad end always has one."""
    way = journey({f: Rule(fault=f) for f in met}, sent_after=1, delivered_after=1)
    for step in way.steps:
        bad = step.status in (Status.UNDELIVERED, Status.FAILED)
        assert (step.error_code is not None) is bad


@given(st.lists(st.integers(1, 4), max_size=3), st.integers(0, 12), st.integers(0, 99))
def test_a_rule_is_met_as_often_as_it_says(limits: list[int], sends: int, seed: int) -> None:
    """Rules of one kind come one after the other; used-up rules are gone."""
    rules = [Rule(fault=Fault.REFUSE, to="+12065550101", next_sends=n) for n in limits]
    table = Faults(seed=seed)
    table.replace(rules)
    met = sum(bool(table.draw("+12065550101")) for _ in range(sends))
    assert met == min(sends, sum(limits))
    assert table.draw("+12065550102") == {}
    assert sum(rule.next_sends or 0 for rule in table.rules) == sum(limits) - met
    assert [rule.next_sends for rule in rules] == limits


@given(st.integers(0, 9999), st.floats(0.05, 0.95))
def test_the_same_seed_gives_the_same_chance(seed: int, probability: float) -> None:
    """A run can be repeated."""

    def draws() -> list[bool]:
        table = Faults(seed=seed)
        table.replace([Rule(fault=Fault.FAIL, probability=probability)])
        return [bool(table.draw("+1")) for _ in range(20)]

    assert draws() == draws()


@given(texts, links, texts)
def test_a_text_on_the_page_says_what_was_sent_and_nothing_runs(
    before: str, link: str, after: str
) -> None:
    """Only our own anchors are markup; what is left, unescaped, is the text itself."""
    body = before + link + after
    html = str(with_links(body))
    for target in re.findall(r'href="([^"]*)"', html):
        assert target.startswith(("http://", "https://"))
    hidden = '<span class="unseen"> (opens in a new tab)</span></a>'
    opening = r'<a href="[^"<>]*" target="_blank" rel="noopener noreferrer">'
    plain = re.sub(opening, "", html.replace(hidden, ""))
    assert "<" not in plain
    assert unescape(plain) == body


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("", 1),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("ñ" * 160, 1),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("á" * 70, 1),
        ("á" * 71, 2),
        ("🛑" * 35, 1),
        ("🛑" * 36, 2),
    ],
)
def test_a_text_takes_as_many_parts_as_on_the_air(body: str, count: int) -> None:
    """160 then 153 units of GSM-7, 70 then 67 of UCS-2."""
    assert parts(body) == count


@pytest.mark.parametrize(
    ("body", "answers"),
    [
        ("Answer by 2:35 PM: http://a/1/2 Reply 1 to accept, 2 to pass.", ("1", "2")),
        ("¿Qué tal te va? Responde 1 bien, 2 regular, 3 mal.", ("1", "2", "3")),
        ("Reply 1 for yes, STOP to end. In danger call 911. Call or text 988.", ("1", "STOP")),
        ("Want someone else? Reply OTHER. Reply STOP to end texts.", ("OTHER", "STOP")),
        ("Dana will call by Tue 5 PM.", ()),
    ],
)
def test_the_answers_that_a_text_asks_for_are_offered(body: str, answers: tuple[str, ...]) -> None:
    """Clock times, emergency numbers and links are no answers."""
    assert quick_answers(body) == answers


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("+12065550101", True),
        ("+1206555010", False),
        ("+11065550101", False),
        ("+4915112345678", True),
        ("+0123456789", False),
        ("2065550101", False),
        ("+12065550101 ", False),
    ],
)
def test_a_number_is_written_in_full(number: str, valid: bool) -> None:
    """E.164, and ten digits in North America."""
    assert is_phone_number(number) is valid


def test_labels_and_numbers_are_shortened_for_people() -> None:
    """A face has at most two letters; a foreign number stays as it is."""
    assert initials("Riverbend Clinic front context") == "RC"
    assert initials("") == "#"
    assert number_words("+12065550101") == "+1 (206) 555-0101"
    assert number_words("+4915112345678") == "+4915112345678"


def test_waits_for_a_webhook_grow() -> None:
    """So that a receiver that comes back is not run over."""
    assert list(WAITS) == sorted(set(WAITS))
