"""What a coach may see of a referral: the minimum before accepting, the contact after (§5.5)."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.matching.actions.check_access import may_see_person
from services.matching.rules.access import Access, MayNotSee, MaySee, NoAccess
from services.matching.rules.ending import possible_endings
from services.matching.rules.giving_up import LoggedContact, may_give_up, was_reached
from services.matching.rules.need import Need
from services.matching.rules.states import OfferState
from services.matching.store import coaches, offers, people, searches
from services.matching.store.coaches import Roster
from services.matching.store.offers import Offer
from services.matching.store.people import Person
from shared import task_store
from shared.errors import KeyDestroyedError
from shared.events import PersonContactRecorded
from shared.tasks import TaskKind
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

    offer: Offer
    need: Need
    access: Access
    is_late: bool
    coach_zone: str
    coach_language: str
    initials: str
    accepted_here: bool
    contact: Contact | None
    contacts: tuple[LoggedContact, ...]
    endings: tuple[str, ...]
    """How support can be ended here and now."""
    may_give_up: bool
    """Enough was tried to reach the person, and nobody was asked what that means."""
    given_up: bool
    """A supervisor is being asked whether the referral ends, because nobody is reached."""

    @property
    def reach_by(self) -> datetime | None:
        """Until when the first attempt is due; None once there was one, and during a pause."""
        paused = self.offer.paused_until is not None
        return None if self.contacts or paused else self.offer.first_contact_by

    @property
    def is_to_call(self) -> bool:
        """The coach said yes, sees whom to call, and has not tried yet."""
        return self.contact is not None and self.reach_by is not None

    @property
    def hidden_because(self) -> NoAccess | None:
        """Why no name is shown to the coach who said yes; None where it is."""
        if isinstance(self.access, MayNotSee):
            return self.access.why
        return NoAccess.NO_CONTACT if self.contact is None else None


def audit_view(tx: Transaction, view: OfferView) -> None:
    """Who was shown to whom, so that disclosures can be accounted for (42 CFR 2.24)."""
    offer = view.offer
    tx.audit(
        "offer.viewed",
        "referral",
        offer.referral_id,
        offer_id=str(offer.offer_id),
        coach_id=str(offer.coach_id),
        with_contact=int(view.contact is not None),
    )


async def load_view(
    tx: Transaction, offer: Offer, vault: Vault, roster: Roster, *, accepted_here: bool
) -> OfferView | None:
    """What the coach may see now. `accepted_here`: this device is known to have said yes."""
    search = await searches.find(tx.connection, offer.referral_id)
    if search is None:
        return None
    need = search.need
    coach = await roster.find(tx.connection, offer.coach_id, people=[need.person_id])
    settings = await coaches.settings_of(tx.connection, offer.coach_id)
    access = await may_see_person(tx, offer, search, coach)
    shown = accepted_here and offer.state is OfferState.ACCEPTED
    contact = None
    if isinstance(access, MaySee) and (shown or offer.state is OfferState.OPEN):
        contact = await _contact(
            await people.find(tx.connection, need.person_id), need.person_id, vault
        )
    contacts = await offers.contacts(tx.connection, offer.offer_id) if shown else ()
    given_up = shown and await task_store.is_open(
        tx.connection, TaskKind.CONTACT_TO_GIVE_UP, offer.referral_id
    )
    tried = may_give_up(contacts, zone=need.zone, now=tx.now)
    return OfferView(
        offer=offer,
        need=need,
        access=access,
        is_late=tx.now > offer.answer_by,
        coach_zone=settings.zone if settings else need.zone,
        coach_language=settings.language if settings else "en",
        initials=_initials(contact.name) if contact and not shown else "",
        accepted_here=shown,
        contact=contact if shown else None,
        contacts=contacts,
        may_give_up=isinstance(access, MaySee) and tried and not given_up,
        given_up=given_up,
        endings=possible_endings(access, reached=was_reached(contacts)) if shown else (),
    )


def _initials(name: str) -> str:
    """`J.R.` for a name of two words; at most three letters."""
    return "".join(f"{word[0].upper()}." for word in name.split()[:3])


async def _contact(person: Person | None, person_id: UUID, vault: Vault) -> Contact | None:
    """Open the person's contact; None before it arrived and after the person was erased."""
    if person is None or person.sealed is None:
        return None
    context = event_context(PersonContactRecorded.type, person_id)
    try:
        opened = json.loads(
            await vault.unseal(person.sealed.key_id, from_wire(person.sealed), context)
        )
    except KeyDestroyedError:
        return None
    return Contact(
        name=opened["name"],
        phone=opened["phone"],
        text_ok=person.profile.text_ok,
        voicemail_ok=person.profile.voicemail_ok,
        shared_phone=person.profile.shared_phone,
    )
