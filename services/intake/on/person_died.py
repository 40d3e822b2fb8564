"""A clinic's record says that a person has died."""

from services.intake.actions.move_referral import decide
from services.intake.rules.closures import Closure
from services.intake.rules.codes import Refusal
from services.intake.rules.deadlines import Calendar
from services.intake.rules.states import Trigger
from services.intake.store import people, referrals
from services.intake.store.people import SamePerson
from services.intake.store.referrals import Referral
from shared.events import PersonDeceased, ReferralClosed
from shared.transaction import Transaction


async def person_died(tx: Transaction, same: SamePerson, calendar: Calendar) -> list[Referral]:
    """End everything of this person at once, and let nobody write to them again.

    The person must be locked. Returns what has ended.
    """
    news = await people.note_death(tx.connection, same, at=tx.now)
    for person_id in await referrals.published(tx.connection, news):
        tx.emit(PersonDeceased(person_id=person_id))
    ended = await referrals.locked_of_people(tx.connection, same.person_ids)
    for referral in ended:
        await decide(tx, referral, Trigger.PERSON_HAS_DIED, Refusal.DECEASED.value, calendar)
        if referral.accepted_at is not None:
            outcome = Closure.DECEASED.value
            tx.emit(ReferralClosed(referral_id=referral.referral_id, outcome=outcome))
    return ended
