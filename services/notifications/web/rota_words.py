"""What page and command say of the rota."""

from collections.abc import Mapping

from services.notifications.actions.set_rota import NotOnCall
from services.notifications.rules.rota import Place

PLACES: Mapping[Place, str] = {Place.FIRST: "First on call", Place.SECOND: "Second on call"}

WHY_NOT_ON_CALL: Mapping[NotOnCall, str] = {
    NotOnCall.UNKNOWN: "Nobody who works here was chosen.",
    NotOnCall.NO_SUPERVISOR: "Only a supervisor can be on call, because of the words they read.",
    NotOnCall.NO_PHONE: "No phone number of theirs is known. Add it with "
    "`alongside run matching staff add --phone`.",
    NotOnCall.OPTED_OUT: "They have stopped texts to their number. They write START first.",
    NotOnCall.ENDS_BEFORE_IT_BEGINS: "The end has to be after the beginning.",
}
