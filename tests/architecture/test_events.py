"""Who says what to whom: every event has its owner, and somebody who hears it."""

from collections.abc import Iterator, Mapping
from importlib import import_module

import pytest

from deploy.kafka.topics import declared
from deploy.local.provision import SERVICES
from shared import events
from shared.events import EVENT_TYPES, OWNERS, TOPICS, Event
from tests.architecture.tree import files
from tests.architecture.wirings import consumers, emitted

EXTERNAL: Mapping[str, str] = {
    "referral.escalated": "the supervisor's list is a page of matching itself, on its own tables",
    "clinic.suspended": "a restored intake learns of it again; the others serve no clinic",
    "message.delivered": "for reports; what must follow a receipt, notifications does itself",
}
"""Types that no service consumes, with the reason why they are published."""

RESERVED: Mapping[str, str] = {
    "referral.reopened": "a second episode of a referral that ended",
    "consent.expiring": "renewing a consent before it ends",
    "treatment_link.lapsed": "asking the clinic to confirm the tie to licensed care",
    "coach.paused": "coaches changing their own availability",
    "coach.resumed": "coaches changing their own availability",
    "assignment.transferred": "handing over to another coach or organisation",
    "person.unreachable": "giving a person up after every channel failed",
    "person.silent": "two check-ins without an answer",
}
"""Types of the contract that nobody writes or reads yet, with what will."""

UNWRITTEN: Mapping[str, str] = {
    "person.erased": "erasing a person",
    "person.preferences_changed": "a person changing language, zone or ways of contact alone",
}
"""Types that are read and that nobody writes yet, with what will."""


def test_every_event_has_a_consumer_or_a_reason_to_have_none() -> None:
    unheard = {name for name in EVENT_TYPES if not consumers(name)}
    assert unheard == EXTERNAL.keys() | RESERVED.keys()


def test_every_event_has_a_writer_or_is_reserved() -> None:
    written = {made for name in SERVICES for made in emitted()[name]}
    assert EVENT_TYPES.keys() - written == RESERVED.keys() | UNWRITTEN.keys()


def test_reserved_types_are_neither_written_nor_read() -> None:
    written = {made for name in SERVICES for made in emitted()[name]}
    assert written & set(RESERVED) == set()


def test_external_types_are_written() -> None:
    written = {made for name in SERVICES for made in emitted()[name]}
    assert set(EXTERNAL) - written == set()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_writes_to_its_own_topics_only(service: str) -> None:
    strange = [one for one in emitted()[service] if OWNERS[EVENT_TYPES[one].topic] != service]
    assert strange == []


def test_every_event_of_every_module_is_known_and_offered() -> None:
    """An event that its package forgot would be refused as strange by all who read it."""
    for file in files("shared/events"):
        import_module(f"shared.events.{file.stem}")
    written = [kind for kind in _below(Event) if kind.__module__.startswith("shared.events.")]
    assert [kind for kind in written if kind not in EVENT_TYPES.values()] == []
    assert [kind for kind in written if kind.__name__ not in events.__all__] == []


def _below(kind: type[Event]) -> Iterator[type[Event]]:
    """The events below this class; one without a type of its own is only their common part."""
    for child in kind.__subclasses__():
        if "type" in vars(child):
            yield child
        yield from _below(child)


def test_every_topic_is_owned_and_declared() -> None:
    assert set(OWNERS) == set(TOPICS) == {topic.name for topic in declared()}
