"""The verb `story` of matching."""

from collections.abc import Sequence
from uuid import UUID

from services.matching.rules.roster import coach_id_of
from services.matching.settings import Settings
from services.matching.store import story
from shared.command import Verb
from shared.db import Connection
from shared.service import Core
from shared.story_command import Story, id_in, story_verb


async def _find(_: Core[Settings], connection: Connection, text: str) -> Sequence[UUID]:
    """A coach by number or id, or an offer."""
    return await story.of_coach(connection, id_in(text) or coach_id_of(text))


async def _tell(connection: Connection, referral_id: UUID) -> Story | None:
    row = await story.standing(connection, referral_id)
    if row is None:
        return None
    offers = await story.offers_of(connection, referral_id)
    asked = [f"{one['coach_id']} {one['state']} {one['reason'] or ''}".strip() for one in offers]
    return Story({**row, "offers": asked}, [referral_id, *(one["offer_id"] for one in offers)])


STORY: Verb[Settings] = story_verb(_find, _tell)
