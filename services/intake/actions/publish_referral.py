"""A referral is complete: matching may look for a coach, and the person's contact is published."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from services.intake.actions.screening import ScreeningContext, language_of
from services.intake.rules.consent import expires_on
from services.intake.rules.draft import Draft, Person
from services.intake.rules.screen import Verdict
from services.intake.store.referrals import Referral
from shared.errors import PermanentError
from shared.events import (
    Area,
    ContactProfile,
    FitFactors,
    PersonContactRecorded,
    ReferralAccepted,
)
from shared.transaction import Transaction
from shared.vault import event_context, to_wire

LAST_DAY = date(9998, 12, 31)
"""Later ones are written as "never", and no calendar has a day after the last of them."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The ids under which a referral is published, and the key of its person."""

    referral_id: UUID
    clinic_id: UUID
    person_id: UUID
    reference: str
    consent_id: UUID
    key_id: UUID
    episode: int = 1


def identity_of(referral: Referral, key_id: UUID) -> Identity:
    """The identity of a referral that is stored."""
    return Identity(
        referral.referral_id,
        referral.clinic_id,
        referral.person_id,
        referral.reference,
        referral.consent_id,
        key_id,
        referral.episode,
    )


async def publish_referral(
    tx: Transaction,
    identity: Identity,
    draft: Draft,
    verdict: Verdict,
    screening: ScreeningContext,
) -> None:
    """Publish the sealed contact and then the need."""
    await publish_contact(tx, identity, draft, verdict, screening)
    tx.emit(ReferralAccepted(**need_of(identity, draft, verdict, screening)))


async def publish_contact(
    tx: Transaction,
    identity: Identity,
    draft: Draft,
    verdict: Verdict,
    screening: ScreeningContext,
) -> None:
    """Publish how the person is called and reached, sealed under the person's own key."""
    person = draft.person or Person()
    contact = {"name": person.name, "phone": person.phone, "email": person.email}
    sealed_for = event_context(PersonContactRecorded.type, identity.person_id)
    content = json.dumps(contact).encode()
    sealed = await screening.vault.seal(identity.key_id, content, sealed_for)
    prohibited = draft.request.contacting_person_prohibited if draft.request else False
    tx.emit(
        PersonContactRecorded(
            person_id=identity.person_id,
            sealed=to_wire(identity.key_id, sealed),
            language=language_of(draft),
            zone=verdict.zone or screening.calendar.zone.key,
            contact=ContactProfile(
                text_ok=person.contact.text_ok,
                voicemail_ok=person.contact.voicemail_ok,
                shared_phone=person.contact.shared_phone,
                subject_contact_prohibited=prohibited,
            ),
        )
    )


def need_of(
    identity: Identity, draft: Draft, verdict: Verdict, screening: ScreeningContext
) -> dict[str, Any]:
    """The fields of `referral.accepted` and `referral.amended`: codes, no identity.

    Raises PermanentError when called for a referral that is not complete.
    """
    request, person, county = draft.request, draft.person, verdict.county
    if request is None or person is None or county is None or verdict.zone is None:
        raise PermanentError("referral_not_complete")
    return {
        "referral_id": identity.referral_id,
        "clinic_id": identity.clinic_id,
        "person_id": identity.person_id,
        "episode": identity.episode,
        "reference": identity.reference,
        "urgency": verdict.urgency,
        "area": Area(state=county.state, county_fips=county.fips),
        "zone": verdict.zone,
        "languages": person.languages,
        "modality": request.modality,
        "kinds_of_support": tuple(kind.value for kind in request.kinds_of_support),
        "must": tuple(wish.value for wish in request.must),
        "prefer": tuple(wish.value for wish in request.prefer),
        "fit": FitFactors(
            pathway=_known(verdict.fit.pathway),
            age_band=_known(verdict.fit.age_band),
            spirituality=_known(verdict.fit.spirituality),
            family=_known(verdict.fit.family),
        ),
        "coach_organisation": screening.policy.organisation.code,
        "consent_id": identity.consent_id,
        "consent_expires_at": _consent_end(draft),
    }


def _known(code: str) -> str | None:
    """A fit factor as events carry it: None when it is not known."""
    return None if code == "unknown" else str(code)


def _consent_end(draft: Draft) -> datetime | None:
    """The end of the last day on which the consent may be relied on; None without a date."""
    last = expires_on(draft.consent) if draft.consent is not None else None
    if last is None:
        return None
    after = min(last, LAST_DAY) + timedelta(days=1)
    return datetime.combine(after, time(0), UTC)
