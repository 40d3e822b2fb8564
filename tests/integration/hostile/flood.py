"""Many bodies without end from many connections at once, and many connections that dawdle.

A process of its own, so that it slows nobody but the service: arguments as JSON.
"""

import json
import socket
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from time import monotonic

MEGABYTE = 1024 * 1024
CHUNK = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
AT_ONCE, SLOW = 40, 300


@dataclass(slots=True)
class Flood:
    """So many bytes in chunked bodies, and for so long; whoever is cut off comes again.

    Some of it only ever lies in the kernel's buffers, hence the time.
    """

    port: int
    paths: Sequence[str]
    headers: Sequence[str] = ()
    left: int = 250 * MEGABYTE
    seconds: float = 8.0
    source: str = "127.0.0.1"
    """From where: an address that has guessed wrong too often is not read at all."""
    _until: float = 0.0
    _over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """All of it."""
        self._until = monotonic() + self.seconds
        workers = [threading.Thread(target=self._fast, args=(n,)) for n in range(AT_ONCE)]
        threads = [*workers, threading.Thread(target=self._slow)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _head(self, number: int) -> bytes:
        lines = (
            f"POST {self.paths[number % len(self.paths)]} HTTP/1.1",
            "Host: x",
            "Transfer-Encoding: chunked",
            "Content-Type: application/x-www-form-urlencoded",
            *self.headers,
        )
        return "\r\n".join((*lines, "", "")).encode()

    @property
    def _goes_on(self) -> bool:
        return self.left > 0 or monotonic() < self._until

    def _connect(self) -> socket.socket:
        """With small buffers, so that what is sent is with the service and not in the kernel."""
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 0x10000)
        connection.settimeout(5)
        connection.bind((self.source, 0))
        connection.connect(("127.0.0.1", self.port))
        return connection

    def _fast(self, number: int) -> None:
        while self._goes_on:
            with suppress(OSError), self._connect() as connection:
                connection.sendall(self._head(number))
                while self._goes_on:
                    connection.sendall(CHUNK)
                    self.left -= len(CHUNK)
        self._over.set()

    def _slow(self) -> None:
        """Half of them end in a head that never ends, the others in a body."""
        with ExitStack() as all_of_them:
            connections = [all_of_them.enter_context(self._connect()) for _ in range(SLOW)]
            for number, connection in enumerate(connections):
                connection.sendall(self._head(number)[: 40 if number % 2 else None])
            while not self._over.wait(1):
                for connection in connections:
                    with suppress(OSError):
                        connection.sendall(b"a")


if __name__ == "__main__":
    Flood(**json.loads(sys.argv[1])).run()
