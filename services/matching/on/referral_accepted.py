"""A clinic's referral may be matched."""

from services.matching.on.ask_next_coach import Asking, ask_next_coach
from services.matching.rules.waitlist import bonus
from services.matching.store import searches
from shared.errors import PermanentError
from shared.events import ReferralAccepted
from shared.transaction import Transaction


async def referral_accepted(tx: Transaction, event: ReferralAccepted, asking: Asking) -> None:
    """Begin the search: offer it to the best coach, or put it on the waitlist."""
    await searches.open_search(tx.connection, event, bonus=bonus(event.urgency), at=tx.now)
    search = await searches.locked(tx.connection, event.referral_id)
    if search is None:
        raise PermanentError("search_not_opened")
    await ask_next_coach(tx, search, asking)
