"""Posts signed webhooks: in order per text, retried for a bounded time when nobody answers.

A service that is being restarted must not lose a receipt, so an outage is waited out with growing
pauses. A 4xx answer is a decision of the receiver and is not tried again, except 408 and 429.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Protocol
from urllib.parse import urlencode

import aiohttp

Form = Mapping[str, str]
Sign = Callable[[str, Form], str]
SIGNATURE_HEADER = "X-Twilio-Signature"
ANSWER_SECONDS = 10.0
WAITS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
_AGAIN = frozenset({408, 429})


class Outcome(StrEnum):
    """What became of one attempt to post a webhook."""

    ANSWERED = "answered"
    REFUSED = "refused"
    WAITING = "waiting"
    """Nobody answered, or with an outage; it is tried again."""
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Attempt:
    """The result of one attempt; `http_status` is None when nobody answered."""

    outcome: Outcome
    http_status: int | None
    number: int
    body: str = ""


@dataclass(slots=True)
class Webhook:
    """One POST that is owed, and whom to tell how each attempt went."""

    url: str
    form: Form
    tell: Callable[[Attempt], None]
    attempts: int = 0
    waited: float = 0.0


class Post(Protocol):
    """Posts a form; returns status and body. Raises OSError or TimeoutError when unanswered."""

    async def __call__(self, url: str, form: Form, headers: Mapping[str, str]) -> tuple[int, str]:
        """Post once."""
        ...


def post_with(session: aiohttp.ClientSession) -> Post:
    """A `Post` over the kept-alive connections of `session`."""
    limit = aiohttp.ClientTimeout(total=ANSWER_SECONDS)

    async def post(url: str, form: Form, headers: Mapping[str, str]) -> tuple[int, str]:
        try:
            async with session.post(
                url,
                data=urlencode(form).encode(),
                headers={**_FORM, **headers},
                timeout=limit,
                allow_redirects=False,
            ) as answer:
                return answer.status, await answer.text(errors="replace")
        except aiohttp.ClientError as error:
            raise ConnectionError(type(error).__name__) from error

    return post


class Courier:
    """Holds the webhooks that are owed and posts them with a bounded number of workers."""

    def __init__(self, post: Post, sign: Sign, *, patience: float, workers: int) -> None:
        self._post = post
        self._sign = sign
        self._patience = patience
        self._workers = workers
        self._owed: dict[str, deque[Webhook]] = {}
        self._ready: asyncio.Queue[str] = asyncio.Queue()

    @property
    def owed(self) -> int:
        """Webhooks that were not posted yet or are being tried again."""
        return sum(map(len, self._owed.values()))

    def send(self, key: str, webhook: Webhook) -> None:
        """Owe a webhook. Those with the same key are posted one after the other."""
        waiting = self._owed.get(key)
        if waiting is not None:
            waiting.append(webhook)
            return
        self._owed[key] = deque([webhook])
        self._ready.put_nowait(key)

    def forget(self) -> None:
        """Owe nothing any more; attempts under way end, and nobody is told."""
        for waiting in self._owed.values():
            waiting.clear()

    async def run(self) -> None:
        """Post what is owed until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._workers):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            key = await self._ready.get()
            waiting = self._owed[key]
            if waiting:
                webhook = waiting[0]
                attempt = await self._attempt(webhook)
                if not waiting or waiting[0] is not webhook:
                    self._next(key)
                    continue
                webhook.tell(attempt)
                if attempt.outcome is Outcome.WAITING:
                    self._again(key, webhook)
                    continue
                waiting.popleft()
            self._next(key)

    def _next(self, key: str) -> None:
        if self._owed[key]:
            self._ready.put_nowait(key)
        else:
            del self._owed[key]

    def _again(self, key: str, webhook: Webhook) -> None:
        wait = WAITS[min(webhook.attempts, len(WAITS)) - 1]
        webhook.waited += wait
        asyncio.get_running_loop().call_later(wait, partial(self._ready.put_nowait, key))

    async def _attempt(self, webhook: Webhook) -> Attempt:
        webhook.attempts += 1
        headers = {SIGNATURE_HEADER: self._sign(webhook.url, webhook.form)}
        try:
            status, body = await self._post(webhook.url, webhook.form, headers)
        except (OSError, TimeoutError):
            return Attempt(self._unanswered(webhook), None, webhook.attempts)
        return Attempt(self._outcome(webhook, status), status, webhook.attempts, body)

    def _outcome(self, webhook: Webhook, status: int) -> Outcome:
        if 200 <= status < 300:
            return Outcome.ANSWERED
        if status >= 500 or status in _AGAIN:
            return self._unanswered(webhook)
        return Outcome.REFUSED

    def _unanswered(self, webhook: Webhook) -> Outcome:
        return Outcome.GIVEN_UP if webhook.waited >= self._patience else Outcome.WAITING
