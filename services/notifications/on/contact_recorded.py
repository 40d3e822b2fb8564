"""How somebody is reached, as the owner keeps it; the phone number becomes a hash here."""

from services.notifications.actions.address_book import AddressBook
from services.notifications.store import contacts, messages
from shared.errors import KeyDestroyedError
from shared.events import (
    ClinicContactRecorded,
    CoachContactRecorded,
    PersonContactRecorded,
    PersonDeceased,
    PersonErased,
    PersonPreferencesChanged,
    RecipientKind,
)
from shared.transaction import Batch, Transaction, Wakeable

ContactRecorded = PersonContactRecorded | CoachContactRecorded | ClinicContactRecorded


async def contacts_recorded(
    tx: Transaction, batch: Batch[ContactRecorded], book: AddressBook
) -> None:
    """Keep the newest contact of each; what waited for it is sent now."""
    await book.vault.prefetch([context.event.sealed.key_id for context in batch])
    for event in tx.each(batch):
        await record_contact(tx, event, book)


async def record_contact(tx: Transaction, event: ContactRecorded, book: AddressBook) -> None:
    """Keep one contact, unless the person was erased."""
    kind = RecipientKind(event.type.partition(".")[0])
    try:
        opened = await book.open(kind.value, event.key, event.sealed)
    except KeyDestroyedError:
        return
    text_ok, shared = True, False
    if isinstance(event, PersonContactRecorded):
        allowed = event.contact.text_ok and not event.contact.subject_contact_prohibited
        text_ok, shared = allowed, event.contact.shared_phone
    await contacts.record(
        tx.connection,
        kind.value,
        event.key,
        event.sealed.model_dump_json(),
        book.hash_of(opened.phone) if opened.phone else None,
        opened.email is not None,
        event.language,
        event.zone,
        text_ok,
        shared,
    )
    await messages.contact_arrived(tx.connection, kind.value, event.key)
    tx.wake(Wakeable.SENDER)


async def person_preferences_changed(tx: Transaction, event: PersonPreferencesChanged) -> None:
    """Language, zone or contact profile changed."""
    await contacts.change_preferences(
        tx.connection,
        RecipientKind.PERSON.value,
        event.person_id,
        event.language,
        event.zone,
        event.contact.text_ok and not event.contact.subject_contact_prohibited,
        event.contact.shared_phone,
    )


async def person_erased(tx: Transaction, event: PersonErased) -> None:
    """The key is destroyed; the opt-out list keeps its hash."""
    await contacts.erase(tx.connection, event.person_id)


async def person_deceased(tx: Transaction, event: PersonDeceased) -> None:
    """Nothing is ever sent to this person again."""
    await contacts.mark_deceased(tx.connection, event.person_id)
