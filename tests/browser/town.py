"""One running system in which everything that a page can show has happened to somebody."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from deploy.local.secret_files import secret
from shared.offer_link import offer_code
from shared.settings import key_of
from tests.world.conversation import Conversation, OfferText
from tests.world.engines import Engines
from tests.world.stories import clinic, coach, submission
from tests.world.system import API_KEY, System, until

EMPTY_CLINIC_KEY = "emptyclinic1.0123456789abcdef0123456789abcdef01234567"
LONG_COACH = "Maximiliana-Guadalupe Featherstonehaugh-Villanueva"
LONG_PERSON = "Bartholomäus-Alexander Featherstonehaugh-Cholmondeley van der Berghe"
COACHES = 13
SPANISH, LONG = 14, 15
"""Numbers of the coach who reads Spanish, and of the one with the long name."""

SETTINGS = {
    "NOTIFICATIONS_TEXTS_OPEN": "00:00",
    "NOTIFICATIONS_TEXTS_CLOSE": "00:00",
    "SIMULATOR_SENT_AFTER_SECONDS": "0.01",
    "SIMULATOR_DELIVERED_AFTER_SECONDS": "0.02",
    "MATCHING_OFFER_WINDOW_URGENT": "1 s",
}


def new_system(engines: Engines) -> System:
    """Two clinics, fifteen coaches; an urgent offer lapses after a second."""
    town = System(engines, asyncio.run(engines.new_site()), settings=SETTINGS)
    town.seed("intake", [clinic(), clinic("empty-clinic", api_key=EMPTY_CLINIC_KEY)])
    town.seed(
        "matching",
        [
            *(coach(number, max_active=9) for number in range(1, COACHES + 1)),
            coach(SPANISH, name="Inés", language="es", languages=["es"]),
            coach(LONG, name=LONG_COACH, languages=["pt"], kinds_of_support=list(KINDS)),
        ],
    )
    town.site.clinic_key_file.write_text(API_KEY)
    town.start()
    return town


KINDS = (
    *("advocacy", "skill_building", "education_resources"),
    *("mentoring", "community_organizing", "group_leading"),
)


@dataclass(slots=True)
class Town:
    """Where to find each context: ids of referrals and links of offers, by what became of them."""

    talk: Conversation
    referrals: dict[str, str] = field(default_factory=dict)
    offers: dict[str, str] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)
    """Number of the coach who was asked, by the same names."""

    async def refer(self, context: str, number: int, **changes: Any) -> str:
        """Submit a referral whose parts are changed, and remember it by the context's name."""
        url = f"{self.talk.system.url('intake')}/v1/referrals"
        answer = await self.talk.clinic.post(url, json=merged(submission(number), changes))
        assert answer.status_code in (201, 202, 422), answer.text
        self.referrals[context] = str(answer.json()["referral_id"])
        return self.referrals[context]

    async def ask(self, context: str, number: int, **changes: Any) -> OfferText:
        """Refer somebody and wait until a coach has the text with the link."""
        await self.refer(context, number, **changes)
        offer = await self.offer_of(context)
        self.offers[context], self.phones[context] = offer.link, offer.to
        return offer

    async def offer_of(self, context: str) -> OfferText:
        """The text with the first offer of this referral's search."""
        code = await self._code(self.referrals[context])

        async def sent() -> OfferText | None:
            for text in await self.talk.texts():
                if f"/o/{code}" in text["body"]:
                    return OfferText(text["to"], f"{self.talk.system.url('matching')}/o/{code}")
            return None

        offer: OfferText = await until(sent, what=f"the text with the offer of '{context}'")
        return offer

    async def _code(self, referral: str) -> str:
        async with self.talk.system.database("matching") as database:

            async def made() -> Any:
                return await database.fetchrow(
                    "SELECT offer_id, coach_id FROM offers WHERE referral_id = $1 "
                    "ORDER BY made_at LIMIT 1",
                    referral,
                )

            offer = await until(made, what="an offer")
        key = secret(self.talk.system.site.secret_file("link.key"))
        return offer_code(key_of(SecretStr(key)), offer["offer_id"], offer["coach_id"])

    async def accept(self, context: str) -> None:
        """Accept by text, on the phone of the coach who was asked."""
        await self.talk.type_text(self.phones[context], "1")
        await self.talk.until_state(self.referrals[context], "assigned")


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with `changes` in it, part by part; None takes a part away."""
    whole = dict(base)
    for name, value in changes.items():
        if value is None:
            whole.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(whole.get(name), Mapping):
            whole[name] = merged(whole[name], value)
        else:
            whole[name] = value
    return whole
