"""The timelines of referrals, asked of an intake service that comes and goes."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest

from tests.integration.simulator.process import Running, simulator
from tests.integration.simulator.receiver import eventually

KEY = "clinic.secret"
REFERRAL: dict[str, object] = {
    "referral_id": "018f",
    "reference": "ALG-7K3M",
    "state": "needs_info",
    "state_words": "Something is missing",
    "since": "2026-11-10T14:00:00Z",
    "next_words": "Add <b>the date</b> of consent",
    "url": "http://127.0.0.1:1/r/018f",
    "timeline": [
        {"at": "2026-11-10T13:00:00Z", "words": "Referral received"},
        {"at": "2026-11-10T14:00:00Z", "words": "Consent is not signed"},
        {"at": "2026-11-10T14:00:00Z", "words": "The clinic was asked"},
    ],
}


class Intake:
    """An intake service with one referral; `status` other than 200 is an outage."""

    def __init__(self) -> None:
        self.status = 200
        self.referral = dict(REFERRAL)
        intake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                allowed = self.headers.get("Authorization") == f"Bearer {KEY}"
                body = json.dumps({"referrals": [intake.referral]}).encode()
                found = self.path == "/v1/referrals"
                self.send_response(intake.status if allowed and found else 401)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def intake() -> Iterator[Intake]:
    """An intake service that is up."""
    intake = Intake()
    yield intake
    intake.server.shutdown()
    intake.server.server_close()


@pytest.fixture
def watching(tmp_path: Path, intake: Intake) -> Iterator[Running]:
    """A simulator that asks this intake service with the clinic's key."""
    key = tmp_path / "clinic.key"
    key.write_text(f"{KEY}\n")
    with simulator(tmp_path, intake_url=intake.url, clinic_key_file=str(key)) as running:
        yield running


def test_the_page_tells_where_each_referral_stands(watching: Running) -> None:
    """State, next step and the timeline, newest first, all escaped."""
    page = watching.page()
    assert "ALG-7K3M" in page
    assert "Something is missing" in page
    assert "Add &lt;b&gt;the date&lt;/b&gt; of consent" in page
    lines = ("The clinic was asked", "Consent is not signed", "Referral received")
    assert sorted(lines, key=page.index) == list(lines)
    assert 'href="http://127.0.0.1:1/r/018f"' in page


def test_an_address_that_is_no_web_address_is_not_a_link(watching: Running, intake: Intake) -> None:
    """What intake says is shown, never trusted."""
    intake.referral["url"] = "javascript:alert(1)"
    assert "javascript:" not in watching.page()


def test_an_outage_of_intake_is_said_calmly_and_the_last_word_stays(
    watching: Running, intake: Intake
) -> None:
    """And it goes away by itself."""
    watching.page()
    intake.status = 503
    page = watching.page()
    assert "is not answering right now" in page
    assert "ALG-7K3M" in page
    intake.status = 200
    assert "is not answering right now" not in watching.page()


def test_an_open_page_hears_of_a_new_state(watching: Running, intake: Intake) -> None:
    """Within a few seconds, by its stream."""
    since = watching.page().split('data-since="')[1].split('"')[0]
    result: list[str] = []

    def read() -> None:
        with httpx2.stream("GET", f"{watching.url}/simulator/stream?since={since}") as stream:
            for line in stream.iter_lines():
                result.append(line)
                if "Dana accepted" in line:
                    return

    threading.Thread(target=read, daemon=True).start()
    intake.referral["state_words"] = "Dana accepted"
    eventually(lambda: any("Dana accepted" in line for line in result))


def test_a_key_that_comes_later_is_found(tmp_path: Path, intake: Intake) -> None:
    """The page starts before the clinic has its key."""
    key = tmp_path / "clinic.key"
    with simulator(tmp_path, intake_url=intake.url, clinic_key_file=str(key)) as running:
        assert "fills in by itself" in running.page()
        key.write_text(KEY)
        assert "ALG-7K3M" in running.page()


def test_a_misspelt_setting_stops_the_start(tmp_path: Path) -> None:
    """By name, instead of being ignored."""
    with (
        pytest.raises(AssertionError, match="ended at its start"),
        simulator(tmp_path, inbound_ulr="http://127.0.0.1/inbound"),
    ):
        pytest.fail("it must not start")
