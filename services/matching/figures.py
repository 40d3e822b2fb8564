"""The figures as gauges at `/metrics`, counted anew every minute."""

import asyncio

from prometheus_client import Gauge

from services.matching.rules.figures import FIGURES, Values
from services.matching.store import figures
from shared import db
from shared.heartbeat import Heartbeat
from shared.logs import log
from shared.metrics import REGISTRY
from shared.transaction import Database

EVERY_SECONDS = 60.0

GAUGES = {
    one.name: Gauge(one.name, f"{one.means} {one.act}", ["of"], registry=REGISTRY)
    for one in FIGURES
}


class CountFigures:
    """One loop per process. Each replica tells the same, so ask for the maximum of them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.heartbeat = Heartbeat("figures", silent_after=600.0)

    async def run(self) -> None:
        """Count until cancelled; outages of the database are waited out."""
        while True:
            self.heartbeat.beat()
            try:
                async with self._database.read_connection() as connection:
                    _set(await figures.count(connection, now=self._database.clock.now()))
            except db.RETRYABLE as error:
                log.warning("figures_interrupted", error=type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)


def _set(values: Values) -> None:
    """What counts nothing is 0; a time of nothing is not told."""
    for one in FIGURES:
        gauge = GAUGES[one.name]
        gauge.clear()
        for row in one.rows:
            value = values.get((one.name, row))
            if value is not None or not one.name.endswith("_seconds"):
                gauge.labels(row).set(value or 0)
