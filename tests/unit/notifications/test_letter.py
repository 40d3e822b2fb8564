"""An e-mail says what it was given, and nobody can add a header by a value."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.channels.letter import Mail, as_bytes, on_the_wire

SENDER = "alongside@alongside.example"
AT = datetime(2026, 3, 8, 9, 59, 59, tzinfo=UTC)
MAIL = Mail(
    "clinic@clinic.example", "Alongside: K7QF-2MXP", "Hello,\n\nall is well.\n", "<1@a.b>", AT
)
LONGEST_LINE = 78
"""RFC 5322 §2.1.1."""

words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=200)


def read(mail: Mail) -> EmailMessage:
    return message_from_bytes(as_bytes(mail, sender=SENDER), _class=EmailMessage, policy=default)


def changed(**fields: Any) -> Mail:
    return Mail(**{name: fields.get(name, getattr(MAIL, name)) for name in Mail.__slots__})


def test_it_says_when_it_was_sent_and_that_no_human_wrote_it() -> None:
    parsed = read(MAIL)
    assert parsed["date"].datetime == AT
    assert parsed["message-id"] == MAIL.message_id
    assert parsed["auto-submitted"] == "auto-generated"


@given(subject=words, lines=st.lists(words))
def test_whatever_is_said_arrives(subject: str, lines: list[str]) -> None:
    parsed = read(changed(subject=subject.strip(), body="\n".join([*lines, ""])))
    assert parsed["subject"].split() == subject.split()
    assert parsed.get_content().splitlines() == lines
    assert (parsed["to"], parsed["from"]) == (MAIL.to, SENDER)
    assert not parsed.defects


@given(subject=words, lines=st.lists(words))
def test_it_travels_in_short_lines_of_ascii(subject: str, lines: list[str]) -> None:
    raw = as_bytes(changed(subject=subject, body="\n".join(lines)), sender=SENDER)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    _, _, body = raw.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= LONGEST_LINE


def test_an_address_outside_of_ascii_is_read_as_it_is() -> None:
    to = "clínica@clinic.example"
    assert as_bytes(changed(to=to), sender=SENDER).startswith(f"To: {to}\r\n".encode())


@pytest.mark.parametrize(
    ("address", "known_as"),
    [
        ("ana@clinic.example", "ana@clinic.example"),
        ("Ana@Clinic.Example", "Ana@Clinic.Example"),
        ("ana@Clínica.example", "ana@xn--clnica-4va.example"),
        ("josé@clinic.example", "josé@clinic.example"),
        ("ana@straße.example", "ana@straße.example"),
        ("ana@" + "é" * 80 + ".example", "ana@" + "é" * 80 + ".example"),
    ],
)
def test_a_domain_travels_in_the_form_that_servers_know(address: str, known_as: str) -> None:
    assert on_the_wire(address) == known_as


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\n ", "\x00", "\x0b", "\x85", "\u2028"])
@pytest.mark.parametrize("field", ["to", "subject", "message_id"])
def test_no_value_begins_another_header(field: str, end: str) -> None:
    value = f"{getattr(MAIL, field)}{end}Bcc: stranger@elsewhere.example"
    with pytest.raises(ValueError, match=r"holds a control character|is not one bare address"):
        as_bytes(changed(**{field: value}), sender=SENDER)


@pytest.mark.parametrize(
    "to",
    ["", "clinic", "a@b@c.d", "a@b.c, d@e.f", "a@b.c;d@e.f", "Clinic <a@b.c>", "a@b.c (Clinic)",
     '"a"@b.c', "a b@c.d", "a@b.c\n", "@b.c", "a@"],
)  # fmt: skip
def test_a_mail_goes_to_one_bare_address(to: str) -> None:
    with pytest.raises(ValueError, match="To is not one bare address"):
        as_bytes(changed(to=to), sender=SENDER)
