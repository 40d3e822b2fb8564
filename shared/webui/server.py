"""The web servers of a service: one for everybody, one for those who run it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from shared.settings import ServiceSettings
from shared.webui.http_protocol import LimitedHttp

RECEIVE_BUFFER = 32 * 1024
"""Of each connection. What the kernel holds of a body comes into memory in one piece, however
little of it is wanted."""


class PageServer(uvicorn.Server):
    """Leaves signals to the service: the base class raises them again when it has ended, and that
    would end the process with records in hand and sends under way."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def web_server(app: FastAPI, host: str, port: int, settings: ServiceSettings) -> PageServer:
    """A server that is not started yet; `should_exit` ends it."""
    return PageServer(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=LimitedHttp,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=1,
        )
    )


async def serve_pages(server: PageServer) -> None:
    """Listen and answer until the server is told to exit."""
    listening = server.config.bind_socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    await server.serve([listening])
