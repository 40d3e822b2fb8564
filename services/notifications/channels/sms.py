"""Texts by Twilio's REST API."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
from twilio.base.exceptions import TwilioRestException
from twilio.http.response import Response
from twilio.rest import Client

from services.notifications.channels.outcomes import Delivery, Lost, NotSent, Refused, Taken

logging.getLogger("twilio").setLevel(logging.WARNING)


class _Http:
    """What the official client sends by: a timeout that is honoured, no request kept in memory."""

    is_async = True

    def __init__(self, seconds: float, connections: int) -> None:
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=30),
            timeout=aiohttp.ClientTimeout(total=seconds),
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
            return Lost() if error.status >= 500 else Refused(error.code or error.status)
        except aiohttp.ClientConnectorError:
            return NotSent()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Lost()
        return Taken(str(message.sid))

    async def find(self, to: str, *, since: datetime) -> list[tuple[str, str]]:
        """Texts to this number that the provider took since then: their ids and bodies.

        Raises ConnectionError when the provider cannot be asked.
        """
        try:
            found = await self._client.messages.list_async(
                to=to, from_=self._sender, date_sent_after=since, limit=200
            )
        except (TwilioRestException, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ConnectionError(type(error).__name__) from None
        return [(str(message.sid), str(message.body)) for message in found]

    async def received_since(self, since: datetime) -> list[tuple[str, str, str]]:
        """Texts that people wrote to us since then, oldest first: id, sender and body.

        Raises ConnectionError when the provider cannot be asked.
        """
        try:
            found = await self._client.messages.list_async(to=self._sender, date_sent_after=since)
        except (TwilioRestException, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ConnectionError(type(error).__name__) from None
        written = [one for one in found if str(one.direction).startswith("inbound")]
        return [(str(one.sid), str(one.from_), str(one.body)) for one in reversed(written)]

    async def close(self) -> None:
        await self._http.session.close()
