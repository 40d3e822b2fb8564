"""A telephone number that leads to nobody, to somebody else, or to too many people."""

from collections.abc import Collection

from services.notifications.actions.human_tasks import open_task
from services.notifications.store import contacts, referrals
from shared.events import RecipientKind
from shared.tasks import TaskKind
from shared.transaction import Transaction


async def number_is_unusable(tx: Transaction, phone_hash: bytes, reason: str) -> None:
    """No text goes there any more, and a supervisor asks for another number.

    Not for a person without a running referral: nobody has to reach them.
    """
    await contacts.set_number(tx.connection, phone_hash, "unusable")
    for owner in await contacts.by_phone(tx.connection, phone_hash):
        is_person = owner.kind is RecipientKind.PERSON
        if is_person and not await referrals.of_person(tx.connection, owner.recipient_id):
            continue
        await open_task(tx, TaskKind.NUMBER_TO_MEND, owner.recipient_id, reason)


async def flag_numbers(
    tx: Transaction, phone_hashes: Collection[bytes], *, full: bool = False
) -> None:
    """Ask a supervisor whose number it is where it is on several people who are written to.

    Once per number, about whoever had it first; not where the clinics say that all of them share
    it. `full`: it has had the texts of so many referrals that more have to wait, which is asked
    about in any case.
    """
    reason = "texted-for-several" if full else contacts.ON_SEVERAL
    for first in await contacts.first_on_shared(
        tx.connection, phone_hashes, full=full, at=tx.now, by=tx.actor
    ):
        await open_task(tx, TaskKind.NUMBER_TO_MEND, first, reason)
