"""A small web server that stands for our webhooks: it notes what it gets and answers on demand."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from twilio.request_validator import RequestValidator


@dataclass(frozen=True, slots=True)
class Received:
    """One POST as it came in."""

    path: str
    form: dict[str, str]
    signature: str
    at: float


class Receiver:
    """Listens on a port of its own, until it is taken down; answers 204 or what it is told."""

    def __init__(self) -> None:
        self.got: list[Received] = []
        self.answers: list[int] = []
        """Statuses for the next requests; when it is used up, 204."""
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def up(self) -> None:
        """Listen, on the same port as before."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = dict(parse_qsl(raw, keep_blank_values=True))
                self.send_response(receiver._note(self.path, form, self._signature()))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def _signature(self) -> str:
                return self.headers.get("X-Twilio-Signature", "")

            def log_message(self, *_: object) -> None:
                """Say nothing: what was received is asked for, not printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def down(self) -> None:
        """Stop listening: connections are refused."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def clear(self) -> None:
        """Forget what came in and what to answer; be up."""
        with self._lock:
            self.got.clear()
            self.answers.clear()
        if self._server is None:
            self.up()

    def statuses(self, sid: str) -> list[str]:
        """The statuses that were received about a text, in order of arrival."""
        with self._lock:
            return [r.form["MessageStatus"] for r in self.got if r.form.get("MessageSid") == sid]

    def valid(self, received: Received, token: str) -> bool:
        """Whether the official validator accepts the request's signature."""
        answer: bool = RequestValidator(token).validate(
            f"{self.url}{received.path}", received.form, received.signature
        )
        return answer

    def _note(self, path: str, form: dict[str, str], signature: str) -> int:
        with self._lock:
            self.got.append(Received(path, form, signature, time.monotonic()))
            return self.answers.pop(0) if self.answers else 204


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that is up."""
    receiver = Receiver()
    receiver.up()
    try:
        yield receiver
    finally:
        receiver.down()


def eventually(holds: Callable[[], bool], *, seconds: float = 8.0) -> None:
    """Wait until `holds()`; fails after `seconds`."""
    give_up_at = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up_at, "it did not come true in time"
        time.sleep(0.01)
