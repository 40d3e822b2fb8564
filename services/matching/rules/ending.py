"""How a coach may end support now: asked before the page offers it and before it is done."""

from collections.abc import Mapping

from services.matching.rules.access import Access, MayNotSee, MaySee, NoAccess
from services.matching.rules.states import OfferTrigger, SearchTrigger
from shared.events import CANCELLATION_CONFIRMED, SupportOutcome

OUTCOMES = tuple(outcome.value for outcome in SupportOutcome)

ENDS: Mapping[str, tuple[SearchTrigger, OfferTrigger]] = {
    CANCELLATION_CONFIRMED: (
        SearchTrigger.CANCELLATION_IS_CONFIRMED,
        OfferTrigger.CANCELLATION_IS_CONFIRMED,
    ),
    **dict.fromkeys(OUTCOMES, (SearchTrigger.SUPPORT_ENDS, OfferTrigger.SUPPORT_ENDS)),
}
"""Outcome → what happens to the search and to the assignment."""


def possible_endings(access: Access, *, reached: bool) -> tuple[str, ...]:
    """The outcomes that can be said now, in the order in which the page offers them.

    What the clinic asked to end can be confirmed. That support came to an end by itself takes at
    least one contact that reached the person (SDOHCC refer-9: an outcome needs an output).
    """
    asked_to_end = access == MayNotSee(NoAccess.END_REQUESTED)
    if not (asked_to_end or isinstance(access, MaySee)):
        return ()
    confirmed = (CANCELLATION_CONFIRMED,) if asked_to_end else ()
    return (*confirmed, *OUTCOMES) if reached else confirmed
