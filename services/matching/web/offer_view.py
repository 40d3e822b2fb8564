"""What a coach may see of a referral: the minimum before accepting, the contact after (§5.5)."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.matching.rules.states import OfferState, SearchState
from services.matching.store import coaches, offers, people, searches
from services.matching.store.searches import Search
from shared.db import Row
from shared.errors import KeyDestroyedError
from shared.events import PersonContactRecorded, Sealed
from shared.messaging import parked
from shared.transaction import Transaction
from shared.vault import Vault, event_context, from_wire


@dataclass(frozen=True, slots=True)
class Contact:
    """What a coach needs to reach out; only after accepting."""

    name: str
    phone: str | None
    text_ok: bool
    voicemail_ok: bool
    shared_phone: bool


@dataclass(frozen=True, slots=True)
class OfferView:
    """One offer as its coach's page shows it. `initials` only before, `contact` only after."""

    offer_id: UUID
    referral_id: UUID
    state: OfferState
    is_late: bool
    answer_by: datetime
    first_contact_by: datetime | None
    coach_zone: str
    coach_language: str
    urgency: str
    county_fips: str
    language: str
    modality: str
    kinds_of_support: tuple[str, ...]
    initials: str
    contact: Contact | None
    contacts: tuple[Row, ...]


async def load_view(
    tx: Transaction, offer_id: UUID, vault: Vault, *, with_contact: bool
) -> OfferView | None:
    """What the coach may see now. `with_contact`: this device is known to have accepted."""
    offer = await offers.find(tx.connection, offer_id)
    search = await searches.find(tx.connection, offer.referral_id) if offer else None
    if offer is None or search is None:
        return None
    coach = await coaches.contact(tx.connection, offer.coach_id)
    person = await people.find(tx.connection, search.need.person_id)
    contact = await _contact(person, search.need.person_id, vault)
    running = offer.state is OfferState.ACCEPTED
    with_contact = with_contact and await _may_be_shown(tx, search)
    return OfferView(
        offer_id=offer.offer_id,
        referral_id=offer.referral_id,
        state=offer.state,
        is_late=tx.now > offer.answer_by,
        answer_by=offer.answer_by,
        first_contact_by=offer.first_contact_by,
        coach_zone=coach["zone"] if coach else search.need.zone,
        coach_language=coach["language"] if coach else "en",
        urgency=search.need.urgency.value,
        county_fips=search.need.area.county_fips,
        language=search.need.languages[0],
        modality=search.need.modality.value,
        kinds_of_support=tuple(sorted(search.need.kinds_of_support)),
        initials=initials(contact.name) if contact else "",
        contact=contact if running and with_contact else None,
        contacts=tuple(await offers.contacts(tx.connection, offer_id)) if running else (),
    )


async def _may_be_shown(tx: Transaction, search: Search) -> bool:
    """Asked at every view: no hold, a consent that still runs, and no news that waits."""
    ends_at = search.need.consent_expires_at
    if search.state is not SearchState.ASSIGNED or (ends_at is not None and ends_at <= tx.now):
        return False
    keys = (search.referral_id, search.need.person_id)
    return not await parked.is_behind(tx.connection, keys)


def initials(name: str) -> str:
    """`J.R.` for a name of two words; at most three letters."""
    return "".join(f"{word[0].upper()}." for word in name.split()[:3])


async def _contact(person: Row | None, person_id: UUID, vault: Vault) -> Contact | None:
    """Open the person's contact; nothing before it arrived or after the person was erased."""
    if person is None or person["sealed"] is None:
        return None
    sealed = Sealed.model_validate_json(person["sealed"])
    context = event_context(PersonContactRecorded.type, person_id)
    try:
        opened = json.loads(await vault.unseal(sealed.key_id, from_wire(sealed), context))
    except KeyDestroyedError:
        return None
    profile = json.loads(person["contact"])
    return Contact(
        name=opened["name"],
        phone=opened["phone"],
        text_ok=profile["text_ok"],
        voicemail_ok=profile["voicemail_ok"],
        shared_phone=profile["shared_phone"],
    )
