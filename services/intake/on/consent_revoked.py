"""The person takes the consent back; nobody has to confirm it (42 CFR 2.31(a)(7))."""

from datetime import date

from services.intake.actions.move_referral import decide
from services.intake.rules.deadlines import Calendar
from services.intake.rules.states import State, Trigger
from services.intake.store import happenings, people, referrals
from services.intake.store.people import SamePerson
from services.intake.store.referrals import Referral
from shared.events import ConsentRevoked
from shared.transaction import Transaction

HAPPENED = "consent_revoked"


async def consent_revoked(
    tx: Transaction, referral: Referral, same: SamePerson, calendar: Calendar, *, on: date
) -> None:
    """The clinic says so of one referral, and it holds for all of this person.

    Person and referral must be locked. Raises IllegalTransitionError when that is known and
    nothing is left to end.
    """
    ended = await end_all_under_consent(tx, same, calendar, on=on)
    if referral.referral_id in {one.referral_id for one in ended}:
        return
    state = referral.standing.state
    if not referral.standing.is_final or (state is State.CONSENT_REVOKED and not ended):
        await end_without_consent(tx, referral, HAPPENED, calendar)
    elif state is not State.CONSENT_REVOKED:
        await happenings.note(tx.connection, referral.referral_id, HAPPENED, at=tx.now)


async def end_all_under_consent(
    tx: Transaction, same: SamePerson, calendar: Calendar, *, on: date
) -> list[Referral]:
    """End everything of a locked person under consents that were signed until `on`.

    What comes later under such a consent is not taken on. Returns what has ended.
    """
    await people.revoke_consents(tx.connection, same, on=on)
    ended = await referrals.locked_under_consent(tx.connection, same.person_ids, until=on)
    for referral in ended:
        await end_without_consent(tx, referral, HAPPENED, calendar)
    return ended


async def end_without_consent(
    tx: Transaction, referral: Referral, happened: str, calendar: Calendar
) -> None:
    """End a locked referral: nothing may be disclosed or sent for it from now on.

    Raises IllegalTransitionError when it is over already.
    """
    await decide(tx, referral, Trigger.CONSENT_IS_REVOKED, happened, calendar)
    if referral.accepted_at is not None:
        tx.emit(ConsentRevoked(referral_id=referral.referral_id, consent_id=referral.consent_id))
