"""A clinic is taken on, or its contact or API key changes."""

import hashlib
import json
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.intake.store import clinics
from shared.events import ClinicContactRecorded
from shared.transaction import Transaction
from shared.vault import Vault, event_context, to_wire

MIN_DIFFERENT = 9
"""Different characters in a secret; 32 random digits in hex have fewer once in a million."""


class ClinicEntry(BaseModel):
    """One clinic as a seed file describes it. `api_key` is `prefix.secret`; only a hash stays."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    number: str
    name: str = Field(min_length=1, max_length=128)
    email: str | None = None
    api_key: str = Field(pattern=r"^[A-Za-z0-9]{4,16}\.[A-Za-z0-9_-]{32,128}$")
    language: str = "en"
    zone: str

    @field_validator("api_key")
    @classmethod
    def _key_is_hard_to_guess(cls, key: str) -> str:
        """A random one of this length has more different characters, in hex too."""
        secret = key.partition(".")[2].casefold()
        if len(set(secret)) < MIN_DIFFERENT or secret in (secret + secret)[1:-1]:
            raise ValueError(
                "this key is easy to guess; make one with: "
                "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
            )
        return key

    @property
    def clinic_id(self) -> UUID:
        return clinic_id_of(self.number)


def clinic_id_of(number: str) -> UUID:
    """The id of the clinic that seed files call by this number."""
    return uuid5(NAMESPACE_URL, f"alongside:clinic:{number}")


async def clinic_recorded(tx: Transaction, clinic: ClinicEntry, vault: Vault) -> None:
    """Store the clinic and tell notifications, sealed, where it is told what becomes of things."""
    known = await clinics.find(tx.connection, clinic.clinic_id)
    key_id = known["key_id"] if known is not None else await vault.new_key()
    contact = json.dumps({"name": clinic.name, "email": clinic.email}).encode()
    context = event_context(ClinicContactRecorded.type, clinic.clinic_id)
    sealed = await vault.seal(key_id, contact, context)
    prefix, _, secret = clinic.api_key.partition(".")
    await clinics.upsert(
        tx.connection,
        clinic.clinic_id,
        key_id,
        sealed,
        prefix,
        hashlib.sha256(secret.encode()).digest(),
        clinic.language,
        clinic.zone,
    )
    tx.emit(
        ClinicContactRecorded(
            clinic_id=clinic.clinic_id,
            sealed=to_wire(key_id, sealed),
            language=clinic.language,
            zone=clinic.zone,
        )
    )
    tx.audit("clinic.recorded", "clinic", clinic.clinic_id)
