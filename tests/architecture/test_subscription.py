"""The only subscriber, as the framework holds it: nothing is left to a default."""

from typing import Any, cast

from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from faststream import AckPolicy

from shared.clock_guard import ClockGuard
from shared.events import OfferMade, PersonErased
from shared.messaging import attempts, commits, faststream_hooks
from shared.messaging import subscription as subscribing
from shared.messaging.handler import Handler
from shared.messaging.key_tasks import KeyTasks
from shared.messaging.settle import Handlers, Settler
from shared.messaging.subscription import Subscription
from shared.transaction import Database, Transaction
from tests.world.event_keys import EVENT_KEYS, current_history


async def handler(_: Transaction, __: object) -> None:
    """Never called: nothing is connected here."""


def subscription() -> Subscription:
    """A subscription to two topics, not connected."""
    handlers: Handlers = {OfferMade: Handler(handler), PersonErased: Handler(handler)}
    return Subscription(
        settler=Settler(
            cast("Database", None),
            cast(ClockGuard, None),
            handlers,
            b"",
            EVENT_KEYS,
            cast(KeyTasks, None),
        ),
        history=current_history("matching"),
        service="matching",
        member="matching-1",
        session_timeout_ms=6_000,
    )


def subscriber() -> Any:
    """Its only subscriber."""
    (only,) = subscription().broker.subscribers
    return only


def arguments() -> dict[str, Any]:
    """What the Kafka client will be made with, the framework's own part included."""
    found: dict[str, Any] = dict(subscriber()._connection_args)
    return found


def test_one_subscriber_listens_to_all_topics_of_the_service() -> None:
    assert sorted(subscriber().topic_names) == [OfferMade.topic, PersonErased.topic]
    assert len(subscriber().calls) == 1


def test_the_group_is_the_service_and_the_member_its_slot() -> None:
    assert subscriber().group_id == "matching"
    assert arguments()["group_instance_id"] == "matching-1"


def test_an_error_that_escapes_seeks_back() -> None:
    assert subscriber().ack_policy is AckPolicy.NACK_ON_ERROR
    assert arguments()["enable_auto_commit"] is False


def test_a_new_group_starts_at_the_oldest_record() -> None:
    assert arguments()["auto_offset_reset"] == "earliest"


def test_no_record_makes_us_answer_to_a_topic_of_its_choice() -> None:
    assert subscriber()._no_reply is True


def test_one_assignor_and_bounded_waits() -> None:
    assert arguments()["partition_assignment_strategy"] == (RoundRobinPartitionAssignor,)
    assert arguments()["fetch_max_wait_ms"] == 200
    assert arguments()["fetch_min_bytes"] == 1
    assert arguments()["session_timeout_ms"] == 6_000
    assert arguments()["heartbeat_interval_ms"] == 500
    assert arguments()["rebalance_timeout_ms"] == 30_000
    assert arguments()["max_poll_interval_ms"] == 300_000


def test_waits_fit_inside_each_other() -> None:
    """The drain ends before the rebalance does, the attempts before the poll interval does."""
    rebalance = arguments()["rebalance_timeout_ms"] / 1000
    poll = arguments()["max_poll_interval_ms"] / 1000
    assert rebalance > 2 * (subscribing.DRAIN_SECONDS + commits.MAX_SECONDS)
    assert poll > 2 * attempts.OUTAGE_TRIES * attempts.OUTAGE_WAITS[1]


def test_records_reach_our_own_code_unread() -> None:
    """Parser and decoder are ours, and the rebalance listener is there to drain."""
    assert subscriber()._call_options.parser is faststream_hooks.tolerant
    assert subscriber()._call_options.decoder is faststream_hooks.raw
    assert isinstance(subscriber()._listener, Subscription)


def test_the_client_makes_no_topic_and_waits_no_longer_than_ten_seconds() -> None:
    made = subscriber().builder.keywords
    assert subscriber()._outer_config.allow_auto_create_topics is False
    assert made["request_timeout_ms"] == 10_000
    assert made["client_id"] == "matching-1"
