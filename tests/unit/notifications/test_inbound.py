from uuid import UUID

import pytest

from services.notifications.rules.follows import Question, Who
from services.notifications.rules.inbound import Open, Reading, read
from services.notifications.rules.keywords import ENDS_TEXTS, Meaning

CHECK_IN, NUMBER_CHECK = Question.CHECK_IN, Question.NUMBER_CHECK


HERS, HIS = UUID(int=1), UUID(int=2)
"""Referrals whose coaches are known at the number."""


def from_person(
    body: str,
    *,
    pending: Question | None = None,
    opted_out: bool = False,
    coached: tuple[UUID, ...] = (HERS,),
) -> Reading:
    return read(body, Who.PERSON, Open(pending, opted_out, coached=coached))


def from_coach(body: str, *open_offers: str) -> Reading:
    return read(body, Who.COACH, Open(offers=open_offers))


def ends_texts(reading: Reading) -> bool:
    return not ENDS_TEXTS.isdisjoint(reading.says)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("1", Meaning.GOOD),
        ("1.", Meaning.GOOD),
        ("1️⃣", Meaning.GOOD),
        ("１", Meaning.GOOD),
        ("Good, thanks", Meaning.GOOD),
        ("muy bien gracias", Meaning.GOOD),
        ("👍", Meaning.GOOD),
        ("2", Meaning.SO_SO),
        ("so-so", Meaning.SO_SO),
        ("más o menos", Meaning.SO_SO),
        ("3", Meaning.NOT_GOOD),
        ("not good", Meaning.NOT_GOOD),
        ("Mal", Meaning.NOT_GOOD),
        ("👎", Meaning.NOT_GOOD),
    ],
)
def test_a_check_in_is_answered_by_digit_or_word(body: str, code: Meaning) -> None:
    reading = from_person(body, pending=CHECK_IN)
    assert reading == Reading((code,))


def test_words_after_an_answer_are_kept_for_a_human() -> None:
    reading = from_person("3. Rough week, my car broke down", pending=CHECK_IN)
    assert reading.says == (Meaning.NOT_GOOD, Meaning.WORDS)


def test_a_digit_that_counts_something_is_no_answer() -> None:
    assert from_person("3 days now!", pending=CHECK_IN).says == (Meaning.WORDS,)


def test_a_digit_without_a_question_is_for_a_human() -> None:
    assert from_person("1") == Reading((Meaning.WORDS,))


@pytest.mark.parametrize("body", ["1", "1 yes its me", "yes", "Yes this is me", "sí", "soy yo"])
def test_the_number_check_is_answered_by_one_or_yes(body: str) -> None:
    reading = from_person(body, pending=NUMBER_CHECK)
    assert Meaning.YES in reading
    assert not ends_texts(reading)


@pytest.mark.parametrize("body", ["no", "No.", "nope", "👎", "not me", "no soy yo"])
def test_a_no_to_the_number_check_is_a_wrong_number(body: str) -> None:
    reading = from_person(body, pending=NUMBER_CHECK)
    assert Meaning.WRONG_NUMBER in reading
    assert ends_texts(reading)


def test_a_polite_no_to_the_number_check_ends_texts_and_blames_no_number() -> None:
    reading = from_person("no thanks", pending=NUMBER_CHECK)
    assert Meaning.UNSURE in reading
    assert Meaning.WRONG_NUMBER not in reading


def test_a_no_to_a_check_in_is_an_answer_and_ends_nothing() -> None:
    reading = from_person("no", pending=CHECK_IN)
    assert not ends_texts(reading)
    assert Meaning.NOT_GOOD in reading


@pytest.mark.parametrize("body", ["OTHER", "other please", "Otra", "someone else", "otra persona"])
@pytest.mark.parametrize("pending", [None, CHECK_IN, NUMBER_CHECK])
def test_somebody_else_can_be_asked_for_at_any_time(body: str, pending: Question | None) -> None:
    reading = from_person(body, pending=pending)
    assert reading == Reading((Meaning.OTHER_COACH,), referral=HERS)


@pytest.mark.parametrize("coached", [(), (HERS, HIS)])
@pytest.mark.parametrize("pending", [None, CHECK_IN, NUMBER_CHECK])
def test_nobody_is_released_by_a_guess_which_coach_is_meant(
    coached: tuple[UUID, ...], pending: Question | None
) -> None:
    assert from_person("OTHER", pending=pending, coached=coached) == Reading((Meaning.WORDS,))


def test_yes_starts_texts_again_only_while_they_are_stopped() -> None:
    assert Meaning.START in from_person("YES", opted_out=True)
    assert Meaning.START not in from_person("YES")
    assert Meaning.START not in from_person("yes", pending=NUMBER_CHECK)


@pytest.mark.parametrize("body", ["START", "unstop", "Empezar", "reanudar por favor"])
def test_start_words_start_again(body: str) -> None:
    assert from_person(body, opted_out=True) == Reading((Meaning.START,))


def test_start_while_nothing_is_stopped_is_read_by_a_human_too() -> None:
    """Our last text to a person says "To start again, just reply", and means support."""
    assert from_person("START").says == (Meaning.START, Meaning.WORDS)


def test_stop_beats_start_in_one_text() -> None:
    assert ends_texts(from_person("start over or stop. STOP", opted_out=True))


