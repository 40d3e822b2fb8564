"""TCP ports on the loopback address."""

from __future__ import annotations

import socket

from deploy.local.errors import PortTakenError

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port nobody listens on now. It is not reserved: use it soon."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def answers(port: int, seconds: float = 0.5) -> bool:
    """Whether somebody accepts connections on `port`."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=seconds).close()
    except OSError:
        return False
    return True


def require_free(port: int, program: str) -> None:
    """Raise PortTakenError unless `program` could listen on `port`."""
    if not is_free(port):
        raise PortTakenError(
            f"port {port} is taken, so {program} cannot listen there. A port belongs to one "
            f"program at a time: stop the other one (`ss -ltnp 'sport = :{port}'` shows it) "
            "or choose another port."
        )
