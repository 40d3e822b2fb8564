"""Where a clinic's requests meet the use-cases: one tenant transaction each."""

import asyncio
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from services.intake.actions.answer import problems_as_json
from services.intake.actions.screening import ScreeningContext, Submission
from services.intake.actions.who import Who, open_who
from services.intake.on.consent_revoked import consent_revoked
from services.intake.on.end_told import end_told
from services.intake.on.hold_acknowledged import hold_acknowledged
from services.intake.on.referral_amended import ends, referral_amended
from services.intake.on.referral_submitted import KeyReusedError, Stored, referral_submitted
from services.intake.on.referral_withdrawn import referral_withdrawn
from services.intake.rules.closures import Told
from services.intake.rules.quota import QuotaReached, QuotaReachedError
from services.intake.rules.states import IllegalTransitionError, State, Trigger, allowed
from services.intake.rules.text import staff_name
from services.intake.settings import Settings
from services.intake.store import idempotency, pages, people, referrals, submissions
from services.intake.store.referrals import Referral
from services.intake.store.submissions import FirstAnswer
from services.intake.web.answers import referral_as_json
from services.intake.web.reading import Reader
from shared.db import Row
from shared.request_coalescer import RequestCoalescer
from shared.service import Core
from shared.transaction import Transaction

LARGE_AT_ONCE = 2
"""Of one clinic; each takes several times its size while it is read."""
MAX_SEARCHED = 2_000
"""How many of the newest referrals are opened to find somebody by name."""


class UnknownReferralError(Exception):
    """This clinic has no such referral."""


class NobodyNamedError(Exception):
    """A hold is released by a person, so it takes a name."""


