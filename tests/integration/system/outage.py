"""The broker is killed, and for a minute a clinic submits, a coach answers and a person texts."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from deploy.local.provision import SERVICES
from tests.faults.facts import Facts
from tests.faults.load_facts import load
from tests.faults.quiet import until_quiet
from tests.integration.system.pair import Pair
from tests.world.conversation import Conversation
from tests.world.stories import submission
from tests.world.system import API_KEY, until

AWAY_SECONDS = 60.0
REFERRALS = 80
PLACED = ("offered", "assigned", "waitlisted")
BROKER_IS_AWAY = "waiting_for_broker"


@dataclass(slots=True)
class Outage:
    """What was seen, for tests to judge."""

    pair: Pair
    answers: list[int] = field(default_factory=list)
    """Statuses of the submissions in the meantime."""
    numbers: list[int] = field(default_factory=list)
    page_after_yes: str = ""
    stop_was_confirmed: bool = False
    said: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What `/readyz` of each process said in the meantime."""
    lines: dict[str, int] = field(default_factory=dict)
    """What each process wrote to its log in the meantime."""
    back_to_work: bool = False
    pids: tuple[dict[str, int | None], dict[str, int | None]] = ({}, {})
    """Process ids before and after."""
    seconds_to_place: float = 0.0
    """From the restart of the broker until each referral had an offer or a place in line."""
    facts: Facts | None = None
    texts: Counter[tuple[str, str]] = field(default_factory=Counter)
    mails: Counter[str] = field(default_factory=Counter)

    async def go(self) -> None:
        """Two referrals before, then the outage, then all that was waiting."""
        pids = self._pids()
        async with Conversation(self.pair.system) as talk:
            first, link, second = await self._before(talk)
            lines = self._lines()
            await asyncio.to_thread(self.pair.system.kill, "kafka")
            await asyncio.gather(
                self._submit_meanwhile(talk),
                self._answer_meanwhile(talk, link, second),
                self._look_meanwhile(),
            )
            self.lines = {name: count - lines[name] for name, count in self._lines().items()}
            began = time.monotonic()
            await asyncio.to_thread(self._broker_comes_back)
            await self._until_placed(began)
            await talk.until_state(first, "assigned")
            await self._until_back_to_work()
            await until_quiet(self.pair.system, seconds=60)
            self.texts = Counter((one["to"], one["body"]) for one in await talk.texts())
            self.mails = Counter(await self._mails(talk))
        self.facts = await load(
            self.pair.system, frozenset(self.pair.acknowledged), frozenset({API_KEY})
        )
        self.pids = pids, self._pids()

    def _pids(self) -> dict[str, int | None]:
        return {name: self.pair.program(name).pid for name in self.pair.names()}

    def _lines(self) -> dict[str, int]:
        """How long each process's log is."""
        names = self.pair.names()
        return {name: self.pair.program(name).log_since_start().count("\n") for name in names}

    async def _before(self, talk: Conversation) -> tuple[str, str, int]:
        """A coach is asked, and a person has our number: both can answer."""
        number, second = next(self.pair.numbers), next(self.pair.numbers)
        first = await talk.submit(number)
        offer = await talk.text_to_a_coach(about="new request")
        other = await talk.submit(second)
        await talk.text_to(phone(second), about="Expecting us?")
        self.pair.acknowledged |= {first, other}
        return first, offer.link, second

    async def _submit_meanwhile(self, talk: Conversation) -> None:
        """Spread over the whole outage; both processes of intake are asked in turn."""
        end = time.monotonic() + AWAY_SECONDS
        for place in range(REFERRALS):
            number = next(self.pair.numbers)
            addresses = self.pair.answering("intake")
            url = f"{addresses[place % len(addresses)]}/v1/referrals"
            answer = await talk.clinic.post(url, json=submission(number))
            self.answers.append(answer.status_code)
            self.numbers.append(number)
            self.pair.acknowledged.add(answer.json()["referral_id"])
            await asyncio.sleep((end - time.monotonic()) / (REFERRALS - place))

    async def _answer_meanwhile(self, talk: Conversation, link: str, second: int) -> None:
        self.page_after_yes = (await talk.answer_page(link, "accept")).text
        await talk.type_text(phone(second), "STOP")
        await talk.text_to(phone(second), about="no more texts")
        self.stop_was_confirmed = True

    async def _look_meanwhile(self) -> None:
        async def all_wait() -> bool:
            self.said = {name: await self.pair.ready(name) for name in self.pair.names()}
            consumers = all(said.get("consumer") == BROKER_IS_AWAY for said in self.said.values())
            return consumers and all(BROKER_IS_AWAY in self.relays(one) for one in SERVICES)

        await until(all_wait, seconds=45, what="every service to say that the broker is away")

    def relays(self, service: str) -> set[str]:
        """What the relays of both processes said; only the one that owns the shards connects."""
        return {str(self.said[name].get("relay")) for name in (service, f"{service}-2")}

    def _broker_comes_back(self) -> None:
        broker = self.pair.system.child("kafka")
        broker.start()
        broker.wait_ready(60)

    async def _until_placed(self, began: float) -> None:
        async def placed() -> bool:
            async with self.pair.system.database("intake") as connection:
                waiting = await connection.fetchval(
                    "SELECT count(*) FROM referrals WHERE NOT (progress = ANY($1))", PLACED
                )
            return bool(waiting == 0)

        await until(placed, seconds=90, what="an offer or a place in line for every referral")
        self.seconds_to_place = time.monotonic() - began

    async def _until_back_to_work(self) -> None:
        async def consuming() -> bool:
            said = [await self.pair.ready(name) for name in self.pair.names()]
            return all(one.get("consumer") == "consuming" for one in said)

        await until(consuming, seconds=30, what="every consumer to say that it consumes")
        self.back_to_work = True

    async def _mails(self, talk: Conversation) -> list[str]:
        url = f"{self.pair.system.url('simulator')}/simulator/mail"
        boxes = (await talk.browser.get(url)).json()["mailboxes"]
        return [mail["message_id"] for box in boxes for mail in box["mails"]]


def phone(number: int) -> str:
    """The number of the person that `submission(number)` describes."""
    return f"+1539{2010000 + number:07d}"
