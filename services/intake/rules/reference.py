"""The short reference of a referral, for reading out on the phone."""

from uuid import UUID

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""30 letters and digits without those that sound or look alike (0 O, 1 I L, U)."""

LENGTH = 8


def reference_of(referral_id: UUID) -> str:
    """`K7QM-3XPA`: from the random end of the id, so that references do not follow each other."""
    number = referral_id.int & ((1 << 62) - 1)
    letters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[place])
    text = "".join(letters)
    return f"{text[:4]}-{text[4:]}"
