"""The verb `story` of intake."""

import re
from collections.abc import Sequence
from uuid import UUID

from services.intake.rules.reference import LENGTH
from services.intake.settings import Settings
from services.intake.store import story
from shared.command import Verb
from shared.db import Connection
from shared.service import Core
from shared.story_command import Story, id_in, story_verb

_REFERENCE = re.compile(rf"[A-Z0-9]{{{LENGTH}}}")


async def _find(_: Core[Settings], connection: Connection, text: str) -> Sequence[UUID]:
    asked = id_in(text)
    if asked is not None:
        return await story.by_id(connection, asked)
    letters = text.upper().replace("-", "").replace(" ", "")
    if not _REFERENCE.fullmatch(letters):
        return []
    return await story.by_reference(connection, f"{letters[:4]}-{letters[4:]}")


async def _tell(connection: Connection, referral_id: UUID) -> Story | None:
    row = await story.standing(connection, referral_id)
    if row is None:
        return None
    return Story(dict(row), [referral_id, row["person_id"]])


STORY: Verb[Settings] = story_verb(_find, _tell)
