"""Golden samples: what was once written is read for ever, and equal events have equal bytes."""

import pytest

from shared.events import EVENT_TYPES
from tests.contract.samples import FOLDER, is_whole, samples_of
from tests.contract.schemas import schema_of

HOW = "run `python -m tests.contract.schemas` and commit the sample it added"


def test_every_sample_is_of_a_known_type() -> None:
    stems = {file.stem.rpartition(".")[0] for file in FOLDER.iterdir()}
    assert stems == set(EVENT_TYPES), HOW


@pytest.mark.parametrize("event_type", sorted(EVENT_TYPES))
def test_the_newest_sample_holds_every_field_and_comes_back_as_the_same_bytes(
    event_type: str,
) -> None:
    kind = EVENT_TYPES[event_type]
    body = samples_of(event_type)[-1].read_bytes()
    assert is_whole(body, schema_of(kind)), HOW
    assert kind.model_validate_json(body).model_dump_json().encode() == body


@pytest.mark.parametrize("event_type", sorted(EVENT_TYPES))
def test_every_sample_is_still_read(event_type: str) -> None:
    for file in samples_of(event_type):
        EVENT_TYPES[event_type].model_validate_json(file.read_bytes())


@pytest.mark.parametrize("event_type", sorted(EVENT_TYPES))
def test_a_field_that_nobody_knows_yet_is_ignored(event_type: str) -> None:
    kind = EVENT_TYPES[event_type]
    body = samples_of(event_type)[-1].read_bytes()
    newer = body[:-1] + b',"added_later":{"by":["a newer","release"]}}'
    assert kind.model_validate_json(newer) == kind.model_validate_json(body)
