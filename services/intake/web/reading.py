"""From an HTTP body to a reading. Large documents are parsed in a worker process."""

import asyncio
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from datetime import date

from services.intake.rules.read_form import read_submission
from services.intake.rules.reading import Reading

INLINE_BYTES = 64 * 1024
"""Larger bodies would stall everybody else: 3 MB of FHIR take a second of processor time."""

JSON = "application/json"


class Reader:
    """Reads native JSON and FHIR. Raises UnreadableError, with the problem, for anything else."""

    def __init__(self) -> None:
        self._workers: ProcessPoolExecutor | None = None

    async def read(self, body: bytes, media_type: str, *, today: date) -> Reading:
        """The reading of a body of this media type (without parameters, in lower case)."""
        if media_type == JSON:
            return read_submission(body)
        if len(body) <= INLINE_BYTES:
            return read_fhir(body, media_type, today)
        if self._workers is None:
            context = multiprocessing.get_context("spawn")
            self._workers = ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=200)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._workers, read_fhir, body, media_type, today)


def read_fhir(body: bytes, media_type: str, today: date) -> Reading:
    """Read FHIR; the models are imported only where a Bundle is really read."""
    from services.intake.fhir.read import read_bundle

    return read_bundle(body, media_type, today=today)
