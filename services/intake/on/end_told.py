"""The clinic says that a referral is over, for a reason that nobody has to confirm."""

from services.intake.actions.move_referral import decide
from services.intake.on.person_died import person_died
from services.intake.rules.closures import CLOSED_AS, Closure, Told
from services.intake.rules.deadlines import Calendar
from services.intake.rules.states import Trigger
from services.intake.store.people import SamePerson
from services.intake.store.referrals import Referral
from shared.events import ReferralClosed
from shared.transaction import Transaction


async def end_told(
    tx: Transaction, referral: Referral, same: SamePerson, told: Told, calendar: Calendar
) -> None:
    """End it at once. A death ends everything of this person; saying it again changes nothing.

    Person and referral must be locked. Raises IllegalTransitionError when it is over otherwise.
    """
    match told:
        case Told.PERSON_DIED:
            await person_died(tx, same, calendar)
            return
        case Told.PERSON_DECLINED:
            trigger, outcome = Trigger.PERSON_DECLINES, Closure.DECLINED_BY_PERSON
        case Told.SENT_IN_ERROR:
            trigger, outcome = Trigger.REFERRAL_WAS_AN_ERROR, Closure.ENTERED_IN_ERROR
    state = CLOSED_AS[outcome]
    if referral.standing.progress is state:
        return
    await decide(tx, referral, trigger, state.value, calendar)
    if referral.accepted_at is not None:
        tx.emit(ReferralClosed(referral_id=referral.referral_id, outcome=outcome.value))
