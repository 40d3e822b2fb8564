"""Logs that can only say what is on the list: codes, ids and counts.

A field that is not declared here is replaced by its name alone, and an exception leaves its type
and where it happened, never its text: texts of errors quote values, and values may be a person's.
"""

import logging
import sys
import time
import traceback
from collections.abc import Callable, Hashable, MutableMapping
from typing import Any, TextIO

import structlog

FIELDS = frozenset(
    {
        "action", "address", "attempt", "attempts", "check", "clinic_id", "coach_id", "code",
        "correlation_id", "count", "due_at", "error", "event", "event_type", "host", "kind",
        "level", "link_no", "logger", "lost", "message_id", "method", "offer_id", "offset",
        "partition", "partitions", "path", "person_id", "port", "provider_id", "reason",
        "record_id", "referral_id", "seconds", "seq", "service", "shards", "signal", "slot",
        "state", "status", "step", "timer_id", "timestamp", "topic", "trace", "version",
    }
)  # fmt: skip
"""Every field a log line may carry."""


def keep_declared(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop the value of every undeclared field; say which were dropped."""
    kept = {name: value for name, value in line.items() if name in FIELDS}
    dropped = sorted(set(line) - FIELDS - {"exc_info"})
    if dropped:
        kept["lost"] = ",".join(dropped)
    return kept


def add_location(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its type and the places it went through."""
    info = line.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-6:]
        line["error"] = type(error).__name__
        line["trace"] = " < ".join(
            f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}:{frame.name}"
            for frame in reversed(frames)
        )
    return line


QUIET_SECONDS = 60.0
OF_OUTAGES = frozenset(
    {
        "audit_sealer_interrupted", "broker_not_reached", "feed_not_noted", "look_up_interrupted",
        "offsets_not_committed", "positions_not_found", "relay_interrupted", "sender_interrupted",
        "slot_not_leased", "timers_interrupted",
    }
)  # fmt: skip
"""Lines that say again and again that something is away."""


class Repeats:
    """Lets the same line by once a minute, with how often it came since."""

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._said: dict[Hashable, float] = {}
        self._left_out: dict[Hashable, int] = {}

    def count(self, line: Hashable) -> int | None:
        """How often it came since it was last let by, this time included; None to leave it out."""
        now = self._steady()
        if now - self._said.get(line, -QUIET_SECONDS) < QUIET_SECONDS:
            self._left_out[line] = self._left_out.get(line, 0) + 1
            return None
        self._said[line] = now
        return self._left_out.pop(line, 0) + 1

    def __call__(
        self, _: object, __: str, line: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Leave out repeated lines about an outage; all others pass."""
        if line.get("event") not in OF_OUTAGES:
            return line
        count = self.count((line["event"], line.get("error")))
        if count is None:
            raise structlog.DropEvent
        return {**line, "count": count}


def configure(service: str, *, out: TextIO = sys.stdout) -> None:
    """One JSON line per event on `out`; libraries speak only when something is wrong."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            Repeats(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            add_location,
            keep_declared,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.bind_contextvars(service=service)
    root = logging.getLogger()
    root.handlers = [_Library()]
    root.setLevel(logging.WARNING)
    for name in ("aiokafka", "faststream", "asyncio", "uvicorn.access", "twilio", "httpx2"):
        logging.getLogger(name).setLevel(logging.WARNING)


class _Library(logging.Handler):
    """Says that a library had something to say, and which; never what, it may quote a value.

    Of the same line once a minute: while the broker is away its client says the same several times
    a second for every partition.
    """

    def __init__(self, repeats: "Repeats | None" = None) -> None:
        super().__init__()
        self._repeats = repeats or Repeats()

    def emit(self, record: logging.LogRecord) -> None:
        count = self._repeats.count((record.pathname, record.lineno, record.levelno))
        if count is None:
            return
        error = record.exc_info[1] if record.exc_info else None
        log.log(
            min(record.levelno, logging.ERROR),
            "library_message",
            logger=record.name,
            trace=f"{record.filename}:{record.lineno}",
            count=count,
            exc_info=error,
        )


log: structlog.stdlib.BoundLogger = structlog.get_logger()
