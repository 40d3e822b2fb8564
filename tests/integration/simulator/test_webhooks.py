"""Webhooks while our side is away, slow or wrong."""

from itertools import pairwise
from pathlib import Path

from tests.integration.simulator.process import DANA, SAM, SENDER, TOKEN, Running, simulator
from tests.integration.simulator.receiver import Receiver, eventually


def send(sim: Running, receiver: Receiver) -> str:
    """Send a text whose receipts go to the receiver; returns its sid."""
    sid: str = (
        sim.client()
        .messages.create(
            to=SAM, from_=SENDER, body="Hello", status_callback=f"{receiver.url}/status"
        )
        .sid
    )
    return sid


def state_of(sim: Running, sid: str) -> str:
    """How far the webhooks about a text have come."""
    return next(text.hand_over for text in sim.texts() if text.sid == sid)


def test_no_receipt_is_lost_while_the_receiver_is_down(sim: Running, receiver: Receiver) -> None:
    """They wait, and arrive in order when it is back."""
    receiver.down()
    sid = send(sim, receiver)
    eventually(lambda: sim.texts()[0].status == "delivered")
    assert state_of(sim, sid) == "waiting"
    receiver.up()
    eventually(lambda: len(receiver.statuses(sid)) == 3)
    assert receiver.statuses(sid) == ["queued", "sent", "delivered"]
    eventually(lambda: state_of(sim, sid) == "answered")


def test_a_receipt_is_tried_again_after_an_outage_of_the_receiver(
    sim: Running, receiver: Receiver
) -> None:
    """503 and 429 mean later; the same receipt comes again, with growing waits."""
    receiver.answers += [503, 429, 500]
    sid = send(sim, receiver)
    eventually(lambda: len(receiver.statuses(sid)) == 6)
    assert receiver.statuses(sid) == ["queued"] * 4 + ["sent", "delivered"]
    moments = [received.at for received in receiver.got]
    waits = [later - earlier for earlier, later in pairwise(moments[:4])]
    assert waits == sorted(waits)
    assert waits[0] >= 0.2


def test_a_refusal_is_not_tried_again(sim: Running, receiver: Receiver) -> None:
    """403 is a decision; the next receipt is still posted."""
    receiver.answers += [403]
    sid = send(sim, receiver)
    eventually(lambda: len(receiver.statuses(sid)) == 3)
    assert receiver.statuses(sid) == ["queued", "sent", "delivered"]


def test_patience_ends(tmp_path: Path, receiver: Receiver) -> None:
    """After the patience that was set, the receipt is given up and shown as such."""
    with simulator(tmp_path, webhook_patience_seconds="0.5") as sim:
        receiver.down()
        sid = send(sim, receiver)
        eventually(lambda: sim.webhooks_owed() == 0)
        assert state_of(sim, sid) == "given_up"
        assert "could not be reached" in sim.page()


def test_a_typed_text_reaches_our_webhook_signed(sim: Running, receiver: Receiver) -> None:
    """Its form has what Twilio sends, empty fields included."""
    typed = sim.type(SAM, "Sí, gracias & más")
    assert (typed.outcome, typed.http_status) == ("answered", 204)
    [received] = receiver.got
    assert receiver.valid(received, TOKEN)
    form = received.form
    assert (form["From"], form["To"], form["Body"]) == (SAM, SENDER, "Sí, gracias & más")
    assert (form["MessageSid"], form["SmsStatus"]) == (typed.sid, "received")
    assert form["FromCity"] == ""


def test_a_typed_text_waits_for_a_service_that_is_away(sim: Running, receiver: Receiver) -> None:
    """Texts of one phone keep their order; another phone does not wait for them."""
    receiver.answers += [503]
    first = sim.type(SAM, "1")
    assert (first.outcome, first.http_status) == ("waiting", 503)
    other = sim.type(DANA, "2")
    assert other.outcome == "answered"
    assert sim.type(SAM, "STOP").outcome == "answered"
    order = [(received.form["From"], received.form["Body"]) for received in receiver.got]
    assert order == [(SAM, "1"), (DANA, "2"), (SAM, "1"), (SAM, "STOP")]


def test_a_typed_text_is_listed_as_inbound(sim: Running) -> None:
    """The provider's own list has both directions."""
    sim.type(SAM, "Hello")
    [text] = sim.client().messages.list(to=SENDER)
    assert (text.from_, text.direction, text.status) == (SAM, "inbound", "received")


def test_without_a_receiver_a_typed_text_stays_on_the_phone(tmp_path: Path) -> None:
    """The page says so instead of pretending."""
    with simulator(tmp_path) as sim:
        typed = sim.type(SAM, "Is anybody there?")
        assert typed.outcome is None
        assert "no service is connected" in sim.page()
