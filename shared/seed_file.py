"""Reads the JSON files from which operators load clinics and coaches."""

import json
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

MAX_PLACES = 5
"""Of a file that is wrong in many places, the first ones are named."""

Entry = TypeVar("Entry", bound=BaseModel)


class SeedFileError(Exception):
    """The file cannot be used; the text names the file and the places, never a value."""


def read_entries(file: Path, kind: type[Entry]) -> list[Entry]:
    """The entries of a file that holds a list of them. Raises SeedFileError."""
    try:
        return TypeAdapter(list[kind]).validate_python(json.loads(file.read_text("utf-8")))  # type: ignore[valid-type]
    except OSError as error:
        raise SeedFileError(f"{file} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        raise SeedFileError(f"{file} cannot be used: {_places(error)}") from None
    except ValueError:
        raise SeedFileError(f"{file} is not JSON in UTF-8") from None


def _places(error: ValidationError) -> str:
    found = error.errors(include_input=False, include_url=False, include_context=False)
    places = [
        f"{'.'.join(map(str, one['loc'])) or 'the whole'}: {one['msg']}"
        for one in found[:MAX_PLACES]
    ]
    return "; ".join(places) + ("; …" if len(found) > MAX_PLACES else "")
