"""Whether a coach may see a person now: asked before every look and before every act."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from services.matching.rules.coach import Coach
from services.matching.rules.eligibility import WhyNot, why_not_any_more
from services.matching.rules.need import Need
from services.matching.rules.states import LIVE, OfferState, SearchState


class NoAccess(StrEnum):
    """Why the person is not shown, weightiest first: the page tells the first that holds."""

    OFFER_OVER = "offer-over"
    NEWS_WAITS = "news-waits"
    HELD = "held"
    END_REQUESTED = "end-requested"
    CONSENT_OVER = "consent-over"
    COACH_INACTIVE = "coach-inactive"
    NO_CREDENTIAL = "no-credential"
    NO_CONTACT = "no-contact"
    """Not a rule: there is nothing to show, because it has not come yet or was erased."""


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """What decides, as one transaction sees it. `coach` is None when nobody knows the coach."""

    offer: OfferState
    search: SearchState
    end_requested: bool
    need: Need
    coach: Coach | None
    news_waits: bool


@dataclass(frozen=True, slots=True)
class MaySee:
    """Nothing stands in the way."""


@dataclass(frozen=True, slots=True)
class MayNotSee:
    """Neither a name nor a number, and no act that needs them."""

    why: NoAccess


Access: TypeAlias = MaySee | MayNotSee

_RUNNING = frozenset(
    {(OfferState.OPEN, SearchState.OFFERED), (OfferState.ACCEPTED, SearchState.ASSIGNED)}
)

_BROKEN = (
    (WhyNot.CONSENT_EXPIRED, NoAccess.CONSENT_OVER),
    (WhyNot.ORGANISATION_NOT_IN_CONSENT, NoAccess.CONSENT_OVER),
    (WhyNot.INACTIVE, NoAccess.COACH_INACTIVE),
    (WhyNot.NO_VALID_CREDENTIAL, NoAccess.NO_CREDENTIAL),
)
"""The constraints that must hold for as long as a person is shown; the others only at the start."""


def judge_access(facts: AccessFacts, *, now: datetime) -> Access:
    """Whether this coach may see the person of this offer. What is not known is a no."""
    if facts.offer not in LIVE:
        return MayNotSee(NoAccess.OFFER_OVER)
    if facts.news_waits:
        return MayNotSee(NoAccess.NEWS_WAITS)
    if facts.search is SearchState.HELD:
        return MayNotSee(NoAccess.HELD)
    if (facts.offer, facts.search) not in _RUNNING:
        return MayNotSee(NoAccess.OFFER_OVER)
    if facts.end_requested:
        return MayNotSee(NoAccess.END_REQUESTED)
    if facts.coach is None:
        return MayNotSee(NoAccess.COACH_INACTIVE)
    broken = why_not_any_more(facts.need, facts.coach, now=now)
    return next((MayNotSee(why) for rule, why in _BROKEN if rule in broken), MaySee())
