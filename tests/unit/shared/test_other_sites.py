"""What a browser says of where a request comes from, and what follows."""

import pytest
from starlette.datastructures import Headers

from shared.webui.other_sites import is_from_another_site

HOST = {"host": "intake.example:8101"}


@pytest.mark.parametrize(
    ("said", "foreign"),
    [
        ({}, False),
        ({"origin": "https://intake.example:8101"}, False),
        ({"origin": "https://evil.example"}, True),
        ({"origin": "https://evil.example/intake.example:8101"}, True),
        ({"origin": "https://intake.example:8102"}, True),
        ({"origin": "null"}, True),
        ({"origin": ""}, True),
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "whatever-comes-next"}, True),
    ],
)
def test_only_our_own_pages_and_programs_may_change_something(
    said: dict[str, str], foreign: bool
) -> None:
    assert is_from_another_site(Headers(HOST | said)) is foreign


def test_behind_a_proxy_that_names_another_host_the_browsers_own_word_counts() -> None:
    said = {"origin": "https://alongside.example", "sec-fetch-site": "same-origin"}
    assert not is_from_another_site(Headers(HOST | said))
