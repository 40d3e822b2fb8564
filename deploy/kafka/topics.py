"""Create the topics that `topics.yml` declares and the cluster lacks.

    python -m deploy.kafka.topics --bootstrap-servers kafka:9092 --replication-factor 3

Services never create topics; they verify them at their start.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import NoError, TopicAlreadyExistsError, for_code
from pydantic import BaseModel, ConfigDict, PositiveInt

DECLARED: Final = Path(__file__).with_name("topics.yml")

_DAY_IN_MS: Final = 24 * 60 * 60 * 1000
_FOR_EVER: Final = "for ever"


class WrongPartitionsError(Exception):
    """A topic exists with another number of partitions than declared."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A declared topic. `retention_days` is None when records are kept forever."""

    name: str
    partitions: int
    retention_days: int | None

    def settings(self, replication_factor: int) -> dict[str, str]:
        """Topic settings; with three replicas, a write must reach two of them."""
        keep = -1 if self.retention_days is None else self.retention_days * _DAY_IN_MS
        return {
            "cleanup.policy": "delete",
            "retention.ms": str(keep),
            "retention.bytes": "-1",
            "min.insync.replicas": "2" if replication_factor >= 3 else "1",
        }


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")
    retention_days: PositiveInt | str | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    partitions: PositiveInt
    retention_days: PositiveInt
    topics: dict[str, _Entry]


def declared(file: Path = DECLARED) -> tuple[Topic, ...]:
    """The topics of `file`, in its order. Raises pydantic's ValidationError when it is wrong."""
    content = _File.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    return tuple(
        Topic(name, content.partitions, _retention(name, entry, content.retention_days))
        for name, entry in content.topics.items()
    )


def _retention(name: str, entry: _Entry, default: int) -> int | None:
    match entry.retention_days:
        case None:
            return default
        case int(days):
            return days
        case text if text == _FOR_EVER:
            return None
        case text:
            raise ValueError(f"{name}: retention_days is days or `{_FOR_EVER}`, not {text!r}")


async def create_missing(
    bootstrap_servers: str, topics: Iterable[Topic], replication_factor: int = 1
) -> list[str]:
    """Create what is missing and return those names; existing topics are left as they are.

    Safe to run by several at once. Raises WrongPartitionsError when an existing topic has
    another number of partitions, and aiokafka's errors when the cluster refuses.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers, request_timeout_ms=10_000)
    await admin.start()
    try:
        existing = {
            found["topic"]: len(found["partitions"]) for found in await admin.describe_topics()
        }
        wanted = list(topics)
        _refuse_wrong_partitions(wanted, existing)
        missing = [topic for topic in wanted if topic.name not in existing]
        return await _create(admin, missing, replication_factor) if missing else []
    finally:
        await admin.close()


def _refuse_wrong_partitions(wanted: list[Topic], existing: dict[str, int]) -> None:
    for topic in wanted:
        partitions = existing.get(topic.name, topic.partitions)
        if partitions != topic.partitions:
            raise WrongPartitionsError(
                f"{topic.name} has {partitions} partitions, declared are {topic.partitions}. "
                "The number is fixed for good, because keys would move: correct topics.yml, "
                "or begin a new topic with the next version."
            )


async def _create(
    admin: AIOKafkaAdminClient, missing: list[Topic], replication_factor: int
) -> list[str]:
    answer = await admin.create_topics(
        [
            NewTopic(
                topic.name,
                topic.partitions,
                replication_factor,
                topic_configs=topic.settings(replication_factor),
            )
            for topic in missing
        ]
    )
    created = []
    for outcome in answer.to_object()["topic_errors"]:
        error = for_code(outcome["error_code"])
        if error is NoError:
            created.append(outcome["topic"])
        elif error is not TopicAlreadyExistsError:  # somebody else was faster
            raise error(f"{outcome['topic']}: {outcome['error_message']}")
    return created


def main() -> None:
    """Command line of the deployment's topic step."""
    parser = argparse.ArgumentParser(prog="python -m deploy.kafka.topics", description=__doc__)
    parser.add_argument("--bootstrap-servers", required=True)
    parser.add_argument("--replication-factor", type=int, required=True)
    given = parser.parse_args()
    created = asyncio.run(
        create_missing(given.bootstrap_servers, declared(), given.replication_factor)
    )
    print(f"created: {', '.join(created)}" if created else "every topic is there")


if __name__ == "__main__":
    main()