def test_a_cry_for_help_gets_the_help_text_and_a_human() -> None:
    assert from_person("help me please") == Reading((Meaning.ASKS,))


@pytest.mark.parametrize("body", ["", "   ", "🙂", "..."])
def test_a_text_without_words_goes_to_a_human(body: str) -> None:
    assert from_person(body) == Reading((Meaning.WORDS,))


def test_a_long_opt_out_is_obeyed_and_read_by_a_human() -> None:
    reading = from_person("Stop texting me, I am in the hospital and cannot talk this week")
    assert ends_texts(reading)
    assert Meaning.WORDS in reading
    assert Meaning.UNSURE not in reading


def test_an_opt_out_with_a_coded_answer_is_only_an_opt_out() -> None:
    reading = from_person("1. and stop texting me", pending=CHECK_IN)
    assert reading.says == (Meaning.STOP,)


def test_a_crisis_keeps_the_coded_answer_beside_it() -> None:
    reading = from_person("3. I want to die", pending=CHECK_IN)
    assert reading.crisis is not None
    assert Meaning.NOT_GOOD in reading
    assert Meaning.DANGER in reading


def test_a_negated_danger_is_still_a_danger() -> None:
    assert from_person("I am not suicidal").crisis is not None
    assert from_person("no me quiero morir").crisis is not None


@pytest.mark.parametrize(
    "body", ["1", "1.", "accept", "ACCEPT!", "I accept", "Acepto", "1 please", "accept the offer"]
)
def test_a_coach_accepts_the_open_offer(body: str) -> None:
    assert from_coach(body, "27") == Reading((Meaning.ACCEPT,), offer="27")


@pytest.mark.parametrize("body", ["2", "pass", "Paso", "not this time", "no", "No thanks", "👎"])
def test_a_coach_passes_the_open_offer(body: str) -> None:
    assert from_coach(body, "27") == Reading((Meaning.PASS,), offer="27")


@pytest.mark.parametrize("body", ["1 27", "27 1", "1-27", "accept 27", "acepto 27", "1 #27"])
def test_a_code_names_one_of_two_offers(body: str) -> None:
    assert from_coach(body, "27", "31") == Reading((Meaning.ACCEPT,), offer="27")


def test_a_code_that_is_not_open_is_handed_on_so_that_no_other_offer_is_taken() -> None:
    assert from_coach("1 31", "27") == Reading((Meaning.OFFER_GONE,))


def test_two_open_offers_and_no_code_ask_which() -> None:
    assert from_coach("1", "27", "31") == Reading((Meaning.WHICH_OFFER,))
    assert from_coach("pass", "27", "31") == Reading((Meaning.WHICH_OFFER,))


def test_an_answer_after_every_offer_is_gone_is_still_an_answer() -> None:
    assert from_coach("1") == Reading((Meaning.OFFER_GONE,))


@pytest.mark.parametrize("body", ["yes", "YES", "start", "sure", "ok", "👍"])
def test_no_opt_in_word_ever_accepts_an_offer(body: str) -> None:
    assert Meaning.ACCEPT not in from_coach(body, "27")


@pytest.mark.parametrize(
    "body", ["1 but only after Friday", "accept? who is it", "1 or 2", "can I accept later"]
)
def test_words_beside_an_answer_make_it_a_message_for_a_human(body: str) -> None:
    reading = from_coach(body, "27")
    assert reading.says == (Meaning.WORDS,)
    assert Meaning.WORDS in reading


@pytest.mark.parametrize("body", ["STOP", "cancel", "end", "QUIT", "unsubscribe"])
def test_a_coach_who_says_stop_stops_texts_and_not_an_offer(body: str) -> None:
    assert from_coach(body, "27").says == (Meaning.STOP,)


def test_danger_is_looked_for_in_a_coachs_text_too() -> None:
    assert from_coach("I want to die", "27").crisis is not None


def test_a_reaction_to_our_safety_line_is_no_crisis_but_real_words_beside_it_are() -> None:
    quoted = "Alongside here. In danger call 911. To talk: call or text 988."
    assert from_person(f"Liked “{quoted}”").crisis is None
    assert from_person(f"{quoted} I want to die").crisis is not None


@pytest.mark.parametrize(
    "body",
    [
        "This isnt Sam",
        "I'm not Sam",
        "I’m not Sam 😡",
        "  Sam doesn't live here",
        "Sam changed his number",
        "my name isn't Sam.",
        "There is no Sam here",
        "yo no soy Sam",
        "No soy Samuel",
        "no conozco a ningún Sam",
        "I don't know a Sam",
        "I don't know anyone named Sam",
    ],
)
def test_whoever_denies_a_name_has_another_persons_number(body: str) -> None:
    assert Meaning.WRONG_NUMBER in from_person(body)


@pytest.mark.parametrize(
    "body",
    ["I'm not Catholic", "Not Friday, Monday", "this isn't Good", "I'm not Ok", "i'm not sure"],
)
def test_denying_something_else_than_a_name_ends_nothing(body: str) -> None:
    assert not ends_texts(from_person(body))


def test_two_codes_in_one_answer_are_for_a_human() -> None:
    reading = from_coach("1 27 31", "27", "31")
    assert reading == Reading((Meaning.WORDS,))
