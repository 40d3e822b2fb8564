"""The simulator as a process of its own, and the calls that tests make to it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from pydantic import BaseModel, ConfigDict, Field
from twilio.rest import Client

from tests.integration.simulator.receiver import eventually

ACCOUNT = "AC" + "0" * 32
TOKEN = "the-token-of-this-test-run"
SENDER = "+12065550100"
DANA = "+12065550101"
SAM = "+12065550201"


class Step(BaseModel):
    """A status of a text and when it came."""

    status: str
    at: str


class Text(BaseModel):
    """A text as the simulator reports it."""

    model_config = ConfigDict(populate_by_name=True)

    sid: str
    direction: str
    to: str
    sender: str = Field(alias="from")
    body: str
    status: str
    error_code: int | None
    history: list[Step]
    hand_over: str


class Texts(BaseModel):
    """All texts as the simulator reports them."""

    messages: list[Text]
    dropped: int
    webhooks_owed: int


class Typed(BaseModel):
    """What came of a typed text."""

    sid: str
    outcome: str | None
    http_status: int | None


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Running:
    """A simulator that runs."""

    url: str
    smtp_port: int
    http: httpx2.Client
    process: subprocess.Popen[bytes]

    def client(self, token: str = TOKEN, account: str = ACCOUNT) -> Client:
        """The official client, pointed at the simulator."""
        client = Client(account, token)
        client.api.base_url = self.url
        return client

    def texts(self, to: str | None = None) -> list[Text]:
        """What the simulator has; with `to` only what was sent to that number."""
        return self._texts(to).messages

    def webhooks_owed(self) -> int:
        """Webhooks that are still to be posted."""
        return self._texts(None).webhooks_owed

    def _texts(self, to: str | None) -> Texts:
        answer = self.http.get("/simulator/messages", params={"to": to} if to else None)
        return Texts.model_validate_json(answer.content)

    def faults(self, *rules: dict[str, object], **switches: object) -> None:
        """Put these rules in force."""
        answer = self.http.put("/simulator/faults", json={"rules": rules, **switches})
        assert answer.status_code == 200, answer.text

    def name(self, number: str, label: str, kind: str = "person", language: str = "en") -> None:
        """Name a phone."""
        phone = {"number": number, "label": label, "kind": kind, "language": language}
        assert self.http.post("/simulator/phones", json=phone).status_code == 201

    def type(self, number: str, body: str) -> Typed:
        """Type a text on a phone."""
        answer = self.http.post(f"/simulator/phones/{number}/texts", json={"body": body})
        assert answer.status_code == 200, answer.text
        return Typed.model_validate_json(answer.content)

    def page(self) -> str:
        """The page as it is without scripts."""
        return self.http.get("/").text


@contextmanager
def simulator(folder: Path, **settings: str) -> Iterator[Running]:
    """A simulator process with these SIMULATOR_* settings (names in lower case)."""
    token = folder / "token"
    token.write_text(f"{TOKEN}\n")
    port, smtp_port = free_port(), free_port()
    wanted = {
        "auth_token_file": str(token),
        "port": str(port),
        "smtp_port": str(smtp_port),
        "sms_sender": SENDER,
        "account_sid": ACCOUNT,
        "sent_after_seconds": "0.02",
        "delivered_after_seconds": "0.03",
        **settings,
    }
    environment = {f"SIMULATOR_{name.upper()}": value for name, value in wanted.items()}
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.simulator"], env={**os.environ, **environment}
    )
    try:
        with httpx2.Client(base_url=url, timeout=15) as http:
            eventually(lambda: _answers(process, http), seconds=20)
            yield Running(url, smtp_port, http, process)
    finally:
        process.terminate()
        process.wait(10)


def _answers(process: subprocess.Popen[bytes], http: httpx2.Client) -> bool:
    assert process.poll() is None, "the simulator ended at its start"
    try:
        return http.get("/livez").status_code == 200
    except httpx2.TransportError:
        return False
