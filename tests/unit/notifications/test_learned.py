"""The second reader of texts: what it adds, what that costs, and where its weights come from."""

import pytest

from services.notifications.rules import learned
from services.notifications.rules.follows import Who
from services.notifications.rules.inbound import Before, Open, follow, read
from services.notifications.rules.keywords import Meaning
from services.notifications.rules.tongue import understand
from tests.unit.notifications.corpus import corpus
from tests.unit.notifications.train import ORDINARY, TASKS, Task, left_out, train, understood

SOUNDS = {Meaning.SOUNDS_HARD, Meaning.SOUNDS_GRAVE}
MODELS = {"hard_time": learned.HARD_TIME, "danger": learned.DANGER}


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_the_weights_are_those_of_the_corpus(task: Task) -> None:
    """Run `python -m tests.unit.notifications.train` after a change of the lines it is shown."""
    model = train(task.shown(), task.labels)
    for line in task.shown():
        words = understood(line.text)
        assert abs(MODELS[task.name].likeness(words) - model.likeness(words)) < 0.01, line


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_of_lines_it_was_not_shown_it_finds_half_and_few_ordinary_ones(task: Task) -> None:
    right, wrong = left_out(task)
    assert right >= 0.5
    assert wrong <= 0.08


def test_danger_in_words_that_no_list_knows_is_heard_as_danger() -> None:
    lines = [line for line in corpus() if line.label == "grave"]
    heard = {Meaning.DANGER, Meaning.SOUNDS_GRAVE}
    missing = [line for line in lines if heard.isdisjoint(read(line.text, Who.PERSON, Open()).says)]
    assert len(missing) <= 0.05 * len(lines), missing


def test_it_adds_to_what_rules_leave_open_and_takes_nothing_away() -> None:
    for line in corpus():
        said = {*read(line.text, Who.PERSON, Open()).says}
        if said & SOUNDS:
            left = {Meaning.WORDS, Meaning.ABOUT_ELSE, Meaning.HARD_TIME}
            assert said - SOUNDS <= left, line


def test_ordinary_lines_are_hardly_ever_taken_for_anything_else() -> None:
    ordinary = [line for line in corpus() if line.label in ORDINARY]
    hard = {*SOUNDS, Meaning.HARD_TIME}
    taken = [line for line in ordinary if hard & {*read(line.text, Who.PERSON, Open()).says}]
    assert len(taken) <= 0.02 * len(ordinary), taken


def test_what_only_sounds_grave_is_answered_as_danger_and_told_to_a_human_alone() -> None:
    reading = read("quiero que todo acabe", Who.PERSON, Open())
    assert reading.crisis is None
    assert Meaning.SOUNDS_GRAVE in reading
    follows = follow(Who.PERSON, reading, Before())
    assert [str(kind) for kind in follows.answers] == ["crisis"]
    assert [kind.value for kind, _ in follows.tasks] == ["danger"]
    assert (follows.notes, follows.facts, follows.holds) == ((), (), True)


def test_a_coach_and_our_own_words_are_never_taken_for_somebody_who_has_a_hard_time() -> None:
    hard = "my whole body is begging for it and i feel like caving"
    assert Meaning.SOUNDS_HARD not in read(hard, Who.COACH, Open())
    assert SOUNDS.isdisjoint(read(f"Liked “Alongside here. {hard}”", Who.PERSON, Open()).says)


def test_a_text_without_words_is_like_nothing() -> None:
    assert learned.HARD_TIME.likeness(understand("🙂")) == 0.0