class StaleVersionError(Exception):
    """The referral changed since the clinic read it."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


@dataclass(frozen=True, slots=True)
class Amended:
    """The HTTP status of an amendment, and its problems where it was not taken."""

    code: int
    problems: list[dict[str, str]] | None = None


class ClinicRequests:
    """What the API and the pages can do for a clinic."""

    def __init__(self, core: Core[Settings], screening: ScreeningContext) -> None:
        self.core, self._screening, self._reader = core, screening, Reader()
        self._large_bodies: dict[UUID, asyncio.Semaphore] = {}
        self._full: dict[UUID, QuotaReached] = {}
        self._submitting: dict[UUID, RequestCoalescer[Submission, Stored | KeyReusedError]] = {}

    def large_bodies(self, clinic_id: UUID) -> asyncio.Semaphore:
        """The turns in which the large bodies of a clinic are read, so that memory stays free."""
        return self._large_bodies.setdefault(clinic_id, asyncio.Semaphore(LARGE_AT_ONCE))

    async def read(
        self, clinic_id: UUID, body: bytes, media_type: str, idempotency_key: str | None
    ) -> Submission | None:
        """Read a body; None when neither it nor the header names it.

        Raises UnreadableError when nothing of it can be read.
        """
        today = self.core.clock.now().astimezone(self._screening.calendar.zone).date()
        reading = await self._reader.read(body, media_type, today=today)
        key = reading.draft.business_key or idempotency_key
        if not key:
            return None
        header = self._screening.hash_of("header", idempotency_key) if idempotency_key else None
        hashed = hmac.new(self._screening.hash_key, b"key|" + key.encode(), hashlib.sha256).digest()
        return Submission(clinic_id, hashed, media_type, body, reading, header)

    async def submit(self, submission: Submission) -> Stored:
        """Store a submission once. Raises KeyReusedError, QuotaReachedError.

        Those that a clinic sends while one of its transactions runs share the next one.
        """
        clinic_id = submission.clinic_id
        await self._refuse_while_full(submission)
        try:
            return await self._stored_once(submission)
        except QuotaReachedError as error:
            self._full[clinic_id] = error.reached
            raise

    async def _refuse_while_full(self, submission: Submission) -> None:
        """Once the database has refused, what is new costs no more writes and no more keys."""
        full = self._full.get(submission.clinic_id)
        if full is None or self.core.clock.now() >= full.opens_at:
            return
        key = submission.clinic_id, submission.business_key
        async with self.core.database.tenant_tx(submission.clinic_id) as tx:
            if await submissions.by_business_key(tx.connection, *key) is None:
                raise QuotaReachedError(full)

    async def _stored_once(self, submission: Submission) -> Stored:
        clinic_id = submission.clinic_id
        coalesced = self._submitting.setdefault(
            clinic_id, RequestCoalescer(partial(self._store, clinic_id))
        )
        if submission.idempotency_hash is None:
            stored = await coalesced(submission)
        else:
            stored = await self._store_under(submission.idempotency_hash, submission)
        if isinstance(stored, KeyReusedError):
            raise stored
        return stored

    async def _store(
        self, clinic_id: UUID, batch: Sequence[Submission]
    ) -> list[Stored | KeyReusedError]:
        async with self.core.database.tenant_tx(clinic_id) as tx:
            return await referral_submitted(tx, batch, self._screening)

    async def _store_under(
        self, key_hash: bytes, submission: Submission
    ) -> Stored | KeyReusedError:
        """Store a submission whose request has an `Idempotency-Key`."""
        clinic_id = submission.clinic_id
        async with self.core.database.tenant_tx(clinic_id) as tx:
            first = await idempotency.locked(tx.connection, clinic_id, key_hash)
            if first is not None and first["body_hash"] == submission.body_hash:
                answer = FirstAnswer(first["first_status"], first["first_answer"])
                return Stored(first["referral_id"], answer)
            if first is not None:
                return KeyReusedError(first["referral_id"])
            (stored,) = await referral_submitted(tx, [submission], self._screening)
            if isinstance(stored, Stored):
                await idempotency.remember(
                    tx.connection,
                    clinic_id,
                    key_hash,
                    body_hash=submission.body_hash,
                    referral_id=stored.referral_id,
                )
            return stored

    async def amend(self, referral_id: UUID, submission: Submission, version: int) -> Amended:
        """Amend the version that the clinic has read.

        Raises UnknownReferralError, StaleVersionError, or IllegalTransitionError when it is over.
        """
        async with self.core.database.tenant_tx(submission.clinic_id) as tx:
            hashes = self._screening.hashes_of(submission.reading.draft)
            same = await people.locked_same(tx.connection, referral_id, hashes)
            referral = await self._mine(tx, referral_id)
            if referral.version != version:
                raise StaleVersionError(referral.version)
            if referral.standing.is_final:
                raise IllegalTransitionError(
                    referral.standing.state, Trigger.CLINIC_AMENDS, allowed(referral.standing)
                )
            verdict = await referral_amended(tx, referral, same, submission, self._screening)
        running = referral.accepted_at is not None
        if ends(verdict, running=running):
            return Amended(200)
        if running and verdict.resume_to is not State.READY:
            return Amended(422, problems_as_json(verdict.problems))
        incomplete = verdict.state in (State.NEEDS_INFO, State.CONSENT_PENDING)
        return Amended(202 if incomplete else 422 if verdict.refusal else 200)

    async def list_newest(
        self, clinic_id: UUID, *, most: int, public_url: str
    ) -> list[dict[str, Any]]:
        """The clinic's newest referrals as it reads them. That it read them is audited."""
        async with self.core.database.tenant_tx(clinic_id) as tx:
            rows = await pages.latest(tx.connection, limit=most)
            shown = " ".join(str(row["referral_id"]) for row in rows)
            tx.audit("referrals.listed", "clinic", clinic_id, count=len(rows), referral_ids=shown)
        return [await referral_as_json(row, self.core.vault, public_url) for row in rows]

    async def list_for_page(
        self, clinic_id: UUID, *, most: int, words: str
    ) -> list[tuple[dict[str, Any], Who]]:
        """The newest with whom they are about; with `words`, those whom or which these name."""
        looked_at = MAX_SEARCHED if words else most
        async with self.core.database.tenant_tx(clinic_id) as tx:
            rows = await pages.latest(tx.connection, limit=looked_at)
            await self.core.vault.prefetch([row["key_id"] for row in rows])
            found = [
                (row, who) for row in rows if _is_meant(row, who := await self._who(row), words)
            ][:most]
            shown = " ".join(str(row["referral_id"]) for row, _ in found)
            tx.audit("referrals.listed", "clinic", clinic_id, count=len(found), referral_ids=shown)
        return [(await referral_as_json(row, self.core.vault, ""), who) for row, who in found]

    async def show_on_page(self, clinic_id: UUID, referral_id: UUID) -> tuple[dict[str, Any], Who]:
        """One referral with whom it is about. Raises UnknownReferralError."""
        async with self.core.database.tenant_tx(clinic_id) as tx:
            row = await self._one(tx, referral_id)
        return await referral_as_json(row, self.core.vault, ""), await self._who(row)

    async def _who(self, row: Row) -> Who:
        return await open_who(
            self.core.vault, row["key_id"], row["referral_id"], row["sealed_person"]
        )

    async def _one(self, tx: Transaction, referral_id: UUID) -> Row:
        row = await pages.one(tx.connection, referral_id)
        if row is None:
            raise UnknownReferralError
        tx.audit("referral.viewed", "referral", referral_id)
        return row

    async def show(self, clinic_id: UUID, referral_id: UUID) -> dict[str, Any]:
        """One referral as its clinic reads it. Raises UnknownReferralError."""
        async with self.core.database.tenant_tx(clinic_id) as tx:
            row = await self._one(tx, referral_id)
        return await referral_as_json(row, self.core.vault, self.core.settings.public_url)

    async def withdraw(self, clinic_id: UUID, referral_id: UUID, reason: str) -> None:
        """Raises UnknownReferralError, IllegalTransitionError."""
        async with self.core.database.tenant_tx(clinic_id) as tx:
            referral = await self._mine(tx, referral_id)
            await referral_withdrawn(tx, referral, reason, self._screening.calendar)

    async def revoke(self, clinic_id: UUID, referral_id: UUID) -> None:
        """Raises UnknownReferralError, or IllegalTransitionError when nothing is left to end."""
        async with self.core.database.tenant_tx(clinic_id) as tx:
            same = await people.locked_same(tx.connection, referral_id)
            referral = await self._mine(tx, referral_id)
            calendar, today = self._screening.calendar, self._screening.today(tx)
            await consent_revoked(tx, referral, same, calendar, on=today)

    async def end(self, clinic_id: UUID, referral_id: UUID, told: Told) -> None:
        """Raises UnknownReferralError, IllegalTransitionError."""
        async with self.core.database.tenant_tx(clinic_id) as tx:
            same = await people.locked_same(tx.connection, referral_id)
            referral = await self._mine(tx, referral_id)
            await end_told(tx, referral, same, told, self._screening.calendar)

    async def acknowledge(self, clinic_id: UUID, referral_id: UUID, by_name: str | None) -> None:
        """Raises NobodyNamedError, UnknownReferralError, IllegalTransitionError.

        A hold is not released from a restored database: it may not know why it was set.
        """
        await self.core.history.refuse_while_behind()
        name = staff_name(by_name)
        if name is None:
            raise NobodyNamedError
        submission = await self._stored(clinic_id, referral_id)
        async with self.core.database.tenant_tx(clinic_id) as tx:
            referral = await self._mine(tx, referral_id)
            await hold_acknowledged(tx, referral, submission, self._screening, by_name=name)

    async def _stored(self, clinic_id: UUID, referral_id: UUID) -> Submission:
        """What the clinic last sent, opened and read again."""
        async with self.core.database.tenant_tx(clinic_id) as tx:
            row = await submissions.body(tx.connection, referral_id)
            key_id = await people.key_of(tx.connection, row["person_id"]) if row else None
        if row is None or key_id is None:
            raise UnknownReferralError
        context = f"submission|v1|{referral_id}"
        body = await self.core.vault.unseal(key_id, row["sealed_body"], context)
        submission = await self.read(clinic_id, body, row["media_type"], "stored")
        if submission is None:
            raise UnknownReferralError
        return submission

    async def _mine(self, tx: Transaction, referral_id: UUID) -> Referral:
        referral = await referrals.locked(tx.connection, referral_id)
        if referral is None:
            raise UnknownReferralError
        return referral


def _is_meant(row: Row, who: Who, words: str) -> bool:
    return not words or who.is_said_by(words) or words.upper() in row["reference"]
