"""Puts the simulator together as one web application with a mail sink."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

import aiohttp
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from deploy.simulator import control_api, page, stream, twilio_api
from deploy.simulator.mail import listen
from deploy.simulator.problems import add_problems
from deploy.simulator.settings import Settings
from deploy.simulator.simulator import build

_log = logging.getLogger("alongside.simulator")


def _in_background(work: Coroutine[object, object, None]) -> asyncio.Task[None]:
    """Run `work`; its unexpected end ends the process, so that it cannot fail unseen."""

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.critical("background work ended: %s", type(error).__name__)
            os.kill(os.getpid(), signal.SIGTERM)

    task = asyncio.create_task(work)
    task.add_done_callback(ended)
    return task


@asynccontextmanager
async def _running(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    connector = aiohttp.TCPConnector(limit=settings.webhook_workers, keepalive_timeout=30)
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        simulator = build(settings, session)
        sink = await listen(simulator.mailboxes, settings.host, settings.smtp_port)
        simulator.smtp_port = sink.sockets[0].getsockname()[1]
        app.state.simulator = simulator
        tasks = [
            _in_background(simulator.courier.run()),
            _in_background(simulator.timelines.run(session)),
        ]
        try:
            yield
        finally:
            sink.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def alive() -> dict[str, str]:
    """Answers as soon as the simulator takes requests."""
    return {"status": "ok"}


def create_app(settings: Settings) -> FastAPI:
    """The simulator as an application; nothing runs before its lifespan begins."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _running(app, settings):
            yield

    app = FastAPI(title="Alongside simulator", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.router.routes.extend(twilio_api.routes())
    app.include_router(control_api.router)
    app.include_router(stream.router)
    app.include_router(page.router)
    for path in ("/livez", "/readyz"):
        app.add_api_route(path, alive, methods=["GET"])
    app.mount("/static", StaticFiles(directory=page.FOLDER / "static"), name="static")
    add_problems(app)
    return app
