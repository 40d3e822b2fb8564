"""Who is asked in the world of these tests, and what can be made to go wrong there."""

from typing import Any

from tests.world.conversation import Conversation
from tests.world.stories import coach

LANGUAGES = ("vi", "so", "hi", "ko")
"""One coach each, so that a test knows who is asked."""
FIRST_COACH = 60
TWO_WITHOUT_MAIL = ("tl", "ru")
"""Two coaches each, who have a telephone only."""
FIRST_WITHOUT_MAIL = 70

SETTINGS = {
    "NOTIFICATIONS_TEXTS_OPEN": "00:00",
    "NOTIFICATIONS_TEXTS_CLOSE": "00:00",
    "NOTIFICATIONS_LOOK_UP_AFTER_SECONDS": "1",
    "SIMULATOR_SENT_AFTER_SECONDS": "0.01",
    "SIMULATOR_DELIVERED_AFTER_SECONDS": "0.02",
}
NOT_A_MOBILE, LANDLINE, NEVER_MET = 21614, 30006, 29999
"""Codes of the text provider; the last one has no class."""


def roster() -> list[dict[str, Any]]:
    """The coaches, as a seed file lists them; the last four speak English."""
    with_mail = [
        coach(FIRST_COACH + number, languages=[language], max_active=20)
        for number, language in enumerate(LANGUAGES)
    ]
    without_mail = [
        coach(FIRST_WITHOUT_MAIL + number, languages=[language], email=None)
        for number, language in enumerate(TWO_WITHOUT_MAIL * 2)
    ]
    return [*with_mail, *without_mail, *(coach(number, max_active=20) for number in range(80, 84))]


async def faults(talk: Conversation, *rules: dict[str, Any]) -> None:
    """What goes wrong with texts from now on, instead of what did so far."""
    url = f"{talk.system.url('simulator')}/simulator/faults"
    answer = await talk.browser.put(url, json={"rules": rules})
    assert answer.status_code == 200, answer.text
