"""A service's database as a use-case sees it, without the service around it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from deploy.local.environment import Site
from shared import db
from shared.clock import Clock, SystemClock
from shared.transaction import Database

SERVICE = "intake"


class SetClock:
    """A clock that stands until a test moves it."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


@asynccontextmanager
async def open_database(site: Site, clock: Clock | None = None) -> AsyncIterator[Database]:
    """Intake's database with the rights of intake; commits wake nobody."""
    pool = await db.open_pool(site.database_url(SERVICE, SERVICE), size=12, application="test")
    try:
        yield Database(pool, clock or SystemClock(), SERVICE, lambda _: None)
    finally:
        pool.terminate()
