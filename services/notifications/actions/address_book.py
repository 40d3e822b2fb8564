"""Sealed contacts in clear for as long as a send takes, and the hashes of telephone numbers."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from uuid import UUID

from shared.events import Sealed
from shared.vault import Vault, event_context, from_wire


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """A contact in clear, for as long as a send takes."""

    name: str
    phone: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class AddressBook:
    """Opens sealed contacts and hashes numbers."""

    vault: Vault
    pepper: bytes

    async def open(self, kind: str, recipient_id: UUID, sealed: Sealed) -> Opened:
        """The contact in clear. Raises KeyDestroyedError when the person was erased."""
        context = event_context(f"{kind}.contact_recorded", recipient_id)
        text = await self.vault.unseal(sealed.key_id, from_wire(sealed), context)
        content = json.loads(text)
        return Opened(content["name"], content.get("phone"), content.get("email"))

    def hash_of(self, phone: str) -> bytes:
        """The number as the opt-out list knows it. It survives the erasure of the person."""
        return hmac.new(self.pepper, phone.encode(), hashlib.sha256).digest()
