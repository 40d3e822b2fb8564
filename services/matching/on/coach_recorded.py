"""A coach joins the roster, or what is known of a coach changes."""

import json

from services.matching.rules.roster import RosterCoach
from services.matching.store import coaches
from services.matching.timers import PlaceFreed
from shared.events import CoachContactRecorded
from shared.transaction import Transaction
from shared.vault import Vault, event_context, to_wire


async def coach_recorded(tx: Transaction, coach: RosterCoach, vault: Vault) -> None:
    """Store the coach and tell the others, sealed, how they are reached.

    There may be more places now, or for other people: the waitlist is looked at.
    """
    known = await coaches.settings_of(tx.connection, coach.coach_id)
    key_id = known.key_id if known is not None else await vault.new_key()
    contact = {"name": coach.name, "phone": coach.phone, "email": coach.email}
    context = event_context(CoachContactRecorded.type, coach.coach_id)
    sealed = await vault.seal(key_id, json.dumps(contact).encode(), context)
    await coaches.upsert(tx.connection, coach, key_id, sealed)
    await coaches.set_credentials(tx.connection, coach.coach_id, coach.held)
    tx.schedule(tx.now, PlaceFreed(coach_id=coach.coach_id))
    tx.emit(
        CoachContactRecorded(
            coach_id=coach.coach_id,
            sealed=to_wire(key_id, sealed),
            language=coach.language,
            zone=coach.zone,
            business_hours=coach.business_hours,
        )
    )
    tx.audit("coach.recorded", "coach", coach.coach_id)
