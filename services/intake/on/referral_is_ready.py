"""A referral is complete: matching may look for a coach, and the person's contact is published."""

import json
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from services.intake.rules.consent import expires_on
from services.intake.rules.draft import Draft, Person
from services.intake.rules.screen import Verdict
from services.intake.store.submissions import NewReferral
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

if TYPE_CHECKING:
    from services.intake.on.clinic_submits import Desk


async def say_accepted(
    tx: Transaction,
    draft: Draft,
    verdict: Verdict,
    new: NewReferral,
    key_id: UUID,
    desk: "Desk",
) -> None:
    """Publish the sealed contact and then the need."""
    await say_contact(tx, draft, verdict, new, key_id, desk)
    tx.emit(ReferralAccepted(**need_of(draft, verdict, new, new.consent_id, desk)))


async def say_contact(
    tx: Transaction,
    draft: Draft,
    verdict: Verdict,
    new: NewReferral,
    key_id: UUID,
    desk: "Desk",
) -> None:
    """Publish how the person is called and reached, sealed under the person's own key."""
    person = draft.person or Person()
    contact = {"name": person.name, "phone": person.phone, "email": person.email}
    context = event_context(PersonContactRecorded.type, new.person_id)
    sealed = await desk.vault.seal(key_id, json.dumps(contact).encode(), context)
    prohibited = draft.request.contacting_person_prohibited if draft.request else False
    tx.emit(
        PersonContactRecorded(
            person_id=new.person_id,
            sealed=to_wire(key_id, sealed),
            language=new.language,
            zone=verdict.zone or desk.calendar.zone.key,
            contact=ContactProfile(
                text_ok=person.contact.text_ok,
                voicemail_ok=person.contact.voicemail_ok,
                shared_phone=person.contact.shared_phone,
                subject_contact_prohibited=prohibited,
            ),
        )
    )


def need_of(
    draft: Draft, verdict: Verdict, new: NewReferral, consent_id: UUID, desk: "Desk"
) -> dict[str, Any]:
    """The fields of `referral.accepted` and `referral.amended`: codes, no identity.

    Raises PermanentError when called for a referral that is not complete.
    """
    request, person, county = draft.request, draft.person, verdict.county
    if request is None or person is None or county is None or verdict.zone is None:
        raise PermanentError("referral_not_complete")
    return {
        "referral_id": new.referral_id,
        "clinic_id": new.clinic_id,
        "person_id": new.person_id,
        "episode": 1,
        "reference": new.reference,
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
        "coach_organisation": desk.policy.organisation.code,
        "consent_id": consent_id,
        "consent_expires_at": _consent_end(draft),
    }


def _known(code: str) -> str | None:
    """A fit factor as events carry it: nothing when it is not known."""
    return None if code == "unknown" else str(code)


def _consent_end(draft: Draft) -> datetime | None:
    """The end of the last day on which the consent may be relied on; nothing without a date."""
    last = expires_on(draft.consent) if draft.consent is not None else None
    return None if last is None else datetime.combine(last + timedelta(days=1), time(0), UTC)
