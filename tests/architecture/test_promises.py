"""Whatever a text, a mail or a page promises is kept by something that is wired."""

import inspect
from pathlib import Path

import pytest

from services.notifications.rules.keywords import BY_MEANING, Meaning
from services.notifications.rules.kinds import Kind
from services.notifications.rules.plan import STEPS
from shared.tasks import TaskKind
from shared.transaction import Timer
from tests.architecture import tasks
from tests.architecture.promise_table import PROMISES
from tests.architecture.promises import (
    Keeper,
    Outside,
    Page,
    Promise,
    Said,
    everything_said,
    made_in,
    unlisted,
)
from tests.architecture.promises_page import PARTS, said_of
from tests.architecture.wirings import parts, routes, wired


def _exists(keeper: Keeper) -> bool:
    match keeper:
        case Outside():
            return True
        case Page(service=service, method=method, path=path):
            return (method, path) in routes(service)
        case Kind():
            return keeper in {step.kind for step in STEPS}
        case Meaning():
            return bool(BY_MEANING[keeper].follows)
        case TaskKind():
            return keeper in tasks.opened() and keeper in tasks.closed()
        case type() if issubclass(keeper, Timer):
            return any(keeper in wiring.timers for wiring in parts().values())
        case _:
            return (Path(inspect.getfile(keeper)), keeper.__name__) in wired()


@pytest.mark.parametrize(
    "said", everything_said(), ids=lambda said: f"{said.language} {said.where}"
)
def test_what_sounds_like_a_promise_has_a_line(said: Said) -> None:
    assert unlisted(said, PROMISES) == []


@pytest.mark.parametrize("promise", PROMISES, ids=lambda one: one.english[0])
def test_a_promise_is_kept_by_something_that_is_wired(promise: Promise) -> None:
    assert promise.kept_by
    assert [said_of(one) for one in promise.kept_by if not _exists(one)] == []


def test_the_page_has_every_line() -> None:
    shown = [promise for _, promises in PARTS for promise in promises]
    assert sorted(one.english for one in shown) == sorted(one.english for one in PROMISES)


def test_a_line_that_nobody_says_any_more_is_taken_out() -> None:
    for language in ("en", "es"):
        said = "\n".join(
            sentence.casefold()
            for one in everything_said()
            if one.language == language
            for sentence in one.sentences
        )
        listed = [words for one in PROMISES for words in one.words(language)]
        assert [words for words in listed if words.casefold() not in said] == []


def test_a_message_promises_the_same_in_both_languages() -> None:
    promised: dict[str, dict[str, list[str]]] = {}
    for said in everything_said():
        if "/" not in said.where:
            made = [one.english[0] for one in made_in(said, PROMISES)]
            promised.setdefault(said.where, {})[said.language] = made
    differing = {name: both for name, both in promised.items() if both["en"] != both["es"]}
    assert differing == {}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Somebody will call you back."),
        ("en", "Please answer by {by}, and we send flowers."),
        ("en", "You can answer here: {link}"),
        ("es", "Mañana te va a llamar alguien."),
        ("es", "Responde MAPA para ver un mapa."),
    ],
)
def test_a_planted_promise_is_found(language: str, sentence: str) -> None:
    assert unlisted(Said("planted", language, (sentence,)), PROMISES) == [sentence]
