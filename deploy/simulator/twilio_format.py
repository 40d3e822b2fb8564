"""The provider's formats: what a text, a page of texts, an error and a webhook look like.

Source: the fields that the twilio 9.13 client reads, and Twilio's public API description.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import unescape
from urllib.parse import urlencode

from deploy.simulator.messages import Message, Status
from deploy.simulator.segments import parts

VERSION = "2010-04-01"
Json = dict[str, object]
Form = dict[str, str]


@dataclass(frozen=True, slots=True)
class ApiError(Exception):
    """An answer of the API that is not a success."""

    http_status: int
    code: int
    message: str

    def body(self) -> Json:
        """The error as the API answers it."""
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.http_status,
        }


_REFUSALS: Mapping[int, tuple[int, str]] = {
    20003: (401, "Authenticate"),
    20429: (429, "Too many requests"),
    21211: (400, "Invalid 'To' phone number: {to}"),
    21408: (403, "No permission to send texts to the region of {to}"),
    21602: (400, "A message body is required"),
    21603: (400, "A 'From' phone number is required"),
    21604: (400, "A 'To' phone number is required"),
    21606: (400, "The 'From' phone number is not one that this account can send from"),
    21609: (400, "The 'StatusCallback' URL is not valid"),
    21610: (400, "The recipient {to} has unsubscribed from this sender"),
    21611: (429, "The 'From' phone number has too many texts in its queue"),
    21614: (400, "The 'To' number {to} is not a mobile number"),
    21617: (400, "The message body is longer than 1600 characters"),
}


def refusal(code: int, *, to: str = "") -> ApiError:
    """The API's error with this code; like Twilio's it may quote the number."""
    http_status, words = _REFUSALS.get(code, (400, "The text was refused"))
    return ApiError(http_status, code, words.format(to=to))


def not_found(path: str) -> ApiError:
    """The API's answer for something it does not have."""
    return ApiError(404, 20404, f"The requested resource {path} was not found")


def messages_path(account_sid: str) -> str:
    """Path of the list of texts."""
    return f"/{VERSION}/Accounts/{account_sid}/Messages.json"


def _rfc2822(at: datetime | None) -> str | None:
    return format_datetime(at) if at else None


def _error_message(message: Message) -> str | None:
    return None if message.error_code is None else f"The text was {message.status}"


def as_resource(message: Message, account_sid: str) -> Json:
    """A text as the API answers it."""
    path = f"/{VERSION}/Accounts/{account_sid}/Messages/{message.sid}"
    return {
        "account_sid": account_sid,
        "api_version": VERSION,
        "body": message.body,
        "date_created": _rfc2822(message.created_at),
        "date_sent": _rfc2822(message.sent_at),
        "date_updated": _rfc2822(message.updated_at),
        "direction": message.direction,
        "error_code": message.error_code,
        "error_message": _error_message(message),
        "from": message.sender,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": str(parts(message.body)),
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": message.to,
        "uri": f"{path}.json",
    }


@dataclass(frozen=True, slots=True)
class Paging:
    """Where in a list the reader is. `after` is the last sid of the page before."""

    size: int = 50
    page: int = 0
    after: str | None = None


def as_page(
    messages: Sequence[Message], account_sid: str, paging: Paging, *, more: bool, asked: Form
) -> Json:
    """A page of texts as the API answers it; `asked` are the filters, repeated in its links."""
    path = messages_path(account_sid)

    def uri(page: int, token: str | None) -> str:
        place = {"PageSize": str(paging.size), "Page": str(page)}
        return f"{path}?{urlencode({**asked, **place, **({'PageToken': token} if token else {})})}"

    start = paging.page * paging.size
    return {
        "first_page_uri": uri(0, None),
        "next_page_uri": uri(paging.page + 1, f"PA{messages[-1].sid}") if more else None,
        "previous_page_uri": None,
        "page": paging.page,
        "page_size": paging.size,
        "start": start,
        "end": start + max(len(messages) - 1, 0),
        "uri": uri(paging.page, f"PA{paging.after}" if paging.after else None),
        "messages": [as_resource(message, account_sid) for message in messages],
    }


def receipt_form(
    message: Message, status: Status, error_code: int | None, account_sid: str
) -> Form:
    """What a status callback posts."""
    form = {
        "AccountSid": account_sid,
        "ApiVersion": VERSION,
        "From": message.sender,
        "MessageSid": message.sid,
        "MessageStatus": status.value,
        "SmsSid": message.sid,
        "SmsStatus": status.value,
        "To": message.to,
    }
    return form if error_code is None else {**form, "ErrorCode": str(error_code)}


def inbound_form(message: Message, account_sid: str) -> Form:
    """What is posted when a phone sends a text; empty fields are posted empty, as Twilio does."""
    places = {f"{end}{part}": "" for end in ("From", "To") for part in ("City", "State", "Zip")}
    return {
        **places,
        "AccountSid": account_sid,
        "ApiVersion": VERSION,
        "Body": message.body,
        "From": message.sender,
        "FromCountry": "US",
        "MessageSid": message.sid,
        "NumMedia": "0",
        "NumSegments": str(parts(message.body)),
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsStatus": Status.RECEIVED.value,
        "To": message.to,
        "ToCountry": "US",
    }


def replies_in(twiml: str) -> list[str]:
    """The texts that an answer to an inbound webhook asks to send back."""
    found: list[str] = re.findall(r"<Message>([^<]+)</Message>", twiml)
    return [unescape(text) for text in found]
