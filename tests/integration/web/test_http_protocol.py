"""Heads without end, clients that dawdle, bodies larger than their route: ended by the server."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import pytest
import uvicorn
from fastapi import FastAPI, Form, Request

from deploy.local.ports import free_port
from shared.webui import add_pages
from shared.webui.body_limits import DEFAULT_BYTES, LimitBodies, allow_body
from shared.webui.http_protocol import MAX_HEAD_BYTES, LimitedHttp
from shared.webui.problems import add_problems
from tests.world.system import until

CHUNK = b"%x\r\n%s\r\n" % (16_384, b"x" * 16_384)


class Impatient(LimitedHttp):
    """The same, in less time."""

    head_seconds = 0.3
    body_seconds = 0.6


def app() -> FastAPI:
    made = FastAPI()

    @made.get("/")
    async def home() -> str:
        return "home"

    @made.post("/form")
    async def form(word: Annotated[str, Form()] = "") -> int:
        return len(word)

    @made.post("/known")
    async def known(request: Request) -> int:
        allow_body(request, 4 * DEFAULT_BYTES)
        return len(await request.body())

    @made.post("/unread")
    async def unread() -> str:
        return "answered"

    made.add_middleware(LimitBodies)
    add_pages(made)
    add_problems(made)
    return made


async def has_started(server: uvicorn.Server) -> bool:
    return server.started


@pytest.fixture
async def port() -> AsyncIterator[int]:
    chosen = free_port()
    config = uvicorn.Config(
        app(), port=chosen, http=Impatient, ws="none", lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    await until(lambda: has_started(server), what="the server to listen")
    yield chosen
    server.should_exit = True
    await serving


async def said(port: int, *parts: bytes, pause: float = 0.0) -> bytes:
    """Everything that the server says to these bytes until it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = bytearray()

    async def read() -> None:
        try:
            while part := await reader.read(4096):
                answer.extend(part)
        except ConnectionError:
            answer.extend(b"" if answer else b"reset")

    reading = asyncio.create_task(read())
    for part in parts:
        if not reading.done():
            writer.write(part)
            await asyncio.sleep(pause)
    async with asyncio.timeout(5):
        await reading
    writer.close()
    return bytes(answer)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


async def test_somebody_who_only_connects_is_hung_up_on(port: int) -> None:
    assert await said(port) == b""


async def test_a_head_that_comes_drop_by_drop_is_ended(port: int) -> None:
    drops = [b"GET / HTTP/1.1\r\n", *(b"A-%d: b\r\n" % n for n in range(20))]
    answer = await said(port, *drops, pause=0.05)
    assert status_of(answer) == 408
    assert b'"too_slow"' in answer


async def test_the_second_request_of_a_connection_has_its_limit_too(port: int) -> None:
    answer = await said(port, b"GET / HTTP/1.1\r\nhost: a\r\n\r\n", b"GET / HT", pause=0.05)
    assert status_of(answer) == 200
    assert b"HTTP/1.1 408" in answer


@pytest.mark.parametrize("path", [b"/form", b"/known"])
async def test_a_body_that_comes_drop_by_drop_is_ended(port: int, path: bytes) -> None:
    head = b"POST " + path + b" HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n"
    head += b"content-type: application/x-www-form-urlencoded\r\n\r\n"
    answer = await said(port, head, *[b"x"] * 20, pause=0.05)
    assert status_of(answer) == 408


@pytest.mark.parametrize("end", [b"\r\n", b""])
async def test_a_header_without_end_is_ended(port: int, end: bytes) -> None:
    """One long header, or many short ones; neither is kept to its end."""
    many = (b"a: " + b"b" * 1000 + end for _ in range(MAX_HEAD_BYTES // 1000 + 2))
    answer = await said(port, b"GET / HTTP/1.1\r\n", *many)
    assert answer == b"reset" or status_of(answer) == 431


async def test_a_whole_head_that_is_too_large_is_refused_as_well(port: int) -> None:
    head = b"GET / HTTP/1.1\r\nhost: a\r\na: " + b"b" * MAX_HEAD_BYTES + b"\r\n\r\n"
    assert status_of(await said(port, head)) == 431


async def test_what_is_no_http_is_answered(port: int) -> None:
    assert status_of(await said(port, b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")) == 400


def posted(path: bytes, chunks: int) -> bytes:
    head = b"POST " + path + b" HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n"
    head += b"content-type: application/x-www-form-urlencoded\r\n\r\n"
    return head + CHUNK * chunks + (b"0\r\n\r\n")


async def test_a_form_is_read_no_further_than_is_allowed(port: int) -> None:
    answer = await said(port, posted(b"/form", 5))
    assert status_of(answer) == 413
    assert b'"too_large"' in answer
    assert b"at most 64 KiB" in answer
    assert b"connection: close" in answer


async def test_a_route_may_allow_more_to_those_it_knows(port: int) -> None:
    whole = posted(b"/known", 16).replace(b"\r\n", b"\r\nconnection: close\r\n", 1)
    answer = await said(port, whole)
    assert status_of(answer) == 200
    assert answer.endswith(b"262144")
    assert status_of(await said(port, posted(b"/known", 17))) == 413


async def test_an_answer_before_the_bodys_end_ends_the_connection(port: int) -> None:
    head = b"POST /unread HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\nx"
    answer = await said(port, head)
    assert status_of(answer) == 200
    assert b"connection: close" in answer


async def test_an_ordinary_connection_is_kept(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(3):
        body = b"word=hello"
        head = b"POST /form HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n" % len(body)
        head += b"content-type: application/x-www-form-urlencoded\r\n\r\n"
        writer.write(head + body)
        assert status_of(await reader.readuntil(b"\r\n\r\n")) == 200
        assert await reader.readexactly(1) == b"5"
        await asyncio.sleep(0.4)
    writer.close()
