"""Clinics' referrals may be matched."""

from collections import Counter
from uuid import UUID

from services.matching.actions.ask_next_coach import (
    OfferContext,
    ask_best_coach,
    load_queue,
    wait_for_news,
    wait_for_turn,
)
from services.matching.actions.check_access import behind
from services.matching.rules.pace import starts
from services.matching.rules.waitlist import bonus
from services.matching.store import lines, searches
from shared.events import ReferralAccepted, Urgency
from shared.transaction import Batch, Transaction


async def referrals_accepted(
    tx: Transaction, batch: Batch[ReferralAccepted], context: OfferContext
) -> None:
    """Begin each search: offer it to the best coach, or put it on the waitlist.

    Of what one clinic sends in great number at once, the rest begins little by little.

    The roster is read once; each offer counts against the next choice, and no choice takes a
    place for which somebody waits already.
    """
    people = [one.event.person_id for one in batch]
    waits = await behind(tx, [*people, *(one.event.referral_id for one in batch)])
    roster = await context.roster.load(tx.connection, people)
    queue = await load_queue(tx, context)
    line = Counter((one.event.clinic_id, one.event.urgency) for one in batch)
    longer = {lane: number * context.pace.every for lane, number in line.items()}
    free_at = await lines.join(tx.connection, longer, at=tx.now)
    ahead = Counter[tuple[UUID, Urgency]]()
    for event in tx.each(batch):
        lane = event.clinic_id, event.urgency
        since = starts(context.pace, free_at=free_at[lane], place=ahead[lane], now=tx.now)
        ahead[lane] += 1
        search = searches.begin(event, virtual_arrival=since - bonus(event.urgency), since=since)
        if not waits.isdisjoint((event.person_id, event.referral_id)):
            await wait_for_news(tx, search)
            continue
        if since > tx.now:
            await wait_for_turn(tx, search)
            continue
        asked = await ask_best_coach(tx, search, queue.left_for(search, roster), context)
        if asked is not None:
            roster[asked.coach_id] = asked.with_offer(tx.now)
