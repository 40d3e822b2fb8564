"""The floors: the same hops and commits with nothing of the product in them.

    python -m tests.bench.floor row    PORT DATABASE_URL
    python -m tests.bench.floor same   PORT DATABASE_URL
    python -m tests.bench.floor chain  PORT DATABASE_URL BOOTSTRAP TOPICS PROVIDER ROLE

`row` and `same` are a bare uvicorn + pydantic + asyncpg app: parse, one statement, one commit; it
inserts one row, or the same rows in the same tables as the product. `chain` is one of three
processes (in, match, out): insert → relay → match → relay → record → send, up to 200
records in one transaction, the same HTTP send for each.
"""

import asyncio
import json
import sys
from typing import Any

import aiohttp
import asyncpg
import uvicorn
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from services.intake.rules.form import Submission
from tests.bench import same_rows

# Three processes start at once, and IF NOT EXISTS alone lets two of them create the same table.
TABLES = """
    BEGIN; SELECT pg_advisory_xact_lock(1);
    CREATE TABLE IF NOT EXISTS floor_rows (id bigserial PRIMARY KEY, body text NOT NULL);
    CREATE TABLE IF NOT EXISTS floor_outbox (id bigserial PRIMARY KEY, body text NOT NULL);
    COMMIT
"""
ROW = "INSERT INTO floor_rows (body) VALUES ($1)"
ROW_AND_EVENT = """
    WITH row AS (INSERT INTO floor_rows (body) VALUES ($1))
    INSERT INTO floor_outbox (body) VALUES ($1)
"""
INSERT_BOTH = """
    WITH row AS (INSERT INTO floor_rows (body) SELECT unnest($1::text[]))
    INSERT INTO floor_outbox (body) SELECT unnest($1::text[])
"""


class Insert:
    """Bare ASGI: one POST is one statement; `work` is set after it."""

    def __init__(self, pool: Any, statement: str, work: asyncio.Event) -> None:
        self._pool, self._statement, self._work = pool, statement, work

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        if scope["method"] == "POST":
            await self._store(body)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    async def _store(self, body: bytes) -> None:
        Submission.model_validate_json(body)
        await self._pool.execute(self._statement, body.decode())
        self._work.set()


async def serve(port: int, pool: Any, statement: str, work: asyncio.Event) -> None:
    config = uvicorn.Config(
        Insert(pool, statement, work),
        port=port,
        lifespan="off",
        access_log=False,
        log_level="error",
    )
    await uvicorn.Server(config).serve()


async def relay(pool: Any, producer: AIOKafkaProducer, topic: str, work: asyncio.Event) -> None:
    while True:
        work.clear()
        rows = await pool.fetch("SELECT id, body FROM floor_outbox ORDER BY id LIMIT 500")
        if rows:
            sent = [
                await producer.send(topic, row["body"].encode(), key=str(row["id"]).encode())
                for row in rows
            ]
            await asyncio.gather(*sent)
            ids = [row["id"] for row in rows]
            await pool.execute("DELETE FROM floor_outbox WHERE id = ANY($1::bigint[])", ids)
        else:
            await asyncio.wait([asyncio.ensure_future(work.wait())], timeout=1)


async def match_records(pool: Any, consumer: AIOKafkaConsumer, work: asyncio.Event) -> None:
    async for first in consumer:
        part = TopicPartition(first.topic, first.partition)
        more = await consumer.getmany(part, timeout_ms=0, max_records=199)
        bodies = [
            (first.value or b"").decode(),
            *((one.value or b"").decode() for one in more.get(part, [])),
        ]
        await pool.execute(INSERT_BOTH, bodies)
        work.set()
        await consumer.commit()


async def out(pool: Any, consumer: AIOKafkaConsumer, provider: str) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=20)) as session:

        async def send(body: str) -> None:
            form = {"To": json.loads(body)["person"]["phone"], "From": "+1", "Body": body[:150]}
            url = f"{provider}/2010-04-01/Accounts/x/Messages.json"
            async with session.post(url, data=form) as answer:
                await answer.read()

        async for first in consumer:
            part = TopicPartition(first.topic, first.partition)
            more = await consumer.getmany(part, timeout_ms=0, max_records=199)
            bodies = [
                (first.value or b"").decode(),
                *((one.value or b"").decode() for one in more.get(part, [])),
            ]
            insert = "INSERT INTO floor_rows (body) SELECT unnest($1::text[])"
            await pool.execute(insert, bodies)
            await asyncio.gather(*(send(body) for body in bodies))
            await pool.execute("DELETE FROM floor_rows WHERE body = ANY($1::text[])", bodies)
            await consumer.commit()


async def chain(port: int, url: str, bootstrap: str, topics: str, provider: str, role: str) -> None:
    pool = await asyncpg.create_pool(url, min_size=2, max_size=10)
    await pool.execute(TABLES)
    accepted, offered = topics.split(",")
    work = asyncio.Event()
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True)
    await producer.start()

    async def consumer(topic: str) -> AIOKafkaConsumer:
        made = AIOKafkaConsumer(
            topic,
            bootstrap_servers=bootstrap,
            group_id=f"floor-{role}-{topic}",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=50,
        )
        await made.start()
        return made

    match role:
        case "in":
            await asyncio.gather(
                serve(port, pool, ROW_AND_EVENT, work), relay(pool, producer, accepted, work)
            )
        case "match":
            matching = match_records(pool, await consumer(accepted), work)
            await asyncio.gather(matching, relay(pool, producer, offered, work))
        case _:
            await out(pool, await consumer(offered), provider)


async def insert(port: int, url: str, statement: str) -> None:
    pool = await asyncpg.create_pool(url, min_size=2, max_size=10)
    await pool.execute(TABLES)
    await serve(port, pool, statement, asyncio.Event())


STATEMENTS = {"row": ROW, "same": same_rows.INSERT}

if __name__ == "__main__":
    kind, port_, url_, *rest = sys.argv[1:]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        if kind in STATEMENTS:
            runner.run(insert(int(port_), url_, STATEMENTS[kind]))
        else:
            runner.run(chain(int(port_), url_, *rest))
