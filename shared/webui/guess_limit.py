"""Slows the guessing of API keys, sign-ins and links: counted per client address, never per key."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from math import ceil
from time import monotonic

from fastapi import Request

from shared import metrics
from shared.logs import log

MAX_FAILURES = 10
"""Wrong guesses of one address within the window; the next request of that address is refused."""
WINDOW_SECONDS = 60.0
MAX_ADDRESSES = 10_000
"""Addresses kept in mind; those counted first are forgotten first."""


class GuessedAt(StrEnum):
    """What somebody may guess."""

    API_KEY = "api_key"
    SIGN_IN = "sign_in"
    OFFER_LINK = "offer_link"


class TooManyGuessesError(Exception):
    """This address has guessed wrong too often; it may try again after `retry_seconds`."""

    def __init__(self, retry_seconds: int) -> None:
        super().__init__(retry_seconds)
        self.retry_seconds = retry_seconds


@dataclass(slots=True)
class _Failures:
    since: float
    count: int = 0


@dataclass(frozen=True, slots=True)
class GuessLimit:
    """Wrong guesses of each address. Kept in memory: a restart forgives, a replica counts apart.

    An address that is refused is refused before anything is looked up, even with a right key;
    nobody at another address notices. An IPv6 client counts as its /64 network, because it can
    choose any address in there.
    """

    where: GuessedAt
    clock: Callable[[], float] = monotonic
    _by_address: OrderedDict[str, _Failures] = field(default_factory=OrderedDict)

    def refuse_guessers(self, request: Request) -> None:
        """Raises TooManyGuessesError when the client's address has guessed wrong too often."""
        failures = self._by_address.get(_address(request))
        if failures is None or failures.count < MAX_FAILURES:
            return
        left = failures.since + WINDOW_SECONDS - self.clock()
        if left > 0:
            metrics.GUESSES.labels(self.where.value, "refused").inc()
            raise TooManyGuessesError(ceil(left))

    def was_wrong(self, request: Request) -> None:
        """Count a wrong guess. What was sent and who sent it are not logged."""
        metrics.GUESSES.labels(self.where.value, "wrong").inc()
        address, now = _address(request), self.clock()
        failures = self._by_address.get(address)
        if failures is None or now >= failures.since + WINDOW_SECONDS:
            self._by_address.pop(address, None)
            failures = self._by_address[address] = _Failures(now)
            if len(self._by_address) > MAX_ADDRESSES:
                self._by_address.popitem(last=False)
        failures.count += 1
        if failures.count == MAX_FAILURES:
            log.warning("guessing_slowed", kind=self.where.value, seconds=int(WINDOW_SECONDS))


def _address(request: Request) -> str:
    text = request.client.host if request.client else ""
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(int(address) >> 64)
    return text
