"""One referral's story in one step: all services, one line of time, no name, no number, no word."""

import asyncio
import io
import json
from collections.abc import Sequence

import pytest
from rich.console import Console

from deploy.local import story as stories
from deploy.local.errors import LocalError
from deploy.local.story import Story
from tests.e2e.telling import assigned, phone
from tests.world.conversation import Conversation
from tests.world.system import until

pytestmark = pytest.mark.timeout(120)

WORDS = "quite alright, the heron came back"
STEPS = (
    ("intake", "referral.received"),
    ("matching", "offer.made"),
    ("matching", "coach.assigned"),
    ("notifications", "text.came"),
)


def positions(story: Story, steps: Sequence[tuple[str, str]]) -> list[int]:
    happened = [(one.service, one.what) for one in story.entries if not one.is_to_come]
    return [happened.index(step) for step in steps]


async def test_an_operator_reads_what_happened_and_what_is_to_come(talk: Conversation) -> None:
    referral, _, _ = await assigned(talk, 961)
    await talk.text_to(phone(961), about="will call or text you by")
    await talk.type_text(phone(961), WORDS)
    reference = (await talk.referral(referral))["reference"]

    async def told() -> Story | None:
        story = await asyncio.to_thread(stories.story_of, talk.system.site, referral)
        heard = [one.what for one in story.entries]
        return story if "text.came" in heard and heard.count("message.delivered") > 2 else None

    story = await until(told, what="the story to be complete")
    assert positions(story, STEPS) == sorted(positions(story, STEPS))
    assert story.standing["intake"]["progress"] == "assigned"
    assert story.standing["matching"]["state"] == "assigned"
    assert {one.what for one in story.entries if one.is_to_come} >= {"timer.first_contact_due"}

    out = io.StringIO()
    console = Console(file=out, width=200)
    stories.print_story(console, story)
    stories.print_as_json(console, story)
    printed = out.getvalue()
    assert reference in printed
    assert all(secret not in printed for secret in ("Sam", phone(961)[2:], WORDS, "Coach"))
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    assert len(lines) == 1 + len(story.entries)


async def test_it_is_found_by_whatever_somebody_has_in_their_hand(talk: Conversation) -> None:
    referral, coach_phone, _ = await assigned(talk, 962)
    shown = await talk.referral(referral)
    site = talk.system.site
    number = f"coach-{int(coach_phone[-2:])}"
    for asked in (
        referral,
        shown["reference"],
        shown["reference"].replace("-", "").lower(),
        phone(962),
        coach_phone,
        number,
    ):
        assert referral in await asyncio.to_thread(stories.find, site, asked), asked
    with pytest.raises(LocalError, match="nothing is known of `XXXX-XXXX`"):
        stories.find(site, "XXXX-XXXX")
