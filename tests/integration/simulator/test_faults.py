"""What can be made to go wrong, seen from the sender and from its webhooks."""

import time
from collections import Counter

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from tests.integration.simulator.process import ACCOUNT, DANA, SAM, SENDER, TOKEN, Running
from tests.integration.simulator.receiver import Receiver, eventually


def send(client: Client, to: str = SAM, callback: str = "") -> str:
    """Send a text; returns its sid."""
    callbacks = {"status_callback": callback} if callback else {}
    sid: str = client.messages.create(to=to, from_=SENDER, body="Hello", **callbacks).sid
    return sid


def impatient(sim: Running, seconds: float) -> Client:
    """A client that waits `seconds` for an answer."""
    client = Client(ACCOUNT, TOKEN, http_client=TwilioHttpClient(timeout=seconds))
    client.api.base_url = sim.url
    return client


@pytest.mark.parametrize(("code", "status"), [(21610, 400), (20429, 429), (21408, 403)])
def test_a_send_is_refused_with_the_code_that_was_asked_for(
    sim: Running, code: int, status: int
) -> None:
    """For the number it holds for, for as many sends as were asked, and then no more."""
    sim.faults({"fault": "refuse", "code": code, "to": SAM, "next_sends": 1})
    send(sim.client(), DANA)
    with pytest.raises(TwilioRestException) as refused:
        send(sim.client())
    assert (refused.value.status, refused.value.code) == (status, code)
    send(sim.client())
    assert [text.to for text in sim.texts()] == [DANA, SAM]


@pytest.mark.parametrize(
    ("fault", "stored"), [("error_before_storing", 0), ("error_after_storing", 1)]
)
def test_an_internal_error_leaves_open_whether_the_text_went_out(
    sim: Running, fault: str, stored: int
) -> None:
    """The answer is the same 500; only a look-up tells."""
    sim.faults({"fault": fault, "next_sends": 1})
    with pytest.raises(TwilioRestException) as broken:
        send(sim.client())
    assert broken.value.status == 500
    assert len(sim.client().messages.list(to=SAM)) == stored


def test_a_connection_dropped_before_accepting_stores_nothing(sim: Running) -> None:
    """The sender gets no answer at all."""
    sim.faults({"fault": "drop_before_accepting", "next_sends": 1})
    with pytest.raises(requests.ConnectionError):
        send(sim.client())
    assert sim.texts() == []
    assert send(sim.client())


def test_a_time_out_after_accepting_sends_the_text_and_its_receipts(
    sim: Running, receiver: Receiver
) -> None:
    """The sender waits in vain, and the text is delivered all the same."""
    sim.faults({"fault": "timeout_after_accepting", "seconds": 30, "next_sends": 1})
    with pytest.raises(requests.ReadTimeout):
        send(impatient(sim, 0.3), callback=f"{receiver.url}/claim/7")
    [found] = sim.client().messages.list(to=SAM)
    eventually(lambda: receiver.statuses(found.sid)[-1:] == ["delivered"])
    assert {received.path for received in receiver.got} == {"/claim/7"}


def test_a_time_out_after_accepting_cuts_the_connection_in_the_end(sim: Running) -> None:
    """A patient sender learns after the given seconds that there is no answer."""
    sim.faults({"fault": "timeout_after_accepting", "seconds": 0.3, "next_sends": 1})
    began = time.monotonic()
    with pytest.raises(requests.ConnectionError):
        send(impatient(sim, 10))
    assert 0.25 < time.monotonic() - began < 3
    assert len(sim.texts(SAM)) == 1


def test_an_answer_is_late_by_the_seconds_that_were_asked_for(sim: Running) -> None:
    """The text is taken when the wait is over."""
    sim.faults({"fault": "delay_answer", "seconds": 0.3, "next_sends": 1})
    began = time.monotonic()
    send(sim.client())
    assert time.monotonic() - began >= 0.3


def test_receipts_are_late_by_the_seconds_that_were_asked_for(
    sim: Running, receiver: Receiver
) -> None:
    """Only `queued` comes at once."""
    sim.faults({"fault": "delay_receipts", "seconds": 0.4, "next_sends": 1})
    sid = send(sim.client(), callback=f"{receiver.url}/status")
    eventually(lambda: len(receiver.statuses(sid)) == 3)
    first, second, _ = (received.at for received in receiver.got)
    assert second - first >= 0.35


def test_receipts_are_doubled(sim: Running, receiver: Receiver) -> None:
    """Each receipt comes twice, with the same content."""
    sim.faults({"fault": "duplicate_receipts", "next_sends": 1})
    sid = send(sim.client(), callback=f"{receiver.url}/status")
    eventually(lambda: len(receiver.statuses(sid)) == 6)
    assert Counter(receiver.statuses(sid)) == {"queued": 2, "sent": 2, "delivered": 2}


def test_receipts_come_in_the_wrong_order(sim: Running, receiver: Receiver) -> None:
    """The last one comes first."""
    sim.faults({"fault": "reorder_receipts", "next_sends": 1})
    sid = send(sim.client(), callback=f"{receiver.url}/status")
    eventually(lambda: len(receiver.statuses(sid)) == 3)
    assert receiver.statuses(sid) == ["delivered", "sent", "queued"]


def test_a_receipt_never_comes(sim: Running, receiver: Receiver) -> None:
    """The provider itself knows no more than that the text was sent."""
    sim.faults({"fault": "no_receipts", "next_sends": 1})
    silent = send(sim.client(), callback=f"{receiver.url}/status")
    told = send(sim.client(), callback=f"{receiver.url}/status")
    eventually(lambda: len(receiver.statuses(told)) == 3)
    assert receiver.statuses(silent) == []
    assert sim.client().messages(silent).fetch().status == "sent"


@pytest.mark.parametrize(
    ("fault", "code", "end", "told"),
    [
        ("undeliverable", None, ("undelivered", 30003), ["queued", "sent", "undelivered"]),
        ("undeliverable", 30005, ("undelivered", 30005), ["queued", "sent", "undelivered"]),
        ("fail", 30007, ("failed", 30007), ["queued", "failed"]),
    ],
)
def test_a_text_ends_badly_with_its_code(
    sim: Running,
    receiver: Receiver,
    fault: str,
    code: int | None,
    end: tuple[str, int],
    told: list[str],
) -> None:
    """The receipt and a look-up carry the same code."""
    sim.faults({"fault": fault, "code": code, "next_sends": 1})
    sid = send(sim.client(), callback=f"{receiver.url}/status")
    eventually(lambda: receiver.statuses(sid) == told)
    text = sim.client().messages(sid).fetch()
    assert (text.status, text.error_code) == end
    assert receiver.got[-1].form["ErrorCode"] == str(end[1])


def test_chance_is_repeatable(sim: Running) -> None:
    """The same seed refuses the same sends."""

    def refused() -> list[bool]:
        sim.faults({"fault": "refuse", "probability": 0.5}, seed=11)
        return [_is_refused(sim.client()) for _ in range(12)]

    first = refused()
    assert refused() == first
    assert set(first) == {True, False}


def _is_refused(client: Client) -> bool:
    try:
        send(client)
    except TwilioRestException:
        return True
    return False


def test_a_rule_that_makes_no_sense_is_refused_without_repeating_it(sim: Running) -> None:
    """The answer names the field and not the value."""
    wrong = {"rules": [{"fault": "explode", "to": "+1 secret"}]}
    answer = sim.http.put("/simulator/faults", json=wrong)
    assert answer.status_code == 422
    assert "fault" in answer.text
    assert "secret" not in answer.text
    assert "explode" not in answer.text
