"""Words of people and to people: sealed under the recipient's key, opened for one view."""

from uuid import UUID

from shared.errors import KeyDestroyedError
from shared.events import Sealed
from shared.vault import Vault, from_wire, to_wire


def answer_context(answer_id: UUID) -> str:
    """What the words of a human's answer are bound to."""
    return f"human_answer|v1|{answer_id}"


def inbound_context(provider_id: str) -> str:
    """What the words of a text to us are bound to."""
    return f"inbound_text|v1|{provider_id}"


async def seal_words(vault: Vault, contact: str, words: str, context: str) -> str:
    """The words under the key of a sealed contact. Raises KeyDestroyedError after an erasure."""
    key_id = Sealed.model_validate_json(contact).key_id
    return to_wire(key_id, await vault.seal(key_id, words.encode(), context)).model_dump_json()


async def open_words(vault: Vault, sealed: str | None, context: str) -> str | None:
    """The words in clear; None when nobody can open them any more."""
    if sealed is None:
        return None
    wire = Sealed.model_validate_json(sealed)
    try:
        return (await vault.unseal(wire.key_id, from_wire(wire), context)).decode()
    except KeyDestroyedError:
        return None
