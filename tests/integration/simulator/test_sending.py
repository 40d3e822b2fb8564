"""The provider's API as the official client sees it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from tests.integration.simulator.process import ACCOUNT, DANA, SAM, SENDER, TOKEN, Running
from tests.integration.simulator.receiver import Receiver, eventually


@pytest.fixture
async def async_client(sim: Running) -> AsyncIterator[Client]:
    """The official client in its asynchronous form."""
    http = AsyncTwilioHttpClient()
    client = Client(ACCOUNT, TOKEN, http_client=http)
    client.api.base_url = sim.url
    yield client
    await http.session.close()


def test_a_text_is_taken_and_gets_an_id(sim: Running) -> None:
    """The answer carries what the client needs to ask again."""
    text = sim.client().messages.create(to=SAM, from_=SENDER, body="Hola, ¿qué tal?")
    assert (text.to, text.from_, text.body) == (SAM, SENDER, "Hola, ¿qué tal?")
    assert (text.status, text.direction, text.num_segments) == ("queued", "outbound-api", "1")
    assert text.sid.startswith("SM")
    assert abs(text.date_created - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_text_can_be_fetched_until_it_is_delivered(sim: Running) -> None:
    """Fetching shows the status of the moment."""
    client = sim.client()
    sid = client.messages.create(to=SAM, from_=SENDER, body="Hello").sid
    eventually(lambda: client.messages(sid).fetch().status == "delivered")
    text = client.messages(sid).fetch()
    assert text.error_code is None
    assert text.date_sent is not None


def test_texts_are_listed_by_recipient_newest_first(sim: Running) -> None:
    """A list holds only what was asked for."""
    client = sim.client()
    for body in ("one", "two"):
        client.messages.create(to=SAM, from_=SENDER, body=body)
    client.messages.create(to=DANA, from_=SENDER, body="three")
    assert [text.body for text in client.messages.list(to=SAM)] == ["two", "one"]
    assert [text.body for text in client.messages.list(from_=SENDER)] == ["three", "two", "one"]
    assert client.messages.list(to="+12065550999") == []


def test_a_list_is_read_page_by_page(sim: Running) -> None:
    """Every text comes once, though new ones arrive between two pages."""
    client = sim.client()
    for number in range(7):
        client.messages.create(to=SAM, from_=SENDER, body=str(number))
    read = client.messages.stream(to=SAM, page_size=3)
    bodies = [next(read).body]
    client.messages.create(to=SAM, from_=SENDER, body="late")
    bodies += [text.body for text in read]
    assert bodies == ["6", "5", "4", "3", "2", "1", "0"]


def test_a_list_is_bounded_by_time(sim: Running) -> None:
    """Both bounds and the whole day are understood."""
    client = sim.client()
    client.messages.create(to=SAM, from_=SENDER, body="now")
    now = datetime.now(UTC)
    minute = timedelta(minutes=1)
    assert len(client.messages.list(date_sent_after=now - minute)) == 1
    assert client.messages.list(date_sent_after=now + minute) == []
    assert client.messages.list(date_sent_before=now - minute) == []
    assert len(client.messages.list(date_sent=now.date())) == 1
    assert client.messages.list(date_sent=now.date() - timedelta(days=2)) == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"to": "12065550101"}, 400, 21211),
        ({"to": "+1206555"}, 400, 21211),
        ({"from_": "+12065550177"}, 400, 21606),
        ({"body": ""}, 400, 21602),
        ({"body": "x" * 1601}, 400, 21617),
        ({"status_callback": "not an address"}, 400, 21609),
    ],
)
def test_what_cannot_be_sent_is_refused_with_the_providers_code(
    sim: Running, change: dict[str, str], status: int, code: int
) -> None:
    """The client raises with status and code, and nothing is stored."""
    with pytest.raises(TwilioRestException) as refused:
        sim.client().messages.create(**{"to": SAM, "from_": SENDER, "body": "Hello", **change})
    assert (refused.value.status, refused.value.code) == (status, code)
    assert sim.texts() == []


@pytest.mark.parametrize(("token", "account"), [("wrong", ACCOUNT), (TOKEN, "AC" + "1" * 32)])
def test_a_stranger_is_not_let_in(sim: Running, token: str, account: str) -> None:
    """Account and token must both be right."""
    with pytest.raises(TwilioRestException) as refused:
        sim.client(token, account).messages.create(to=SAM, from_=SENDER, body="Hello")
    assert (refused.value.status, refused.value.code) == (401, 20003)


def test_an_unknown_text_is_not_found(sim: Running) -> None:
    """Asking for a sid that was never given is answered 404."""
    with pytest.raises(TwilioRestException) as refused:
        sim.client().messages("SM" + "0" * 32).fetch()
    assert (refused.value.status, refused.value.code) == (404, 20404)


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:The 'auth' parameter is deprecated:DeprecationWarning")
async def test_the_asynchronous_client_creates_fetches_and_lists(
    sim: Running, async_client: Client
) -> None:
    """The services use this form of the client."""
    created = await async_client.messages.create_async(to=SAM, from_=SENDER, body="one")
    await async_client.messages.create_async(to=SAM, from_=SENDER, body="two")
    fetched = await async_client.messages(created.sid).fetch_async()
    assert fetched.body == "one"
    listed = await async_client.messages.list_async(to=SAM, page_size=1)
    assert [text.body for text in listed] == ["two", "one"]


def test_receipts_come_in_order_and_are_signed(sim: Running, receiver: Receiver) -> None:
    """The official validator accepts every callback, blank and accented fields included."""
    url = f"{receiver.url}/status?claim=7&x=á"
    text = sim.client().messages.create(
        to=SAM, from_=SENDER, body="Hello", status_callback=url.replace("á", "%C3%A1")
    )
    eventually(lambda: len(receiver.statuses(text.sid)) == 3)
    assert receiver.statuses(text.sid) == ["queued", "sent", "delivered"]
    assert all(receiver.valid(received, TOKEN) for received in receiver.got)
    assert not any(receiver.valid(received, "another token") for received in receiver.got)
    assert {received.form["AccountSid"] for received in receiver.got} == {ACCOUNT}


def test_network_opt_out_blocks_a_phone_that_texted_stop_until_it_texts_start(
    sim: Running,
) -> None:
    """Off unless it is switched on, because the system itself must obey a STOP."""
    client = sim.client()
    sim.type(SAM, "Stop")
    client.messages.create(to=SAM, from_=SENDER, body="the switch is off")
    sim.faults(network_opt_out=True)
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=SAM, from_=SENDER, body="blocked")
    assert (refused.value.status, refused.value.code) == (400, 21610)
    client.messages.create(to=DANA, from_=SENDER, body="not blocked")
    sim.type(SAM, "START")
    client.messages.create(to=SAM, from_=SENDER, body="again")
    assert [t.body for t in sim.texts(SAM)] == ["the switch is off", "again"]
