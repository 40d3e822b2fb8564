"""Whom a referral is about, as their own clinic knows them."""

import json
from dataclasses import dataclass
from uuid import UUID

from services.intake.rules.draft import Draft, Person
from shared.errors import KeyDestroyedError
from shared.vault import Vault


@dataclass(frozen=True, slots=True)
class Who:
    """Name to use and the clinic's own record number; None where they are not known any more."""

    name: str | None = None
    record_number: str | None = None

    def is_said_by(self, words: str) -> bool:
        """Whether these words are a part of the name or of the record number."""
        known = (self.name or "", self.record_number or "")
        return any(words.casefold() in one.casefold() for one in known)


NOBODY = Who()


async def seal_who(vault: Vault, key_id: UUID, referral_id: UUID, draft: Draft) -> bytes:
    """What of a submission names the person, sealed under their key."""
    person = draft.person or Person()
    number = person.record_number.value if person.record_number else None
    content = json.dumps({"name": person.name, "record_number": number}).encode()
    return await vault.seal(key_id, content, _context(referral_id))


async def open_who(vault: Vault, key_id: UUID, referral_id: UUID, sealed: bytes | None) -> Who:
    """What `seal_who` sealed; nobody after the person was erased, and of an older release."""
    if sealed is None:
        return NOBODY
    try:
        opened = json.loads(await vault.unseal(key_id, sealed, _context(referral_id)))
    except KeyDestroyedError:
        return NOBODY
    return Who(opened["name"], opened["record_number"])


def _context(referral_id: UUID) -> str:
    return f"referral_person|v1|{referral_id}"
