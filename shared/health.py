"""What a running service says of itself: to everybody yes or no, to those who run it more."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared import db, metrics
from shared.clock_guard import ClockGuard
from shared.heartbeat import Heartbeat
from shared.messaging.consumer_loop import ConsumerLoop
from shared.messaging.own_history import OwnHistory
from shared.messaging.parked import Reason
from shared.messaging.relay import Relay
from shared.transaction import Database

_STATE = """
    SELECT (SELECT count(*) FROM outbox) AS outbox,
           (SELECT min(created_at) FROM outbox) AS outbox_oldest,
           (SELECT count(*) FROM timers WHERE attempts >= 5)
               + (SELECT count(*) FROM timers
                   WHERE retry_at IS NOT NULL AND attempts < 5 AND transient_tries >= 10)
               AS timers_stuck,
           (SELECT min(due_at) FROM timers WHERE attempts < 5) AS timer_next,
           coalesce((SELECT max(audit_id) FROM audit), 0)
               - coalesce((SELECT max(audit_id) FROM audit_links), 0) AS unsealed
"""
_PARKED = """
    SELECT reason, count(*) AS records, min(parked_at) AS oldest FROM parked_records GROUP BY reason
"""


@dataclass(slots=True)
class Health:
    """Looks at the loops and the database. Ready means: can take requests (database there)."""

    database: Database
    relay: Relay
    consumer: ConsumerLoop
    guard: ClockGuard
    history: OwnHistory
    heartbeats: Sequence[Heartbeat]

    def silent(self) -> list[str]:
        """Names of loops that have given no sign of life for too long."""
        return [heartbeat.name for heartbeat in self.heartbeats if heartbeat.silent]

    async def refresh(self) -> dict[str, Any]:
        """Refresh the gauges from the database. Raises an outage error when it is away."""
        async with asyncio.timeout(3), self.database.transaction() as tx:
            database_time = (await self.guard.note(tx.connection)).database
            state = await tx.connection.fetchrow(_STATE)
            parked = await tx.connection.fetch(_PARKED)
            now = tx.now
        if state is None:
            raise OSError
        by_reason = {row["reason"]: dict(row) for row in parked}
        return self._set(dict(state), by_reason, now, database_time)

    def _set(
        self,
        state: dict[str, Any],
        parked: dict[str, dict[str, Any]],
        now: datetime,
        database_time: datetime,
    ) -> dict[str, Any]:
        metrics.OUTBOX_DEPTH.set(state["outbox"])
        metrics.OUTBOX_OLDEST.set(_age(state["outbox_oldest"], database_time))
        metrics.TIMERS_STUCK.set(state["timers_stuck"])
        metrics.TIMERS_OLDEST_DUE.set(_age(state["timer_next"], now))
        metrics.AUDIT_UNSEALED.set(max(state["unsealed"], 0))
        for reason in Reason:
            row = parked.get(reason.value, {"records": 0, "oldest": None})
            metrics.PARKED.labels(reason.value).set(row["records"])
            metrics.PARKED_OLDEST.labels(reason.value).set(_age(row["oldest"], now))
        return {
            "outbox": state["outbox"],
            "timers_stuck": state["timers_stuck"],
            "parked": {reason: row["records"] for reason, row in parked.items()},
            "clock": self.guard.state.value,
            "clock_skew_seconds": round((now - database_time).total_seconds(), 3),
            "clock_last_seen": self.guard.last_seen and self.guard.last_seen.isoformat(),
        }

    async def run(self) -> None:
        """Keep gauges and the last moment seen fresh, every ten seconds until cancelled."""
        while True:
            with suppress(*db.OUTAGES):
                await self.refresh()
            await asyncio.sleep(10)

    async def details(self) -> dict[str, Any]:
        """Whether requests can be taken, and how each part does."""
        try:
            said = {"ready": True, "database": "up", **await self.refresh()}
        except db.OUTAGES as error:
            said = {"ready": False, "database": type(error).__name__}
        subscription = self.consumer.subscription
        said["silent"] = self.silent()
        said["consumer"] = self.consumer.state
        said["partitions"] = subscription.partitions if subscription else 0
        said["relay"] = self.relay.state
        said["history"] = self.history.state.value
        said["events_forgotten"] = self.history.forgotten
        return said

    def routes(self) -> APIRouter:
        """For supervisors and load balancers, beside the pages: no more than yes or no."""
        router = APIRouter(include_in_schema=False)

        @router.get("/livez")
        async def livez() -> JSONResponse:
            live = not self.silent()
            return JSONResponse({"live": live}, 200 if live else 503)

        @router.get("/readyz")
        async def readyz() -> JSONResponse:
            ready = (await self.details())["ready"]
            return JSONResponse({"ready": ready}, 200 if ready else 503)

        return router

    def inner_routes(self) -> APIRouter:
        """For operators and Prometheus, at an address of their own."""
        router = APIRouter(include_in_schema=False)

        @router.get("/readyz")
        async def readyz() -> JSONResponse:
            said = await self.details()
            return JSONResponse(said, 200 if said["ready"] else 503)

        @router.get("/metrics")
        async def prometheus() -> Response:
            return Response(generate_latest(metrics.REGISTRY), media_type=CONTENT_TYPE_LATEST)

        return router


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since else 0.0
