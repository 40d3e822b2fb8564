import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.rules.segments import Encoding, Segments, count, transliterate


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments(Encoding.GSM_7, 0, 1)),
        ("a" * 160, Segments(Encoding.GSM_7, 160, 1)),
        ("a" * 161, Segments(Encoding.GSM_7, 161, 2)),
        ("a" * 306, Segments(Encoding.GSM_7, 306, 2)),
        ("a" * 307, Segments(Encoding.GSM_7, 307, 3)),
        ("€" * 80, Segments(Encoding.GSM_7, 160, 1)),
        ("[" * 81, Segments(Encoding.GSM_7, 162, 2)),
        ("ñÑéÉüÜ¿¡àèìòùäöÇ", Segments(Encoding.GSM_7, 16, 1)),
        ("á", Segments(Encoding.UCS_2, 1, 1)),
        ("í" * 70, Segments(Encoding.UCS_2, 70, 1)),
        ("ó" * 71, Segments(Encoding.UCS_2, 71, 2)),
        ("ú" * 134, Segments(Encoding.UCS_2, 134, 2)),
        ("ú" * 135, Segments(Encoding.UCS_2, 135, 3)),
        ("😀" * 35, Segments(Encoding.UCS_2, 70, 1)),
        ("ç", Segments(Encoding.UCS_2, 1, 1)),
        ("’", Segments(Encoding.UCS_2, 1, 1)),
    ],
)
def test_a_text_costs_what_carriers_bill(text: str, expected: Segments) -> None:
    assert count(text) == expected


def test_a_character_of_two_septets_is_never_cut_in_half() -> None:
    assert count("a" * 152 + "€" + "a" * 152).parts == 3
    assert count("a" * 151 + "€" + "a" * 153).parts == 2


def test_an_emoji_is_never_cut_in_half() -> None:
    assert count("á" * 66 + "😀" + "á" * 66).parts == 3
    assert count("á" * 65 + "😀" + "á" * 67).parts == 2


def test_typography_becomes_plain_and_a_text_with_it_stays_one_part() -> None:
    typed = "“It’s late” – see you…\u00a0soon\u200b"
    assert transliterate(typed) == '"It\'s late" - see you... soon'
    assert count(transliterate(typed)).encoding is Encoding.GSM_7


@given(st.text(alphabet="áéíóúüñÁÉÍÓÚÑ¿¡çÇßøabcXYZ123😀€", max_size=80))
def test_no_letter_and_no_accent_is_ever_touched(text: str) -> None:
    assert transliterate(text) == text


@given(st.text(max_size=400))
def test_transliterating_twice_changes_nothing_more(text: str) -> None:
    assert transliterate(transliterate(text)) == transliterate(text)


@given(st.text(max_size=400), st.text(max_size=40))
def test_more_text_never_costs_fewer_units_in_the_same_encoding(text: str, more: str) -> None:
    shorter, longer = count(text), count(text + more)
    if shorter.encoding is longer.encoding:
        assert longer.units >= shorter.units
        assert longer.parts >= shorter.parts
    else:
        assert longer.encoding is Encoding.UCS_2


@given(st.text(min_size=1, max_size=700))
def test_the_parts_hold_the_units(text: str) -> None:
    segments = count(text)
    room = 153 if segments.encoding is Encoding.GSM_7 else 67
    if segments.parts > 1:
        assert segments.units <= segments.parts * room
        assert segments.units > (segments.parts - 1) * (room - 1)
