"""A coach joins the roster, or what is known of a coach changes."""

import json

from services.matching.rules.roster import RosterCoach
from services.matching.store import coaches
from shared.events import CoachContactRecorded
from shared.transaction import Transaction
from shared.vault import Vault, event_context, to_wire


async def coach_recorded(tx: Transaction, coach: RosterCoach, vault: Vault) -> None:
    """Store the coach and tell the others, sealed, how they are reached."""
    known = await coaches.contact(tx.connection, coach.coach_id)
    key_id = known["key_id"] if known is not None else await vault.new_key()
    contact = {"name": coach.name, "phone": coach.phone, "email": coach.email}
    context = event_context(CoachContactRecorded.type, coach.coach_id)
    sealed = await vault.seal(key_id, json.dumps(contact).encode(), context)
    hours = [one.model_dump() for one in coach.business_hours]
    await coaches.upsert(
        tx.connection,
        [
            coach.coach_id,
            coach.organisation,
            key_id,
            sealed,
            coach.language,
            coach.zone,
            json.dumps(hours),
            list(coach.counties),
            coach.remote,
            list(coach.languages),
            coach.supervised,
            coach.max_active,
            list(coach.kinds_of_support),
            coach.fit.model_dump_json(),
            list(coach.attributes),
        ],
    )
    await coaches.set_credentials(tx.connection, coach.coach_id, coach.held)
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
