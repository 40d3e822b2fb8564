"""The person wants no texts, or wants them again; the clinic reads "use another way"."""

from services.intake.store import happenings, referrals
from shared.events import PersonOptedIn, PersonOptedOut
from shared.transaction import Transaction


async def person_opted_out(tx: Transaction, event: PersonOptedOut) -> None:
    """Texts stop, the referral does not."""
    await referrals.stop_texts(tx.connection, event.subject_id, at=tx.now)
    await happenings.note(tx.connection, event.subject_id, "texts_stopped", at=tx.now)


async def person_opted_in(tx: Transaction, event: PersonOptedIn) -> None:
    """Texts are wanted again."""
    await referrals.stop_texts(tx.connection, event.subject_id, at=None)
    await happenings.note(tx.connection, event.subject_id, "texts_resumed", at=tx.now)
