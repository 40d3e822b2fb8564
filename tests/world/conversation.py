"""Talking to a running system the way clinics, coaches and people do."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx2

from tests.world.stories import submission
from tests.world.system import System, until


@dataclass(frozen=True, slots=True)
class OfferText:
    """The text that asked a coach, and the link in it."""

    to: str
    link: str


class Conversation:
    """One clinic's client and everybody's phones and mailboxes."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.clinic = system.http()
        self.browser = httpx2.AsyncClient(timeout=30, follow_redirects=True, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.clinic.aclose()
        await self.browser.aclose()

    async def submit(self, number: int, **person: Any) -> str:
        """Submit a complete referral; returns its id."""
        url = f"{self.system.url('intake')}/v1/referrals"
        answer = await self.clinic.post(url, json=submission(number, **person))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["referral_id"])

    async def referral(self, referral_id: str) -> dict[str, Any]:
        url = f"{self.system.url('intake')}/v1/referrals/{referral_id}"
        answer = await self.clinic.get(url)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def state_of(self, referral_id: str) -> str:
        return str((await self.referral(referral_id))["state"])

    async def amend(
        self, referral_id: str, body: dict[str, Any], media_type: str = "application/json"
    ) -> httpx2.Response:
        """Send a referral anew; as a client must, read it again where it has moved meanwhile."""
        while True:
            version = (await self.referral(referral_id))["version"]
            answer = await self.clinic.put(
                f"{self.system.url('intake')}/v1/referrals/{referral_id}",
                content=json.dumps(body),
                headers={"If-Match": f'"{version}"', "Content-Type": media_type},
            )
            if answer.status_code != HTTPStatus.PRECONDITION_FAILED:
                return answer

    async def until_state(self, referral_id: str, state: str, *, seconds: float = 30) -> None:
        seen: dict[str, Any] = {}

        async def reached() -> bool:
            seen.update(await self.referral(referral_id))
            return bool(seen["state"] == state)

        try:
            await until(reached, seconds=seconds, what=f"state {state}")
        except AssertionError as error:
            happened = [one["code"] for one in seen["timeline"]]
            raise AssertionError(f"{error}; it is {seen['state']} after {happened}") from None

    async def texts(self) -> list[dict[str, Any]]:
        """Every text that the provider took from us, oldest first."""
        answer = await self.browser.get(f"{self.system.url('simulator')}/simulator/messages")
        return [one for one in answer.json()["messages"] if one["direction"] != "inbound"]

    async def text_to(self, number: str, *, about: str, seconds: float = 30) -> str:
        """The text to this number that says `about`, once it is there."""

        async def found() -> str:
            bodies = [one["body"] for one in await self.texts() if one["to"] == number]
            return next((body for body in bodies if about in body), "")

        return str(await until(found, seconds=seconds, what=f"a text saying '{about}'"))

    async def text_to_a_coach(self, *, about: str, seconds: float = 30) -> OfferText:
        """The newest text that asks a coach, once it is there."""

        async def found() -> OfferText | None:
            asking = [one for one in await self.texts() if about in one["body"]]
            if not asking:
                return None
            link = re.search(r"http\S+", asking[-1]["body"])
            return OfferText(asking[-1]["to"], link.group()) if link else None

        offer: OfferText = await until(found, seconds=seconds, what=f"an offer saying '{about}'")
        return offer

    async def type_text(self, number: str, body: str) -> None:
        """Somebody types a text on this phone."""
        url = f"{self.system.url('simulator')}/simulator/phones/{quote(number)}/texts"
        answer = await self.browser.post(url, json={"body": body})
        assert answer.status_code == 200, answer.text

    async def confirm_number(self, referral_id: str, number: str) -> None:
        """The person answers the number check, and it is a day since: nobody is talked over."""
        await self.text_to(number, about="Expecting us?")
        await self.type_text(number, "1")

        async def confirmed() -> bool:
            async with self.system.database("notifications") as connection:
                return bool(
                    await connection.fetchval(
                        "UPDATE contacts SET last_words_at = last_words_at - interval '1 day' "
                        "WHERE number_state = 'verified' AND recipient_id = (SELECT person_id "
                        "FROM referrals WHERE referral_id = $1::uuid) RETURNING true",
                        referral_id,
                    )
                )

        await until(confirmed, what="the number to be confirmed")

    async def open_page(self, link: str) -> httpx2.Response:
        return await self.browser.get(link)

    async def answer_page(
        self, link: str, answer: str, *, and_kill: str | None = None
    ) -> httpx2.Response:
        """Press a button of the coach's page; with `and_kill`, kill that service right after."""
        response = await self.browser.post(link, data={"answer": answer})
        if and_kill is not None:
            self.system.kill(and_kill)
        return response

    async def until_mail(self, address: str, *, about: str, seconds: float = 30) -> str:
        """The body of a mail to this address whose subject says `about`."""

        async def found() -> str:
            url = f"{self.system.url('simulator')}/simulator/mail"
            boxes = (await self.browser.get(url)).json()["mailboxes"]
            mails = [mail for box in boxes if box["address"] == address for mail in box["mails"]]
            return next((mail["body"] for mail in mails if about in mail["subject"]), "")

        return str(await until(found, seconds=seconds, what=f"a mail about '{about}'"))

    async def each_text_came_once(self) -> None:
        """No text was handed over twice."""
        counted = Counter((one["to"], one["body"]) for one in await self.texts())
        assert {key: count for key, count in counted.items() if count > 1} == {}
