"""How a person is called and reached, as intake keeps it; sealed."""

from services.matching.store import people
from shared.events import PersonContactRecorded, PersonErased, PersonPreferencesChanged
from shared.transaction import Transaction


async def person_contact_recorded(tx: Transaction, event: PersonContactRecorded) -> None:
    """Keep the ciphertext for the coach who says yes."""
    await people.record(
        tx.connection,
        event.person_id,
        sealed=event.sealed.model_dump_json(),
        contact=event.contact.model_dump_json(),
        language=event.language,
        zone=event.zone,
    )


async def person_preferences_changed(tx: Transaction, event: PersonPreferencesChanged) -> None:
    """Language, zone or contact profile changed."""
    await people.record(
        tx.connection,
        event.person_id,
        sealed=None,
        contact=event.contact.model_dump_json(),
        language=event.language,
        zone=event.zone,
    )


async def person_erased(tx: Transaction, event: PersonErased) -> None:
    """The key is destroyed; the ciphertext goes too."""
    await people.erase(tx.connection, event.person_id)
