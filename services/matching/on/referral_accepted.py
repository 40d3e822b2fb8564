"""Clinics' referrals may be matched."""

from services.matching.actions.ask_next_coach import Asking, ask_best
from services.matching.rules.waitlist import bonus
from services.matching.store import searches
from shared.events import ReferralAccepted
from shared.transaction import Batch, Transaction


async def referrals_accepted(
    tx: Transaction, batch: Batch[ReferralAccepted], asking: Asking
) -> None:
    """Begin each search: offer it to the best coach, or put it on the waitlist.

    The roster is read once; each offer counts against the next choice.
    """
    people = [context.event.person_id for context in batch]
    roster = await asking.roster.load(tx.connection, people)
    for event in tx.each(batch):
        arrived = tx.now - bonus(event.urgency)
        search = searches.begin(event, virtual_arrival=arrived, at=tx.now)
        asked = await ask_best(tx, search, roster, asking)
        if asked is not None:
            roster[asked.coach_id] = asked.with_offer(tx.now)
