"""What the intake service says about each referral, polled while somebody watches."""

import asyncio
from datetime import datetime
from pathlib import Path

import aiohttp
from pydantic import BaseModel, ConfigDict, ValidationError

from deploy.simulator.changes import Changes

POLL_SECONDS = 1.5
ANSWER_SECONDS = 3.0


class Happening(BaseModel):
    """One line of a referral's timeline."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    at: datetime
    words: str


class Referral(BaseModel):
    """A referral as its clinic may see it."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    referral_id: str
    reference: str
    state: str
    state_words: str
    since: datetime | None = None
    next_words: str = ""
    coach: str | None = None
    """First name, once a coach has said yes."""
    first_contact_by: datetime | None = None
    url: str = ""
    timeline: tuple[Happening, ...] = ()


class Referrals(BaseModel):
    """The answer of the intake service."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    referrals: tuple[Referral, ...]


class Timelines:
    """The last that was heard of each referral. `away` says that intake does not answer now."""

    def __init__(self, intake_url: str | None, key_file: Path | None, changes: Changes) -> None:
        self._intake_url = intake_url
        self._key_file = key_file
        self._changes = changes
        self._watched = asyncio.Event()
        self._watchers = 0
        self.referrals: tuple[Referral, ...] = ()
        self.away = False
        self.heard = False
        """Whether intake has answered at least once."""
        self.version = 0

    @property
    def connected(self) -> bool:
        """Whether there is an intake service to ask."""
        return self._intake_url is not None and self._key_file is not None

    def __enter__(self) -> None:
        """Somebody watches: keep asking."""
        self._watchers += 1
        self._watched.set()

    def __exit__(self, *_: object) -> None:
        """Somebody stopped watching."""
        self._watchers -= 1
        if self._watchers == 0:
            self._watched.clear()

    async def run(self, session: aiohttp.ClientSession) -> None:
        """Ask intake every 1.5 s while somebody watches; until cancelled."""
        while self.connected:
            await self._watched.wait()
            await self.ask(session)
            await asyncio.sleep(POLL_SECONDS)

    async def refresh(self, session: aiohttp.ClientSession) -> None:
        """Ask once if nobody watches, for a page that is rendered without a stream."""
        if not self._watchers:
            await self.ask(session)

    async def ask(self, session: aiohttp.ClientSession) -> None:
        """Ask once; an outage, a refusal or an answer not understood counts as away."""
        if self._intake_url is None or self._key_file is None:
            return
        try:
            key = (await asyncio.to_thread(self._key_file.read_text, "utf-8")).strip()
            referrals = await self._fetch(session, self._intake_url, key)
        except (OSError, TimeoutError, aiohttp.ClientError, ValidationError):
            self._note(self.referrals, away=True)
        else:
            self.heard = True
            self._note(referrals, away=False)

    async def _fetch(
        self, session: aiohttp.ClientSession, url: str, key: str
    ) -> tuple[Referral, ...]:
        async with session.get(
            f"{url.rstrip('/')}/v1/referrals",
            headers={"Authorization": f"Bearer {key}"},
            timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
            raise_for_status=True,
        ) as answer:
            return Referrals.model_validate_json(await answer.read()).referrals

    def _note(self, referrals: tuple[Referral, ...], *, away: bool) -> None:
        if (referrals, away) != (self.referrals, self.away) or self.version == 0:
            self.referrals, self.away = referrals, away
            self.version = self._changes.mark()
