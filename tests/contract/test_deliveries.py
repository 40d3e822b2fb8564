"""What became of a message travels where it is read, or apart from what others wait for."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from shared import events
from shared.events import Channel, Event, MessageSent, RecipientKind
from tests.contract.test_envelope import try_to_read, whole

APART = "alongside.deliveries.v1"
FACTS: list[type[Event]] = [
    events.MessageSent,
    events.MessageUndelivered,
    events.MessageFailed,
    events.MessageSuppressed,
    events.MessageParked,
]


def fact(kind: type[Event], offer_id: UUID | None) -> Event:
    fields: dict[str, Any] = {
        "subject_id": uuid4(),
        "message_id": uuid4(),
        "step": "offer_made",
        "recipient_kind": RecipientKind.COACH,
        "recipient_id": uuid4(),
        "channel": Channel.SMS,
        "offer_id": offer_id,
        "reason": "expired",
    }
    return kind.model_validate(fields)


@pytest.mark.parametrize("kind", FACTS)
def test_what_became_of_the_question_to_a_coach_is_told_where_matching_reads(
    kind: type[Event],
) -> None:
    assert fact(kind, uuid4()).sent_to == kind.topic == "alongside.messages.v1"


@pytest.mark.parametrize("kind", FACTS)
def test_what_became_of_any_other_message_is_told_apart(kind: type[Event]) -> None:
    assert fact(kind, None).sent_to == APART


def test_a_receipt_is_told_apart_also_when_it_is_about_an_offer() -> None:
    assert fact(events.MessageDelivered, uuid4()).sent_to == APART


@pytest.mark.parametrize("topic", [MessageSent.topic, APART])
def test_a_fact_can_be_read_from_both_topics_as_an_older_version_wrote_all_on_one(
    topic: str,
) -> None:
    headers, body, key = whole(MessageSent.type)
    read = try_to_read(topic, str(key).encode(), [*headers], body)
    assert not isinstance(read, str)
    assert read.event == MessageSent.model_validate_json(body)


def test_no_other_type_is_read_from_there() -> None:
    headers, body, key = whole(events.PersonOptedOut.type)
    assert try_to_read(APART, str(key).encode(), [*headers], body) == "type_on_wrong_topic"
