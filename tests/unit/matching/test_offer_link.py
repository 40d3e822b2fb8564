"""The code of an offer's link: short, bound to offer and coach, impossible to guess."""

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.offer_link import CODE_LENGTH, is_offer_code, offer_code

KEY = bytes(range(32))
OFFER, COACH = UUID(int=1), UUID(int=2)


def test_the_code_is_the_one_that_the_contract_describes() -> None:
    """Reckoned with another implementation: openssl dgst -sha256 -mac HMAC."""
    assert offer_code(KEY, OFFER, COACH) == "7bKXEr3MOyvHGER9Wj2uMD"


@given(st.uuids(), st.uuids(), st.binary(min_size=32, max_size=64))
def test_a_code_is_22_url_safe_characters_and_is_recognised(
    offer_id: UUID, coach_id: UUID, key: bytes
) -> None:
    code = offer_code(key, offer_id, coach_id)
    assert re.fullmatch(rf"[A-Za-z0-9_-]{{{CODE_LENGTH}}}", code)
    assert CODE_LENGTH == 22
    assert is_offer_code(code, key, offer_id=offer_id, coach_id=coach_id)


@given(st.integers(0, CODE_LENGTH - 1), st.sampled_from("AZaz09-_"))
def test_one_other_character_makes_it_another_code(place: int, character: str) -> None:
    code = offer_code(KEY, OFFER, COACH)
    forged = code[:place] + character + code[place + 1 :]
    assert is_offer_code(forged, KEY, offer_id=OFFER, coach_id=COACH) is (forged == code)


def test_another_offer_coach_or_key_has_another_code() -> None:
    code = offer_code(KEY, OFFER, COACH)
    assert not is_offer_code(code, KEY, offer_id=UUID(int=3), coach_id=COACH)
    assert not is_offer_code(code, KEY, offer_id=OFFER, coach_id=UUID(int=3))
    assert not is_offer_code(code, KEY, offer_id=COACH, coach_id=OFFER)
    assert not is_offer_code(code, KEY[::-1], offer_id=OFFER, coach_id=COACH)


@pytest.mark.parametrize("rubbish", ["", "x", "ñ" * 22, "\x00", "a" * 100_000])
def test_rubbish_is_no_code_and_no_error(rubbish: str) -> None:
    assert not is_offer_code(rubbish, KEY, offer_id=OFFER, coach_id=COACH)


def test_a_longer_text_that_begins_with_the_code_is_no_code() -> None:
    code = offer_code(KEY, OFFER, COACH)
    assert not is_offer_code(code + "A", KEY, offer_id=OFFER, coach_id=COACH)
    assert not is_offer_code(code[:-1], KEY, offer_id=OFFER, coach_id=COACH)


def test_a_short_key_is_refused_without_being_shown() -> None:
    with pytest.raises(ValueError, match="at least 32 bytes") as refused:
        offer_code(b"not-so-secret", OFFER, COACH)
    assert "not-so-secret" not in str(refused.value)
