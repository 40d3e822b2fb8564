"""The page with the phones, as a browser without scripts sees it, and its live stream."""

import json
import signal
import smtplib
import threading
from email.message import EmailMessage
from pathlib import Path

import httpx2
import pytest

from tests.integration.simulator.process import DANA, SAM, SENDER, Running, simulator
from tests.integration.simulator.receiver import Receiver, eventually

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">&\'"'


def send(sim: Running, body: str, to: str = SAM) -> None:
    """Send a text without receipts."""
    sim.client().messages.create(to=to, from_=SENDER, body=body)


def mail(sim: Running, subject: str, body: str, to: str = "desk@clinic.example") -> None:
    """Send an e-mail by SMTP."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "noreply@alongside.example", to, subject
    message["Message-ID"] = "<one@alongside.example>"
    message.set_content(body)
    with smtplib.SMTP("127.0.0.1", sim.smtp_port) as smtp:
        smtp.send_message(message)


def test_the_page_shows_each_phone_with_its_owner_and_language(sim: Running) -> None:
    """A text in Spanish is marked as Spanish."""
    sim.name(DANA, "Dana", "coach", "es")
    send(sim, "Hola Dana", DANA)
    page = sim.page()
    assert "Dana" in page
    assert "Coach" in page
    assert '<p class="bubble__text" lang="es">Hola Dana</p>' in page


def test_links_in_a_text_open_in_a_new_tab(sim: Running) -> None:
    """The full stop behind an address is not part of it."""
    send(sim, "See https://a.example/r/Kx3v?x=1&y=2.")
    assert (
        '<a href="https://a.example/r/Kx3v?x=1&amp;y=2" target="_blank" rel="noopener noreferrer">'
        in sim.page()
    )


def test_hostile_text_is_shown_as_text_everywhere(sim: Running) -> None:
    """Labels, texts, links, mail and the live stream are escaped."""
    sim.name(SAM, HOSTILE)
    send(sim, HOSTILE)
    send(sim, f'https://a.example/"><script>alert(3)</script>{HOSTILE} javascript:alert(4)')
    mail(sim, HOSTILE, HOSTILE)
    page = sim.page()
    assert page.count("<script") == 1, "only the page's own script"
    assert "<img src=x" not in page
    assert 'href="javascript' not in page
    assert "&lt;script&gt;alert(1)" in page


def test_an_email_arrives_and_is_shown(sim: Running) -> None:
    """By SMTP, in the mailbox of its recipient, case of the address aside."""
    box = {"address": "Desk@Clinic.example", "label": "Clinic desk"}
    assert sim.http.post("/simulator/mailboxes", json=box).status_code == 201
    mail(sim, "Referral ALG-7K3M", "It has moved on.\nSee https://a.example/r/1")
    [shown] = sim.http.get("/simulator/mail").json()["mailboxes"]
    assert shown["label"] == "Clinic desk"
    [letter] = shown["mails"]
    assert letter["subject"] == "Referral ALG-7K3M"
    assert letter["message_id"] == "<one@alongside.example>"
    assert letter["body"] == "It has moved on.\nSee https://a.example/r/1"
    assert "Clinic desk" in sim.page()
    assert "It has moved on." in sim.page()


def test_a_reply_works_without_scripts(sim: Running, receiver: Receiver) -> None:
    """The form posts, the webhook gets the text, and the page comes back at the phone."""
    answer = sim.http.post(f"/phones/{SAM}/texts", data={"body": "STOP"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/#phone-")
    assert [received.form["Body"] for received in receiver.got] == ["STOP"]
    assert "Received by Alongside" in sim.page()


def test_another_site_cannot_type_on_a_phone(sim: Running, receiver: Receiver) -> None:
    """A form posted from elsewhere is refused."""
    answer = sim.http.post(
        f"/phones/{SAM}/texts", data={"body": "STOP"}, headers={"Origin": "http://evil.example"}
    )
    assert answer.status_code == 403
    assert receiver.got == []


def test_a_fault_is_started_and_ended_from_the_page(sim: Running) -> None:
    """What is in force is said in words."""
    form = {"fault": "undeliverable", "to": SAM, "next_sends": "2", "seconds": "", "code": ""}
    assert sim.http.post("/faults", data=form).status_code == 303
    assert f"The text cannot be delivered, for {SAM}, for the next 2 texts" in sim.page()
    assert sim.http.post("/faults/clear").status_code == 303
    assert "no fault is in force" in sim.page()


def test_a_fault_that_makes_no_sense_is_explained_on_the_page(sim: Running) -> None:
    """The page says which field to check."""
    answer = sim.http.post("/faults", data={"fault": "fail", "code": "7"})
    assert answer.status_code == 422
    assert "error code (five digits)" in answer.text
    assert "<title>Error: " in answer.text


def test_network_opt_out_is_switched_from_the_page(sim: Running) -> None:
    """It is off at first."""
    assert "Network opt-out is <strong>off</strong>" in sim.page()
    assert sim.http.post("/network-opt-out", data={"wanted": "on"}).status_code == 303
    assert "Network opt-out is <strong>on</strong>" in sim.page()
    sim.faults(network_opt_out=False)


def test_the_page_is_guarded_by_a_strict_policy(sim: Running) -> None:
    """No inline script, no foreign host, no framing."""
    headers = sim.http.get("/").headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert " style=" not in sim.page()


def test_the_oldest_texts_are_dropped_and_the_page_says_so(tmp_path: Path) -> None:
    """Memory is bounded."""
    with simulator(tmp_path, keep_messages="10") as sim:
        send(sim, "the very first", DANA)
        for number in range(13):
            send(sim, f"text {number}")
        assert [text.body for text in sim.texts(SAM)] == [f"text {n}" for n in range(3, 13)]
        assert "555-0101" not in sim.page(), "a phone without a name goes with its last text"
        assert [text.body for text in sim.texts()] == [f"text {n}" for n in range(3, 13)]
        assert "4 older texts were dropped" in sim.page()


@pytest.fixture
def events(sim: Running) -> list[dict[str, object]]:
    """What an open page is told, from now on."""
    told: list[dict[str, object]] = []
    since = sim.page().split('data-since="')[1].split('"')[0]

    def read() -> None:
        with httpx2.stream("GET", f"{sim.url}/simulator/stream?since={since}") as stream:
            for line in stream.iter_lines():
                if line.startswith("data: {"):
                    told.append(json.loads(line.removeprefix("data: ")))
                    if "the last" in line:
                        return

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return told


def test_an_open_page_is_told_what_changed(sim: Running, events: list[dict[str, object]]) -> None:
    """Only what changed, already escaped, with a sentence for screen readers."""
    sim.name(DANA, "Dana", "coach")
    send(sim, f"{HOSTILE} the last", DANA)
    eventually(lambda: any("the last" in json.dumps(told) for told in events))
    told = json.dumps(events)
    assert "New text on the phone of Dana." in told
    assert "<script" not in told


def test_an_open_page_does_not_hold_up_the_end(tmp_path: Path) -> None:
    """SIGTERM ends the process within three seconds though a page listens."""
    with (
        simulator(tmp_path) as sim,
        httpx2.stream("GET", f"{sim.url}/simulator/stream?since=stale.1") as stream,
    ):
        assert stream.status_code == 200
        sim.process.send_signal(signal.SIGTERM)
        assert sim.process.wait(3) is not None
