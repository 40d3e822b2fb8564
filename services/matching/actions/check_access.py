"""May this coach see this person now, and may anybody be asked? Every page and act asks here."""

from collections.abc import Sequence
from uuid import UUID

from services.matching.rules.access import Access, AccessFacts, judge_access
from services.matching.rules.coach import Coach
from services.matching.rules.need import Need
from services.matching.store.offers import Offer
from services.matching.store.searches import Search
from shared.events import ConsentRevoked, PersonErased
from shared.messaging import parked
from shared.transaction import Transaction

NEWS = (ConsentRevoked.topic, PersonErased.topic)
"""Where intake says what may forbid it: holds, withdrawals, revocations, erasures."""


async def news_waits(tx: Transaction, need: Need) -> bool:
    """Whether something that intake said of this referral or person has come and is not applied."""
    return bool(await behind(tx, (need.referral_id, need.person_id)))


async def behind(tx: Transaction, keys: Sequence[UUID]) -> frozenset[UUID]:
    """The same of many referrals and people at once: those about whom something waits."""
    return await parked.behind(tx.connection, keys, topics=NEWS)


async def may_see_person(
    tx: Transaction, offer: Offer, search: Search, coach: Coach | None
) -> Access:
    """Asked of rows that this transaction has read; for an act it has locked them before."""
    facts = AccessFacts(
        offer=offer.state,
        search=search.state,
        end_requested=search.end_requested,
        need=search.need,
        coach=coach,
        news_waits=await news_waits(tx, search.need),
    )
    return judge_access(facts, now=tx.now)
