"""Texts by Twilio's REST API."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
from twilio.base.exceptions import TwilioRestException
from twilio.http.response import Response
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from services.notifications.channels.outcomes import (
    Delivery,
    Lost,
    NotSent,
    ProviderAwayError,
    Refused,
    Taken,
)
from services.notifications.rules.retries import read_retry_after

NOT_NOW = (429, 503)
"""Statuses that say that the request was not taken, and may be later."""

logging.getLogger("twilio").setLevel(logging.WARNING)


class _Http:
    """What the official client sends by: a timeout that is honoured, no request kept in memory."""

    is_async = True

    def __init__(self, seconds: float, connections: int) -> None:
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=30),
            # Its own limit for the connection: where none was made, nothing was written.
            timeout=aiohttp.ClientTimeout(total=seconds, connect=seconds / 2),
        )

    async def request(
        self,
        method: str,
        url: str,
        params: dict[str, str] | None = None,
        data: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 (the official client's signature)
        allow_redirects: bool = False,
    ) -> Any:
        signed = {"Authorization": aiohttp.encode_basic_auth(*auth)} if auth else {}
        async with self.session.request(
            method,
            url,
            params=params,
            data=data,
            headers={**(headers or {}), **signed},
            allow_redirects=allow_redirects,
        ) as answer:
            if answer.status in NOT_NOW:
                header, date = answer.headers.get("Retry-After"), answer.headers.get("Date")
                raise ProviderAwayError(str(answer.status), read_retry_after(header, date))
            return Response(answer.status, await answer.text(), answer.headers)


@dataclass(frozen=True, slots=True, repr=False)
class Sms:
    """One text as it goes out. `callback_url` names this one claim, so a receipt proves it."""

    to: str
    body: str
    callback_url: str


class SmsProvider:
    """Create it inside the running loop; close it at the end."""

    def __init__(
        self,
        *,
        account_sid: str,
        auth_token: str,
        base_url: str,
        sender: str,
        timeout_seconds: float,
        connections: int,
    ) -> None:
        self._sender = sender
        self._http = _Http(timeout_seconds, connections)
        self._client = Client(account_sid, auth_token, http_client=self._http)
        self._client.api.base_url = base_url

    async def send(self, sms: Sms) -> Delivery:
        """Hand over one text. Never raises for what the provider or the network does."""
        try:
            message = await self._client.messages.create_async(
                to=sms.to, from_=self._sender, body=sms.body, status_callback=sms.callback_url
            )
        except TwilioRestException as error:
            # Some providers have stored the text and yet answer so: it is looked up first.
            return Lost() if error.status >= 500 else Refused(error.code or error.status)
        except ProviderAwayError as error:
            return NotSent(error.retry_after)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return NotSent()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Lost()
        return Taken(str(message.sid))

    async def find(self, to: str, *, since: datetime) -> list[tuple[str, str]]:
        """Texts to this number that the provider took since then: their ids and bodies.

        Raises ProviderAwayError when the provider cannot be asked.
        """
        found = await self._list(to=to, from_=self._sender, date_sent_after=since, limit=200)
        return [(str(message.sid), str(message.body)) for message in found]

    async def received_since(self, since: datetime) -> list[tuple[str, str, str]]:
        """Texts that people wrote to us since then, oldest first: id, sender and body.

        Raises ProviderAwayError when the provider cannot be asked.
        """
        found = await self._list(to=self._sender, date_sent_after=since)
        written = [one for one in found if str(one.direction).startswith("inbound")]
        return [(str(one.sid), str(one.from_), str(one.body)) for one in reversed(written)]

    async def _list(self, **wanted: Any) -> list[MessageInstance]:
        try:
            found: list[MessageInstance] = await self._client.messages.list_async(**wanted)
        except ProviderAwayError:
            raise
        except (TwilioRestException, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ProviderAwayError(type(error).__name__) from None
        return found

    async def close(self) -> None:
        await self._http.session.close()
