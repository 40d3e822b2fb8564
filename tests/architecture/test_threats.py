"""The page of threats names tests that are there, for everything that it says is stopped."""

import re

from tests.architecture.tree import ROOT, files, text_of

ROW = re.compile(r"^\| (?!could try to|---)(.+) \| (.+) \| ?(.*?) ?\|$", re.MULTILINE)


def rows() -> list[tuple[str, str, set[str]]]:
    """What somebody could try, what stops it, and the tests that show it."""
    found = ROW.findall(text_of(ROOT / "docs" / "threats.md"))
    return [(what, why, set(re.findall(r"`(test_\w+)`", tests))) for what, why, tests in found]


def test_every_test_that_the_page_of_threats_names_is_there() -> None:
    known = set(re.findall(r"def (test_\w+)", "\n".join(map(text_of, files("tests")))))
    assert {name for _, _, tests in rows() for name in tests} - known == set()


def test_what_is_stopped_has_a_test_and_what_is_not_says_so() -> None:
    assert len(rows()) > 40
    silent = [what for what, why, tests in rows() if not tests and not admits(why)]
    assert silent == []


def admits(why: str) -> bool:
    """Whether a row without a test says that nothing, or too little, is in the way."""
    return why.startswith("nothing") or "who has the phone can" in why
