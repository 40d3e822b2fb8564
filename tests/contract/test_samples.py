"""Golden samples: what was once written is read for ever, and equal events have equal bytes."""

from shared.events import EVENT_TYPES
from tests.contract.samples import FOLDER, is_whole, samples_of
from tests.contract.schemas import schema_of

HOW = "run `python -m tests.contract.schemas` and commit the sample it added"


def test_every_sample_is_of_a_known_type() -> None:
    stems = {file.stem.rpartition(".")[0] for file in FOLDER.iterdir()}
    assert stems == set(EVENT_TYPES), HOW


NEWEST = {name: samples_of(name)[-1].read_bytes() for name in EVENT_TYPES if samples_of(name)}


def test_the_newest_sample_holds_every_field() -> None:
    partial = [name for name, kind in EVENT_TYPES.items()
               if not is_whole(NEWEST[name], schema_of(kind))]  # fmt: skip
    assert partial == [], HOW


def test_the_newest_sample_comes_back_as_the_same_bytes() -> None:
    for name, body in NEWEST.items():
        assert EVENT_TYPES[name].model_validate_json(body).model_dump_json().encode() == body


def test_every_sample_is_still_read() -> None:
    for name, kind in EVENT_TYPES.items():
        for file in samples_of(name):
            kind.model_validate_json(file.read_bytes())


def test_a_field_that_nobody_knows_yet_is_ignored() -> None:
    for name, body in NEWEST.items():
        kind = EVENT_TYPES[name]
        newer = body[:-1] + b',"added_later":{"by":["a newer","release"]}}'
        assert kind.model_validate_json(newer) == kind.model_validate_json(body)
