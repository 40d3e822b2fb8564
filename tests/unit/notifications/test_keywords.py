"""The table of keywords, row by row: who may say what, in which words, and what then follows."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from services.notifications.rules.follows import Fact, Follows, Manner, Question, Who
from services.notifications.rules.inbound import Before, Open, follow, read
from services.notifications.rules.keywords import KEYWORDS, Keyword, Meaning
from services.notifications.rules.kinds import Kind
from services.notifications.rules.plan import steps_on
from services.notifications.rules.steps import Reply


def cells() -> Iterator[tuple[Keyword, Who]]:
    for row in KEYWORDS:
        for who in row.follows:
            yield row, who


CELLS = [pytest.param(row, who, id=f"{row.meaning}-{who}") for row, who in cells()]


REFERRAL = UUID(int=1)


def situation(row: Keyword, who: Who) -> Open:
    """What has to be open for the row to be meant."""
    return Open(
        question=row.question,
        opted_out=row.meaning is Meaning.START,
        offers=("27",) if who is Who.COACH else (),
        coached=(REFERRAL,) if who is Who.PERSON else (),
    )


@pytest.mark.parametrize(("row", "who"), CELLS)
def test_every_word_of_a_row_is_read_as_that_row(row: Keyword, who: Who) -> None:
    words = row.exact | {row.digit} if row.digit else row.exact
    for word in words:
        reading = read(str(word), who, situation(row, who))
        assert set(reading.says) - {Meaning.DANGER, Meaning.HARD_TIME} == {row.meaning}, word


@pytest.mark.parametrize(("row", "who"), CELLS)
def test_a_row_gives_an_answer_or_a_human_or_says_why_not(row: Keyword, who: Who) -> None:
    follows = row.follows[who]
    silent = {
        (Meaning.STOP, Who.STRANGER): "the provider confirms a stop by itself",
        (Meaning.WRONG_NUMBER, Who.STRANGER): "as a stop",
        (Meaning.START, Who.STRANGER): "the provider confirms it by itself",
        (Meaning.ACCEPT, Who.COACH): "matching judges it, and its event brings the answer",
        (Meaning.PASS, Who.COACH): "matching judges it, and its event brings the answer",
    }
    is_heard = follows.answer is not None or follows.task is not None
    assert is_heard != ((row.meaning, who) in silent)


def test_an_answer_is_sent_in_one_manner_whatever_brings_it() -> None:
    manners: dict[Reply, set[Manner]] = {}
    for row, who in cells():
        follows = row.follows[who]
        if follows.answer is not None and who is not Who.STRANGER:
            manners.setdefault(Reply(who, follows.answer), set()).add(follows.manner)
            assert len(steps_on(Reply(who, follows.answer))) == 1
    assert [reply for reply, each in manners.items() if len(each) > 1] == []


def test_only_a_person_has_a_coach_or_a_clinic_who_is_told() -> None:
    told = {who for row, who in cells() if row.follows[who].notes}
    assert told == {Who.PERSON}


def test_facts_about_a_referral_follow_only_from_what_its_person_says() -> None:
    of_people = {Fact.FLAGGED, Fact.REPLIED}
    assert {who for row, who in cells() if not of_people.isdisjoint(row.follows[who].facts)} == {
        Who.PERSON
    }
    assert {who for row, who in cells() if Fact.OFFER_ANSWERED in row.follows[who].facts} == {
        Who.COACH
    }


def test_what_holds_texts_asks_a_human() -> None:
    assert [row.meaning for row, who in cells() if _holds_alone(row.follows[who])] == []


def _holds_alone(follows: Follows) -> bool:
    return follows.holds and follows.task is None


def test_danger_and_a_stop_in_one_text_get_both_answers_and_one_task() -> None:
    reading = read("STOP. i want to kill myself", Who.PERSON, Open())
    follows = follow(Who.PERSON, reading)
    assert reading.says == (Meaning.DANGER, Meaning.STOP)
    assert [str(kind) for kind in follows.answers] == ["crisis", "opt_out_confirmed"]
    assert [(kind.value, why) for kind, why in follows.tasks] == [("danger", Meaning.DANGER)]


def test_danger_is_answered_before_anything_else_that_a_text_says() -> None:
    assert KEYWORDS[0].meaning is Meaning.DANGER
    assert all(row.answer is not None for row in KEYWORDS[0].follows.values())


def answers(body: str, *unread: Meaning, who: Who = Who.PERSON) -> list[str]:
    before = Before(frozenset(unread))
    return [str(kind) for kind in follow(who, read(body, who, Open()), before).answers]


def test_a_death_is_answered_once_and_then_nothing_is_but_danger_a_stop_and_help() -> None:
    assert answers("this is his mom, he passed away") == ["death_heard"]
    assert answers("he passed away", Meaning.DEATH) == []
    assert answers("thank you", Meaning.DEATH) == []
    assert answers("i want to drink so bad", Meaning.DEATH) == []
    assert answers("help", Meaning.DEATH) == ["help"]
    assert answers("please stop texting", Meaning.DEATH) == ["opt_out_confirmed"]
    assert answers("i want to kill myself", Meaning.DEATH) == ["crisis"]


def test_a_death_told_with_a_stop_ends_texts_and_gets_the_one_kind_answer() -> None:
    follows = follow(Who.PERSON, read("he died. stop texting", Who.PERSON, Open()))
    assert [str(kind) for kind in follows.answers] == ["death_heard"]
    assert (Fact.OPTED_OUT, Meaning.STOP) in follows.facts
    assert "coach_use_another_way" not in map(str, follows.notes)


def test_a_revocation_is_answered_once_and_takes_the_place_of_the_confirmation_of_a_stop() -> None:
    body = "I revoke my consent, delete my information and stop texting me"
    assert answers(body) == ["revocation_heard"]
    assert answers(body, Meaning.REVOCATION) == []
    assert answers(body, who=Who.STRANGER) == ["revocation_heard"]
    assert answers(body, who=Who.COACH) == ["opt_out_confirmed"]


@pytest.mark.parametrize(
    "body",
    ["I relapsed last night", "I want to stop drinking but I can't", "no puedo dejar de tomar"],
)
def test_craving_gets_a_warm_answer_a_coach_and_a_human_and_never_the_menu(body: str) -> None:
    follows = follow(Who.PERSON, read(body, Who.PERSON, Open()))
    assert [str(kind) for kind in follows.answers] == ["hard_time"]
    assert [str(kind) for kind in follows.notes] == ["coach_hard_time"]
    assert [kind.value for kind, _ in follows.tasks] == ["somebody_struggles"]


@pytest.mark.parametrize("body", ["3", "3. I drank", "not good"])
def test_a_low_answer_to_a_check_in_is_a_hard_time_too(body: str) -> None:
    follows = follow(Who.PERSON, read(body, Who.PERSON, Open(Question.CHECK_IN)))
    assert [str(kind) for kind in follows.answers] == ["hard_time"]
    assert (Fact.REPLIED, Meaning.NOT_GOOD) in follows.facts


@pytest.mark.parametrize(
    "also",
    ["he passed away", "I revoke my consent", "I relapsed", "STOP", "wrong number", "3"],
)
def test_danger_wins_over_whatever_else_is_said(also: str) -> None:
    reading = read(f"{also}. i want to kill myself", Who.PERSON, Open(Question.CHECK_IN))
    follows = follow(Who.PERSON, reading)
    assert reading.crisis is not None
    assert str(follows.answers[0]) == "crisis"
    assert "menu" not in map(str, follows.answers)
    assert "danger" in [kind.value for kind, _ in follows.tasks]
    assert follows.holds


@pytest.mark.parametrize("body", ["are you there", "1", "OTHER", "i relapsed", "cant stop crying"])
def test_after_danger_a_plain_word_gets_the_crisis_text_again_but_not_too_often(body: str) -> None:
    reading = read(body, Who.PERSON, Open(Question.NUMBER_CHECK))
    unread = frozenset({Meaning.DANGER})
    assert follow(Who.PERSON, reading, Before(unread)).answers == (Kind.CRISIS,)
    assert follow(Who.PERSON, reading, Before(unread, crisis_lately=True)).answers == ()
    assert answers("i want to kill myself", Meaning.DANGER) == ["crisis"]
    assert answers("STOP", Meaning.DANGER) == ["opt_out_confirmed"]
    assert answers("START", Meaning.DANGER) == ["start_confirmed"], "STOP has offered the word"
    assert answers("1", Meaning.DANGER, who=Who.COACH) == ["offer_reply_too_late"]


def test_the_menu_comes_once_until_a_human_has_read_what_was_written() -> None:
    assert answers("can Dana call me") == ["menu"]
    assert answers("can Dana call me", Meaning.WORDS) == []
    assert answers("i need a ride", Meaning.WORDS, who=Who.COACH) == []
    assert answers("1", Meaning.WORDS, who=Who.COACH) == ["offer_reply_too_late"]
