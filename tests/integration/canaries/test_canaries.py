"""A person's datum lies sealed where it belongs, and nowhere else."""

import asyncio
import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.faults.test_short_run import ANY_HOUR
from tests.integration.canaries import places
from tests.integration.canaries.planted import (
    CLINIC,
    CLINIC_KEY,
    COACH_NAMES,
    COACH_PHONE,
    OF_CLINICS,
    OF_COACHES,
    OF_PEOPLE,
    POISON,
    REFUSED,
)
from tests.integration.canaries.refused import send_all
from tests.integration.canaries.search import found, holds
from tests.integration.canaries.story import everything_happens
from tests.integration.core.wire import Raw, open_wire
from tests.world.conversation import Conversation
from tests.world.engines import Engines
from tests.world.stories import coach
from tests.world.system import System
from tests.world.topics import Ends

pytestmark = pytest.mark.timeout(180)

PLANTED = {**OF_PEOPLE, **OF_COACHES, **OF_CLINICS, **REFUSED}
EVERYTHING = {**PLANTED, **POISON}
PROOF = {"the proof": "Vexquproof"}
SETTINGS = {
    **ANY_HOUR,
    "SIMULATOR_SENT_AFTER_SECONDS": "0.01",
    "SIMULATOR_DELIVERED_AFTER_SECONDS": "0.02",
}


@dataclass(slots=True)
class Told:
    """A system in which the story has been told, and what its refusals said."""

    system: System
    since: Ends = field(default_factory=dict)
    refusals: dict[str, tuple[int, bytes]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def told(engines: Engines) -> Iterator[Told]:
    """The story takes some seconds, so it is told once."""
    story = Told(System(engines, asyncio.run(engines.new_site()), settings=dict(SETTINGS)))
    try:
        asyncio.run(tell(story))
        yield story
    finally:
        story.system.stop()


async def tell(story: Told) -> None:
    system = story.system
    story.since = await places.topic_ends(system)
    system.seed("intake", [CLINIC])
    system.seed("matching", [planted_coach(number) for number in range(1, 4)])
    system.start()
    bootstrap = system.engines.kafka.bootstrap
    async with Conversation(system) as talk, open_wire(bootstrap) as wire:
        talk.clinic.headers["Authorization"] = f"Bearer {CLINIC_KEY}"
        link = await everything_happens(talk, wire)
        path = link.removeprefix(system.url("matching"))
        answers = await send_all(system, path)
    story.refusals = {name: (one.status_code, one.content) for name, one in answers.items()}


def planted_coach(number: int) -> dict[str, Any]:
    return coach(
        number,
        name=COACH_NAMES[number - 1],
        phone=COACH_PHONE.format(number),
        email="vexqucoach@coaches.example",
        kinds_of_support=["mentoring", "skill_building"],
    )


async def test_the_strings_did_go_where_they_belong(told: Told) -> None:
    async with Conversation(told.system) as talk:
        phones = [repr(await talk.texts()).encode()]
        await talk.until_mail(str(CLINIC["email"]), about="Alongside")
    assert {"a name in phones", "a phone number in phones"} <= set(
        found(OF_PEOPLE, {"phones": phones})
    )


async def test_no_process_has_written_any_of_it(told: Told) -> None:
    assert found(EVERYTHING, places.logs(told.system)) == []


async def test_no_metric_tells_any_of_it(told: Told) -> None:
    assert found(EVERYTHING, await places.metrics(told.system)) == []


async def test_no_record_on_any_topic_holds_any_of_it(told: Told) -> None:
    searched = await places.topics(told.system, told.since)
    carried = {"people", "messages", "deliveries"}
    assert {f"topic alongside.{name}.v1" for name in carried} <= set(searched)
    assert found(PLANTED, searched) == []


async def test_no_column_of_any_database_holds_any_of_it_in_clear(told: Told) -> None:
    searched = await places.databases(told.system)
    assert {"intake.audit.detail", "notifications.inbound_texts.sealed"} <= set(searched)
    assert found(EVERYTHING, searched) == []


def test_what_is_refused_is_refused_and_never_repeated(told: Told) -> None:
    bodies = {name: [body] for name, (_, body) in told.refusals.items()}
    assert found(EVERYTHING, bodies) == []
    accepted = {name: status for name, (status, _) in told.refusals.items() if status < 400}
    assert accepted == {}
    assert {name: status for name, (status, _) in told.refusals.items() if status >= 500} == {}


async def test_a_string_in_a_file_or_a_database_would_be_found(told: Told) -> None:
    [text] = PROOF.values()
    (told.system.site.folder / "intake" / "proof.log").write_text(f'{{"event": "{text}"}}\n')
    async with told.system.database("intake") as connection:
        await connection.execute(
            "CREATE TABLE proof AS SELECT $1::text AS words, convert_to($1, 'UTF8') AS bytes, "
            "jsonb_build_object('a', $1::text) AS tree, encode(convert_to('x' || $1, 'UTF8'), "
            "'base64') AS coded",
            text,
        )
    assert found(PROOF, places.logs(told.system)) == ["the proof in file proof.log"]
    assert found(PROOF, await places.databases(told.system)) == [
        f"the proof in intake.proof.{column}" for column in ("bytes", "coded", "tree", "words")
    ]


async def test_a_string_on_a_topic_would_be_found(told: Told) -> None:
    [text] = PROOF.values()
    bootstrap = told.system.engines.kafka.bootstrap
    raws = {
        "proof-key": Raw(text.encode(), (), b"x", forged=True),
        "proof-header": Raw(b"x", ((text, b"x"),), b"x", forged=True),
        "proof-value": Raw(b"x", (("x", text.encode()),), None, forged=True),
        "proof-body": Raw(b"x", (), text.lower().encode(), forged=True),
    }
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, 1, 1) for name in raws])
        async with open_wire(bootstrap) as wire:
            for name, raw in raws.items():
                await wire.put([raw], topic=name)
        hits = found(PROOF, await places.topics(told.system, told.since))
        await admin.delete_topics(list(raws))
    finally:
        await admin.close()
    assert hits == sorted(f"the proof in topic {name}" for name in raws)


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_a_string_is_found_in_whatever_it_is_wrapped(before: str) -> None:
    wrapped = f"{before}Vexquproof and more".encode()
    assert holds(wrapped.upper(), "Vexquproof")
    assert holds(base64.b64encode(wrapped), "Vexquproof")
    assert holds(wrapped.hex().encode(), "Vexquproof")
    assert not holds(b"Vexqu proof", "Vexquproof")
