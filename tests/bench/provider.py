"""A provider that only counts: answers every send at once and remembers when it came to whom.

    python -m tests.bench.provider PORT MAIL_PORT

`GET /sends` gives `[[time, to, body], …]`, `DELETE /sends` forgets them; `GET /count` says how many
texts and e-mails have come since the start. No receipts are sent. E-mails are dropped.
"""

import asyncio
import itertools
import sys
import time
from typing import cast

from aiohttp import web


class Count:
    """How many sends of any kind have come since the start."""

    total = 0


def app() -> web.Application:
    sends: list[tuple[float, str, str]] = []
    numbers = itertools.count(1)

    async def take(request: web.Request) -> web.Response:
        form = await request.post()
        sends.append((time.time(), str(form["To"]), str(form["Body"])))
        Count.total += 1
        sid = f"SM{next(numbers):032x}"
        return web.json_response({"sid": sid, "status": "queued", "body": ""}, status=201)

    async def give(_: web.Request) -> web.Response:
        return web.json_response(sends)

    async def count(_: web.Request) -> web.Response:
        return web.json_response(Count.total)

    async def forget(_: web.Request) -> web.Response:
        sends.clear()
        return web.Response(status=204)

    made = web.Application()
    made.router.add_post("/2010-04-01/Accounts/{account}/Messages.json", take)
    made.router.add_get("/sends", give)
    made.router.add_get("/count", count)
    made.router.add_delete("/sends", forget)
    return made


class MailDrop(asyncio.Protocol):
    """Says yes to every SMTP command and keeps nothing.

    A real server would run elsewhere; here it would take its part of the product's cores.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._read, self._in_letter = b"", False
        self._transport.write(b"220 bench\r\n")

    def data_received(self, data: bytes) -> None:
        *lines, self._read = (self._read + data).split(b"\r\n")
        self._transport.write(b"".join(self._answer(line) for line in lines))

    def _answer(self, line: bytes) -> bytes:
        if self._in_letter:
            self._in_letter = line != b"."
            Count.total += not self._in_letter
            return b"" if self._in_letter else b"250 taken\r\n"
        self._in_letter = line.upper() == b"DATA"
        return b"354 go on\r\n" if self._in_letter else b"250 yes\r\n"


async def serve(port: int, mail_port: int) -> None:
    runner = web.AppRunner(app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    drop = await asyncio.get_running_loop().create_server(MailDrop, "127.0.0.1", mail_port)
    await drop.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
