"""People who write STOP, and consents that are revoked, in the middle of a run; and who watches
that both hold from the moment in which they were acknowledged."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar
from urllib.parse import quote

import httpx2

from services.notifications.sending.facts import FEED_GRACE
from tests.world.system import API_KEY, System, until

UNDER_WAY = timedelta(seconds=5)
"""A text that was claimed before the acknowledgement may still arrive so long after it."""

READ_WITHIN = FEED_GRACE + timedelta(seconds=5)
"""While a revocation is on its way, notifications may act so long on what it has read before: the
feed's looks are some seconds apart."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An acknowledged STOP, or an acknowledged revocation."""

    number: int
    by_text: bool
    acknowledged_at: datetime

    @property
    def phone(self) -> str:
        return phone(self.number)

    @property
    def holds_from(self) -> datetime:
        """From when on nothing more may arrive."""
        read = timedelta(0) if self.by_text else READ_WITHIN
        return self.acknowledged_at + read + UNDER_WAY


def phone(number: int) -> str:
    """As `stories.submission` gives it."""
    return f"+1539{2010000 + number:07d}"


@dataclass(slots=True)
class Refusals:
    """Makes some, and looks at the coaches' pages ever after."""

    system: System
    names: list[str]
    """Name of each person by the number of the submission."""
    referrals: dict[int, str] = field(default_factory=dict)
    """Submission → referral, as acknowledged to the clinic."""
    links: dict[int, str] = field(default_factory=dict)
    """Submission → page of the coach who accepted it."""
    cookies: CookieJar = field(default_factory=CookieJar)
    """Of the devices that accepted: a page shows its contact to no other."""
    made: list[Refusal] = field(default_factory=list)
    closed_pages: set[int] = field(default_factory=set)
    """Submissions whose page has refused to show the contact once, after the revocation."""
    shown_again: list[str] = field(default_factory=list)
    """Pages that showed a contact after they had refused to."""
    _used: set[int] = field(default_factory=set)

    async def make(self, count: int) -> None:
        """So many STOPs and so many revocations of people who have a coach."""
        async with httpx2.AsyncClient(timeout=10, trust_env=False) as client:
            for turn in range(2 * count):
                number = await until(self._somebody, seconds=60, what="somebody with a coach")
                self._used.add(number)
                await self._refuse(client, number, by_text=turn % 2 == 0)

    async def _somebody(self) -> int | None:
        free = sorted(set(self.links) & set(self.referrals) - self._used)
        return free[-1] if free else None

    async def _refuse(self, client: httpx2.AsyncClient, number: int, *, by_text: bool) -> None:
        """Say it, and wait until it is acknowledged."""
        sid = await self._type_stop(client, number) if by_text else None

        async def taken() -> bool:
            try:
                if sid is not None:
                    return await self._stop_was_taken(client, sid)
                return await self._revoke(client, number)
            except httpx2.TransportError:
                return False

        await until(taken, seconds=60, what="a refusal to be taken")
        self.made.append(Refusal(number, by_text, datetime.now(UTC)))

    async def _type_stop(self, client: httpx2.AsyncClient, number: int) -> str:
        url = f"{self.system.url('simulator')}/simulator/phones/{quote(phone(number))}/texts"
        typed = await client.post(url, json={"body": "STOP"})
        return str(typed.json()["sid"])

    async def _stop_was_taken(self, client: httpx2.AsyncClient, sid: str) -> bool:
        """Whether our webhook has answered; the provider asks it again while it is away."""
        url = f"{self.system.url('simulator')}/simulator/messages"
        messages = (await client.get(url)).json()["messages"]
        return any(one["sid"] == sid and one["hand_over_status"] == 200 for one in messages)

    async def _revoke(self, client: httpx2.AsyncClient, number: int) -> bool:
        referral = self.referrals[number]
        url = f"{self.system.url('intake')}/v1/referrals/{referral}/revoke-consent"
        answer = await client.post(url, headers={"Authorization": f"Bearer {API_KEY}"})
        return answer.status_code == 200

    async def watch(self) -> None:
        """Look again and again, until cancelled. Each look is audited, so it is never quiet."""
        while True:
            await self.look()
            await asyncio.sleep(0.2)

    async def look(self) -> None:
        """Open the pages of those who revoked."""
        async with httpx2.AsyncClient(cookies=self.cookies, timeout=10, trust_env=False) as client:
            for one in [one for one in self.made if not one.by_text]:
                await self._open(client, one.number)

    async def _open(self, client: httpx2.AsyncClient, number: int) -> None:
        try:
            page = await client.get(self.links[number])
        except httpx2.TransportError:
            return
        if self.names[number] in page.text:
            if number in self.closed_pages:
                self.shown_again.append(_page(number))
        elif page.status_code < 500:
            self.closed_pages.add(number)

    @property
    def pages_that_show(self) -> tuple[str, ...]:
        """Pages that showed a contact after they had refused it, or have shown it to the end."""
        revoked = {one.number for one in self.made if not one.by_text}
        to_the_end = revoked - self.closed_pages
        return (*self.shown_again, *(_page(number) for number in sorted(to_the_end)))


def _page(number: int) -> str:
    return f"page of submission {number}"
