"""The answer to a request whose parameters have a wrong form."""

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

MESSAGE = "A value has a wrong form, or a field is not known. Correct it and send it again."


def unreadable_response(error: RequestValidationError) -> JSONResponse:
    """Name each place and rule, never the value: FastAPI's own answer would repeat it.

    A field that nobody knows is not named either, because its name came with the request.
    """
    problems = [
        {
            "code": found["type"],
            "field": ".".join(str(part) for part in found["loc"][: _named(found["type"])]),
        }
        for found in error.errors()
    ]
    return JSONResponse(
        {"code": "request_unreadable", "message": MESSAGE, "problems": problems}, 422
    )


def _named(kind: str) -> int:
    return 1 if kind in ("extra_forbidden", "json_invalid") else 2
