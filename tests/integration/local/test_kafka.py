import os
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from deploy.kafka.topics import Topic, WrongPartitionsError, create_missing, declared
from deploy.local.account import ENGINE_ID
from deploy.local.kafka import Kafka
from tests.integration.local.processes import is_alive, owner_of

pytestmark = pytest.mark.timeout(180)

TOPIC = Topic("words", partitions=1, retention_days=1)


async def send(broker: Kafka, *words: bytes) -> None:
    await create_missing(broker.bootstrap, [TOPIC])
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, enable_idempotence=True)
    await producer.start()
    for word in words:
        await producer.send_and_wait(TOPIC.name, word)
    await producer.stop()


async def received(broker: Kafka, count: int) -> list[bytes]:
    consumer = AIOKafkaConsumer(
        TOPIC.name, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest"
    )
    await consumer.start()
    words = [(await consumer.getone()).value or b"" for _ in range(count)]
    await consumer.stop()
    return words


async def test_it_tells_its_version_and_what_it_acknowledged_survives_stop_and_kill(
    scratch: Path, jars: Path
) -> None:
    broker = Kafka(scratch / "kafka", jars=jars)
    assert broker.version is None
    with broker:
        assert broker.version == "4.4.0"
        assert broker.pid is not None
        assert owner_of(broker.pid) == (ENGINE_ID if os.geteuid() == 0 else os.geteuid())
        await send(broker, b"before the stop")
    assert broker.version is None
    with broker:
        await send(broker, b"before the kill")
        pid = broker.pid
        broker.kill()
        assert pid is not None
        assert not is_alive(pid)
        broker.start()
        broker.wait_ready()
        assert await received(broker, 2) == [b"before the stop", b"before the kill"]


async def test_it_starts_without_and_with_a_cache_of_classes_and_in_spite_of_a_broken_one(
    scratch: Path, jars: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cache of its own, so that this run sees the very first start."""
    cache = scratch / "cache"
    cache.mkdir(mode=0o755)
    monkeypatch.setenv("ALONGSIDE_CACHE", str(cache))
    broker = Kafka(scratch / "kafka", jars=jars)
    with broker:
        assert not list(cache.glob("*.aot"))
    (made,) = cache.glob("*.aot")
    with broker:
        assert f"-XX:AOTCache={made}" in _command_line(broker)
    with made.open("r+b") as file:
        file.seek(4096)
        file.write(b"\0" * 4096)
    with broker:
        assert not any(word.startswith("-XX:AOTCache=") for word in _command_line(broker))
        broker.kill()


def _command_line(broker: Kafka) -> list[str]:
    return Path(f"/proc/{broker.pid}/cmdline").read_text().split("\0")


async def test_the_declared_topics_are_created_once_and_a_changed_number_is_refused(
    scratch: Path, jars: Path
) -> None:
    with Kafka(scratch / "kafka", jars=jars) as broker:
        names = [topic.name for topic in declared()]
        assert await create_missing(broker.bootstrap, declared()) == names
        assert await create_missing(broker.bootstrap, declared()) == []
        admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
        await admin.start()
        found = {topic["topic"]: topic for topic in await admin.describe_topics()}
        await admin.close()
        assert {len(found[name]["partitions"]) for name in names} == {12}
        other = Topic(names[0], partitions=3, retention_days=1)
        with pytest.raises(WrongPartitionsError, match="12 partitions, declared are 3"):
            await create_missing(broker.bootstrap, [other])
        broker.kill()


def test_contact_topics_are_kept_for_ever_and_the_others_two_weeks() -> None:
    for_ever = {topic.name for topic in declared() if topic.retention_days is None}
    assert for_ever == {
        f"alongside.{noun}.v1" for noun in ("people", "clinics", "coaches", "staff")
    }
    kept = {topic.retention_days for topic in declared()} - {None}
    assert kept == {14}


def test_with_three_replicas_a_write_must_reach_two() -> None:
    assert TOPIC.settings(3)["min.insync.replicas"] == "2"
    assert TOPIC.settings(1)["min.insync.replicas"] == "1"
    assert TOPIC.settings(1)["retention.ms"] == str(24 * 60 * 60 * 1000)
