"""In which language the sender composes what is due."""

from dataclasses import replace
from typing import cast

import pytest

from services.notifications.rules.facts import Number
from services.notifications.rules.follows import Who
from services.notifications.rules.formats import Language
from services.notifications.rules.kinds import Kind
from services.notifications.rules.plan import steps_on
from services.notifications.rules.steps import Reply
from services.notifications.sending.outbound import Links, MessageComposer
from services.notifications.sending.particulars import NOTHING
from services.notifications.wiring import wording
from shared.events import Channel
from shared.vault import Vault
from tests.architecture.composed import OpenBook, due_message

LINKS = Links(
    **dict.fromkeys(("offers", "clinics", "sign_in", "desk"), "https://a.example"),
    key=b"",
    sign_in_key=b"",
    team_phone="800-555-0100",
)
COMPOSER = MessageComposer(OpenBook(cast(Vault, None), b""), wording(), LINKS, b"")


@pytest.mark.parametrize(
    ("of_record", "of_text", "said"),
    [
        ("en", "es", "llama al 988 y oprime 2"),
        ("es", "en", "call or text 988 any time"),
        ("en", None, "call or text 988 any time"),
        ("es", None, "llama al 988 y oprime 2"),
        ("vi", "es", "llama al 988 y oprime 2"),
    ],
)
async def test_an_answer_to_danger_is_in_the_language_of_the_text_else_of_the_record(
    of_record: str, of_text: str | None, said: str
) -> None:
    (step,) = steps_on(Reply(Who.PERSON, Kind.CRISIS))
    due = due_message(step, Language.ENGLISH, Number.VERIFIED, 0)
    due = replace(due, language=of_record, answer_language=of_text)
    outgoing = await COMPOSER.compose(due, step, Channel.SMS, NOTHING)
    assert said in outgoing.text.body
