"""Has the broker write every request into its log, for as long as they are counted."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int8, Int16, Int32, Schema, String

_REQUESTS = "kafka.request.logger"
_COMPLETED = re.compile(r'"requestApiKeyName":"(\w+)"')
_BROKER_LOGGER, _SET, _DELETE = 8, 0, 1


class _Changed(Response):
    API_KEY, API_VERSION = 44, 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "resources",
            Array(
                ("error_code", Int16),
                ("error_message", String("utf-8")),
                ("resource_type", Int8),
                ("resource_name", String("utf-8")),
            ),
        ),
    )


class _Change(RequestStruct):
    """Alters single settings of a resource; the client only knows how to replace all of them."""

    API_KEY, API_VERSION, RESPONSE_TYPE = 44, 0, _Changed
    SCHEMA = Schema(
        (
            "resources",
            Array(
                ("resource_type", Int8),
                ("resource_name", String("utf-8")),
                (
                    "configs",
                    Array(
                        ("name", String("utf-8")), ("operation", Int8), ("value", String("utf-8"))
                    ),
                ),
            ),
        ),
        ("validate_only", Boolean),
    )


class _ChangeLogger(Request[_Change]):
    API_KEY = 44

    def __init__(self, operation: int, level: str | None) -> None:
        self._wanted = [(_BROKER_LOGGER, "1", [(_REQUESTS, operation, level)])]

    def build(self, request_struct_class: type[_Change]) -> _Change:
        return request_struct_class(self._wanted, False)


@asynccontextmanager
async def counted_requests(bootstrap: str, log: Path) -> AsyncIterator[Counter[str]]:
    """Requests that the broker answers meanwhile, by kind; filled at the end."""
    counted: Counter[str] = Counter()
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        await client._send_request(_ChangeLogger(_SET, "DEBUG"))
        before = _written(log)
        yield counted
        counted.update(_written(log) - before)
        await client._send_request(_ChangeLogger(_DELETE, None))
    finally:
        await client.close()


def _written(log: Path) -> Counter[str]:
    return Counter(_COMPLETED.findall(log.read_text(errors="replace")))
