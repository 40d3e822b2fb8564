"""AES-256-GCM with associated data: the only way in which this project seals bytes."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import PermanentError

KEY_BYTES = 32
NONCE_BYTES = 12


def new_key() -> bytes:
    """256 random bits from the operating system."""
    return AESGCM.generate_key(bit_length=256)


def seal(key: bytes, plaintext: bytes, context: bytes) -> bytes:
    """`nonce || ciphertext`, bound to `context`. Random nonce: far below 2^32 uses per key."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, context)


def unseal(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """The plaintext. Raises PermanentError when key, bytes or context are not the ones sealed."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
    except (InvalidTag, ValueError):
        raise PermanentError("seal_broken") from None
