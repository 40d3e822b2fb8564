"""A provider that only counts: answers every send at once and remembers when it came to whom.

    python -m tests.bench.provider PORT

`GET /sends` gives `[[time, to, body], …]`, `DELETE /sends` forgets them. No receipts are sent.
"""

import itertools
import sys
import time

from aiohttp import web


def app() -> web.Application:
    sends: list[tuple[float, str, str]] = []
    numbers = itertools.count(1)

    async def take(request: web.Request) -> web.Response:
        form = await request.post()
        sends.append((time.time(), str(form["To"]), str(form["Body"])))
        sid = f"SM{next(numbers):032x}"
        return web.json_response({"sid": sid, "status": "queued", "body": ""}, status=201)

    async def give(_: web.Request) -> web.Response:
        return web.json_response(sends)

    async def forget(_: web.Request) -> web.Response:
        sends.clear()
        return web.Response(status=204)

    made = web.Application()
    made.router.add_post("/2010-04-01/Accounts/{account}/Messages.json", take)
    made.router.add_get("/sends", give)
    made.router.add_delete("/sends", forget)
    return made


if __name__ == "__main__":
    web.run_app(app(), host="127.0.0.1", port=int(sys.argv[1]), print=None)
