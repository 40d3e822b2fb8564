"""The answer to a request whose parameters have a wrong form."""

from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

MESSAGE = "A value has a wrong form, or a field is not known. Correct it and send it again."


def unreadable_response(error: RequestValidationError) -> JSONResponse:
    """Name each place, rule and possible value, never the one that came: FastAPI would repeat it.

    An unknown field is not named either, because its name came with the request.
    """
    problems = [_problem(found) for found in error.errors()]
    return JSONResponse(
        {"code": "request_unreadable", "message": MESSAGE, "problems": problems}, 422
    )


def _problem(found: dict[str, Any]) -> dict[str, str]:
    place = found["loc"][: _named(found["type"])]
    problem = {"code": found["type"], "field": ".".join(str(part) for part in place)}
    if found["type"] in ("enum", "literal_error"):
        problem["message"] = f"Possible is {found['ctx']['expected']}."
    return problem


def _named(kind: str) -> int:
    return 1 if kind in ("extra_forbidden", "json_invalid") else 2
