"""What the README tells a reader to paste is accepted."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from tests.world.conversation import Conversation
from tests.world.system import API_KEY

pytestmark = pytest.mark.timeout(120)

README = Path(__file__).parents[2] / "README.md"


def command() -> str:
    """The shell lines under "Send a referral yourself"."""
    section = README.read_text().split("## Send a referral yourself")[1].split("\n## ")[0]
    return section.split("```sh\n")[1].split("\n```")[0]


def paste(lines: str, folder: Path) -> str:
    """What a shell prints that is given these lines."""
    done = subprocess.run(
        ["bash", "-c", lines], cwd=folder, capture_output=True, text=True, check=True, timeout=30
    )
    return done.stdout


async def test_the_referral_in_the_readme_is_accepted_when_pasted(talk: Conversation) -> None:
    system = talk.system
    folder = system.site.folder / "readme"
    key = folder / ".alongside" / "secrets" / "clinic.key"
    key.parent.mkdir(parents=True, exist_ok=True)
    key.write_text(API_KEY)
    pasted = command().replace("http://127.0.0.1:8101", system.url("intake"))
    answer = json.loads(await asyncio.to_thread(paste, pasted, folder))
    assert answer["problems"] == []
    assert answer["state"] == "ready"
    await talk.until_state(answer["referral_id"], "offered")
