"""The honest floor: three bare processes that do the product's promised work, and no more.

    python -m tests.bench.same_work PORT BOOTSTRAP TOPIC_SUFFIX PROVIDER_PORT MAIL_PORT ROLE URL

The same rows in the same tables, by one set-based statement per step; the same events over the
same hops, from an outbox, with the same acknowledgements; three sends per referral, claimed and
committed before and recorded after. What comes at once shares a transaction. Nothing is decided,
sealed, checked or parsed beyond what the step needs.
"""

import asyncio
import itertools
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import aiosmtplib
import asyncpg
import uvicorn
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord

from services.intake.rules.form import Submission
from tests.bench import same_work_rows as rows

BATCH = 200
HEADERS = [(f"ce_header_{number}", b"0" * 36) for number in range(9)]
EXPLANATION = "x" * 4_900
"""As long as matching's explanation with 80 coaches."""

Records = Sequence["ConsumerRecord[bytes, bytes]"]


@dataclass(slots=True)
class Floor:
    """One process: its database, its producer, and the names of the topics."""

    role: str
    url: str
    bootstrap: str
    suffix: str
    pool: Any = None
    work: asyncio.Event = field(default_factory=asyncio.Event)

    def topic(self, name: str) -> str:
        return f"floor.{name}.{self.suffix}"

    async def run(self, *loops: Callable[[], Awaitable[None]]) -> None:
        settings = {"application_name": self.role, "jit": "off"}
        self.pool = await asyncpg.create_pool(
            self.url, min_size=2, max_size=10, server_settings=settings
        )
        await asyncio.gather(self.relay(), self.seal(), *(loop() for loop in loops))

    async def relay(self) -> None:
        """Send what the outbox holds; what is acknowledged goes with the next look."""
        producer = AIOKafkaProducer(
            bootstrap_servers=self.bootstrap, enable_idempotence=True, max_batch_size=131_072
        )
        await producer.start()
        settings = {"application_name": self.role, "synchronous_commit": "off"}
        connection = await asyncpg.connect(self.url, server_settings=settings)
        gone: list[int] = []
        taken: dict[tuple[str, int], int] = {}
        while True:
            self.work.clear()
            parts = sorted(taken)
            found = await connection.fetch(
                rows.NEXT, gone, [t for t, _ in parts], [p for _, p in parts],
                [taken[part] for part in parts],
            )  # fmt: skip
            gone, taken = [row["outbox_id"] for row in found], {}
            sent = [
                await producer.send(
                    row["topic"],
                    row["payload"].encode(),
                    key=str(row["key"]).encode(),
                    headers=HEADERS,
                )
                for row in found
            ]
            for one in await asyncio.gather(*sent):
                taken[one.topic, one.partition] = one.offset + 1
            if not found:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.work.wait(), 1)

    async def seal(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            await self.pool.execute(rows.LINKED)

    async def consume(self, names: Sequence[str], apply: Callable[..., Awaitable[None]]) -> None:
        """Everything that is there, a topic at a time; positions move in the same statement."""
        consumer = AIOKafkaConsumer(
            *map(self.topic, names),
            bootstrap_servers=self.bootstrap,
            group_id=f"floor-{self.role}-{self.suffix}",
            auto_offset_reset="earliest",
            auto_commit_interval_ms=1_000,
            fetch_max_wait_ms=200,
        )
        await consumer.start()
        while True:
            fetched = await consumer.getmany(timeout_ms=1_000, max_records=BATCH)
            for name in names:
                of_topic = {
                    p.partition: r for p, r in fetched.items() if p.topic == self.topic(name)
                }
                if of_topic:
                    records = list(itertools.chain.from_iterable(of_topic.values()))
                    nexts = [of_topic[part][-1].offset + 1 for part in of_topic]
                    await apply(name, (self.topic(name), list(of_topic), nexts), records)


def keys_of(records: Records) -> list[UUID]:
    return [UUID((record.key or b"").decode()) for record in records]


def bodies_of(records: Records) -> list[str]:
    return [(record.value or b"").decode() for record in records]


def event_of(phone: object) -> str:
    """As long as the product's events are."""
    return json.dumps({"phone": phone, "rest": "x" * 700})


class Intake:
    """Bare ASGI: the submissions that come at once share a statement."""

    def __init__(self, floor: Floor, port: int) -> None:
        self._floor, self._port = floor, port
        self._waiting: list[tuple[str, str, asyncio.Future[None]]] = []
        self._storing: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        config = uvicorn.Config(
            self, port=self._port, lifespan="off", access_log=False, log_level="error"
        )
        await uvicorn.Server(config).serve()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            part = await receive()
            body, more = body + part.get("body", b""), part.get("more_body")
        if scope["method"] == "POST":
            phone = Submission.model_validate_json(body).person.phone
            stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((body.decode(), event_of(phone), stored))
            if self._storing is None or self._storing.done():
                self._storing = asyncio.create_task(self._store())
            await stored
        headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    async def _store(self) -> None:
        while self._waiting:
            now, self._waiting = self._waiting, []
            ids = [(uuid4(), uuid4()) for _ in now]
            await self._floor.pool.execute(
                rows.SUBMITTED,
                [referral for referral, _ in ids],
                [person for _, person in ids],
                [body for body, _, _ in now],
                self._floor.topic("people"),
                self._floor.topic("referrals"),
                [event for _, event, _ in now],
            )
            self._floor.work.set()
            for _, _, stored in now:
                stored.set_result(None)

    async def fold(self, _: str, position: tuple[object, ...], records: Records) -> None:
        keys = keys_of(records)
        await self._floor.pool.execute(rows.FOLDED, *position, keys, keys, bodies_of(records))


class Matching:
    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._coaches: Any = None

    async def apply(self, name: str, position: tuple[object, ...], records: Records) -> None:
        pool, keys, bodies = self._floor.pool, keys_of(records), bodies_of(records)
        if name == "people":
            await pool.execute(rows.KEPT_FOR_COACH, *position, keys, keys, bodies)
            return
        if self._coaches is None:
            found = await pool.fetch("SELECT coach_id FROM coaches ORDER BY coach_id")
            self._coaches = itertools.cycle(row["coach_id"] for row in found)
        asked = [next(self._coaches) for _ in keys]
        topic = self._floor.topic("assignments")
        await pool.execute(rows.ASKED, *position, keys, asked, bodies, EXPLANATION, topic)
        self._floor.work.set()


class Notifications:
    def __init__(self, floor: Floor, provider: int, mail: int) -> None:
        self._floor, self._mail_port = floor, mail
        self._url = f"http://127.0.0.1:{provider}/2010-04-01/Accounts/x/Messages.json"
        self._done: list[tuple[UUID, str]] = []
        self._answered = asyncio.Event()
        self._at_once, self._mails = asyncio.Semaphore(20), asyncio.Semaphore(8)
        self._tasks: set[asyncio.Task[None]] = set()
        self._kept: list[aiosmtplib.SMTP] = []
        self._http: aiohttp.ClientSession | None = None

    async def apply(self, name: str, position: tuple[object, ...], records: Records) -> None:
        keys, bodies = keys_of(records), bodies_of(records)
        statement = {
            "people": rows.KEPT_FOR_SENDING,
            "referrals": rows.PLANNED_FOR_REFERRAL,
            "assignments": rows.PLANNED_FOR_OFFER,
        }[name]
        claimed = await self._floor.pool.fetch(statement, *position, keys, keys, bodies)
        phones = {key: json.loads(body)["phone"] for key, body in zip(keys, bodies, strict=True)}
        for row in claimed:
            if row["due"]:
                task = asyncio.create_task(self._send(name, row, phones[row["subject_id"]]))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _send(self, name: str, row: Any, phone: str) -> None:
        if row["channel"] == "email":
            await self._mail(str(row["message_id"]))
            provider_id = str(row["message_id"])
        else:
            text = "A new request waits" if name == "assignments" else "Is this your number?"
            provider_id = await self._text(phone, f"{text}: http://127.0.0.1/o/{row['message_id']}")
        self._done.append((row["message_id"], provider_id))
        self._answered.set()

    async def _text(self, phone: str, body: str) -> str:
        self._http = self._http or aiohttp.ClientSession()
        async with (
            self._at_once,
            self._http.post(self._url, data={"To": phone, "From": "+1", "Body": body}) as answer,
        ):
            return str((await answer.json())["sid"])

    async def _mail(self, message_id: str) -> None:
        message = f"Subject: Accepted\r\nMessage-ID: <{message_id}>\r\n\r\nAccepted.\r\n"
        async with self._mails:
            if self._kept:
                connection = self._kept.pop()
            else:
                connection = aiosmtplib.SMTP(hostname="127.0.0.1", port=self._mail_port)
                await connection.connect()
            await connection.sendmail("floor@bench.example", "clinic@bench.example", message)
            self._kept.append(connection)

    async def record(self) -> None:
        """At once when it is calm, five times a second when it is busy."""
        while True:
            await self._answered.wait()
            self._answered.clear()
            while self._done:
                now, self._done = self._done, []
                await self._floor.pool.execute(
                    rows.RECORDED,
                    [message for message, _ in now],
                    [provider for _, provider in now],
                    self._floor.topic("deliveries"),
                    "x" * 300,
                )
                self._floor.work.set()
                if self._tasks:
                    await asyncio.sleep(0.2)


async def main(
    port: str, bootstrap: str, suffix: str, provider: str, mail: str, role: str, url: str
) -> None:
    floor = Floor(role, url, bootstrap, suffix)
    match role:
        case "intake":
            intake = Intake(floor, int(port))
            await floor.run(intake.serve, lambda: floor.consume(["assignments"], intake.fold))
        case "matching":
            apply = Matching(floor).apply
            await floor.run(lambda: floor.consume(["people", "referrals"], apply))
        case _:
            notifications = Notifications(floor, int(provider), int(mail))
            topics = ["people", "referrals", "assignments"]
            await floor.run(
                lambda: floor.consume(topics, notifications.apply), notifications.record
            )


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(*sys.argv[1:]))
