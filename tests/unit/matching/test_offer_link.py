"""The code of an offer's link: short, bound to offer and coach, impossible to guess."""

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.offer_link import CODE_LENGTH, has_code_shape, hash_of_code, offer_code

KEY = bytes(range(32))
OFFER, COACH = UUID(int=1), UUID(int=2)


def test_the_code_is_the_one_that_the_contract_describes() -> None:
    """Reckoned with another implementation: openssl dgst -sha256 -mac HMAC."""
    assert offer_code(KEY, OFFER, COACH) == "7bKXEr3MOyvHGER9Wj2uMD"


@given(st.uuids(), st.uuids(), st.binary(min_size=32, max_size=64))
def test_a_code_is_22_url_safe_characters(offer_id: UUID, coach_id: UUID, key: bytes) -> None:
    code = offer_code(key, offer_id, coach_id)
    assert re.fullmatch(rf"[A-Za-z0-9_-]{{{CODE_LENGTH}}}", code)
    assert CODE_LENGTH == 22
    assert has_code_shape(code)


def test_another_offer_coach_or_key_has_another_code_and_another_hash() -> None:
    codes = [
        offer_code(KEY, OFFER, COACH),
        offer_code(KEY, UUID(int=3), COACH),
        offer_code(KEY, OFFER, UUID(int=3)),
        offer_code(KEY, COACH, OFFER),
        offer_code(KEY[::-1], OFFER, COACH),
    ]
    assert len(set(codes)) == len(set(map(hash_of_code, codes))) == len(codes)


@pytest.mark.parametrize(
    "rubbish", ["", "x", "ñ" * 22, "\x00", "a" * 21 + "\x00", "a" * 22 + "\n", "a" * 100_000]
)
def test_rubbish_has_no_shape_of_a_code(rubbish: str) -> None:
    assert not has_code_shape(rubbish)


def test_a_short_key_is_refused_without_being_shown() -> None:
    with pytest.raises(ValueError, match="at least 32 bytes") as refused:
        offer_code(b"not-so-secret", OFFER, COACH)
    assert "not-so-secret" not in str(refused.value)
