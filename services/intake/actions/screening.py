"""What is screened, and what screening needs besides it."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.intake.rules.deadlines import Calendar
from services.intake.rules.draft import Draft, Person
from services.intake.rules.policy import Policy
from services.intake.rules.quota import Quota
from services.intake.rules.reading import Reading
from services.intake.store.people import Hashes
from shared.transaction import Transaction
from shared.vault import Vault


@dataclass(frozen=True, slots=True, repr=False)
class Submission:
    """One request of a clinic: what was read of it, and the bytes as they came."""

    clinic_id: UUID
    business_key: bytes
    media_type: str
    body: bytes
    reading: Reading
    idempotency_hash: bytes | None = None
    """Of the header `Idempotency-Key`, which binds whatever the body says."""

    @property
    def body_hash(self) -> bytes:
        return hashlib.sha256(self.body).digest()


@dataclass(frozen=True, slots=True)
class ScreeningContext:
    """What screening needs besides the submission."""

    vault: Vault
    policy: Policy
    calendar: Calendar
    quota: Quota
    hash_key: bytes
    public_url: str

    def hash_of(self, *parts: str) -> bytes:
        """A keyed hash: equal parts can be found again, and nobody else can compute it."""
        return hmac.new(self.hash_key, "\x1f".join(parts).encode(), hashlib.sha256).digest()

    def hashes_of(self, draft: Draft) -> Hashes:
        """By what this person is recognised when the same clinic speaks of them again."""
        person = draft.person or Person()
        number, born = person.record_number, person.birth_date
        return Hashes(
            record=self.hash_of("record", number.system, number.value) if number else None,
            phone=self.hash_of("phone", person.phone) if person.phone else None,
            contact=self.hash_of("contact", person.phone, str(born))
            if person.phone and born
            else None,
        )

    def today(self, tx: Transaction) -> date:
        """The day on which the organisation lives."""
        return tx.now.astimezone(self.calendar.zone).date()


def language_of(draft: Draft) -> str:
    """The language in which the person is written to: the best one, or English."""
    return draft.person.languages[0] if draft.person and draft.person.languages else "en"
