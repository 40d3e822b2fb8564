"""How somebody is reached, as the owner keeps it; the phone number becomes a hash here."""

from services.notifications.actions.address_book import AddressBook
from services.notifications.actions.human_tasks import looked_at
from services.notifications.actions.numbers import flag_numbers
from services.notifications.rules.keywords import Meaning
from services.notifications.store import contacts
from shared.errors import KeyDestroyedError
from shared.events import (
    ClinicContactRecorded,
    CoachContactRecorded,
    PersonContactRecorded,
    PersonDeceased,
    PersonErased,
    PersonPreferencesChanged,
    RecipientKind,
    StaffContactRecorded,
)
from shared.tasks import Outcome
from shared.transaction import Batch, Transaction, Wakeable

ContactRecorded = (
    PersonContactRecorded | CoachContactRecorded | ClinicContactRecorded | StaffContactRecorded
)


async def contacts_recorded(
    tx: Transaction, batch: Batch[ContactRecorded], book: AddressBook
) -> None:
    """Keep the newest contact of each; what waited for it is sent now.

    A number that is now on several people is a human's task at once.
    """
    await book.vault.prefetch([context.event.sealed.key_id for context in batch])
    numbers = [await record_contact(tx, event, book) for event in tx.each(batch)]
    of_people = {number for number in numbers if number is not None}
    if of_people:
        await flag_numbers(tx, of_people)


async def record_contact(
    tx: Transaction, event: ContactRecorded, book: AddressBook
) -> bytes | None:
    """Keep one contact, unless the person was erased. Returns the hash of a person's number."""
    kind = RecipientKind(event.type.partition(".")[0])
    try:
        opened = await book.open(kind.value, event.key, event.sealed)
    except KeyDestroyedError:
        return None
    number = book.hash_of(opened.phone) if opened.phone else None
    text_ok, shared = True, False
    if isinstance(event, PersonContactRecorded):
        allowed = event.contact.text_ok and not event.contact.subject_contact_prohibited
        text_ok, shared = allowed, event.contact.shared_phone
    await contacts.record(
        tx.connection,
        kind.value,
        event.key,
        event.sealed.model_dump_json(),
        number,
        opened.email is not None,
        event.language,
        event.zone,
        text_ok,
        shared,
        at=tx.now,
        by=tx.actor,
    )
    tx.wake(Wakeable.SENDER)
    return number if kind is RecipientKind.PERSON else None


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
    await looked_at(tx, event.person_id, [Meaning.DEATH], Outcome.REFERRAL_OVER)
