"""A route whose function gets the request as it came."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute


class Direct(APIRoute):
    """For the busiest route: finding out its parameters took longer than judging a submission.

    The function takes the request and nothing else; what it reads of the headers is documented
    with `openapi_extra`.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return handler
