"""What a coach's answer to an offer does, by page and by text alike."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias, get_args
from uuid import UUID

from services.matching.rules.eligibility import WhyNot
from services.matching.rules.states import OfferState
from shared.events import Answer


class DeclineReason(StrEnum):
    """Why a coach passes. None lowers the coach's rank; nobody owes more than the last one."""

    NO_ROOM = "no-room"
    SCHEDULE = "schedule"
    KNOW_THE_PERSON = "know-the-person"
    NOT_A_FIT = "not-a-fit"
    UNWELL = "unwell"
    PREFER_NOT_TO_SAY = "prefer-not-to-say"


class Late(StrEnum):
    """Why an answer no longer counts; stable codes for machines."""

    OFFER_EXPIRED = "offer_expired"
    OFFER_WITHDRAWN = "offer_withdrawn"
    OFFER_DECLINED = "offer_declined"
    OFFER_ACCEPTED = "offer_accepted"
    ASSIGNMENT_ENDED = "assignment_ended"
    NO_LONGER_ELIGIBLE = "no_longer_eligible"


@dataclass(frozen=True, slots=True)
class OfferSnapshot:
    """The offer as it stands when the answer arrives."""

    coach_id: UUID
    state: OfferState
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """What a coach answers; `reason` matters only when the coach passes."""

    coach_id: UUID
    answer: Answer
    reason: DeclineReason = DeclineReason.PREFER_NOT_TO_SAY


@dataclass(frozen=True, slots=True)
class Accepted:
    """The coach takes the referral on."""


@dataclass(frozen=True, slots=True)
class Declined:
    """Not this time: the next coach is asked."""

    reason: DeclineReason


@dataclass(frozen=True, slots=True)
class TooLate:
    """The answer changes nothing; the page thanks and says why."""

    why: Late


@dataclass(frozen=True, slots=True)
class AlreadyAnswered:
    """The same answer came before, so it is acknowledged again and nothing happens twice."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class NotYours:
    """Somebody else was asked. Tell outsiders the same as for an offer that does not exist."""


Judgement: TypeAlias = Accepted | Declined | TooLate | AlreadyAnswered | NotYours

_SETTLED: dict[tuple[OfferState, Answer], Judgement] = {
    (OfferState.ACCEPTED, "accept"): AlreadyAnswered("accept"),
    (OfferState.ACCEPTED, "pass"): TooLate(Late.OFFER_ACCEPTED),
    (OfferState.DECLINED, "accept"): TooLate(Late.OFFER_DECLINED),
    (OfferState.DECLINED, "pass"): AlreadyAnswered("pass"),
    **{
        (state, answer): TooLate(why)
        for state, why in (
            (OfferState.EXPIRED, Late.OFFER_EXPIRED),
            (OfferState.WITHDRAWN, Late.OFFER_WITHDRAWN),
            (OfferState.HANDING_OVER, Late.ASSIGNMENT_ENDED),
            (OfferState.ENDED, Late.ASSIGNMENT_ENDED),
        )
        for answer in get_args(Answer)
    },
}


def judge_answer(
    asked: OfferSnapshot, reply: Reply, *, now: datetime, why_nots: tuple[WhyNot, ...]
) -> Judgement:
    """Judge a coach's answer while the offer's row is locked.

    `why_nots` is the eligibility of this very moment (`why_not_any_more`): it stops an accept,
    never a pass. An answer at `answer_by` itself is in time; after it the offer is over even
    where the timer has not fired yet, so that a slow timer favours nobody.
    """
    if reply.coach_id != asked.coach_id:
        return NotYours()
    if asked.state is not OfferState.OPEN:
        return _SETTLED[asked.state, reply.answer]
    if now > asked.answer_by:
        return TooLate(Late.OFFER_EXPIRED)
    match reply.answer:
        case "pass":
            return Declined(reply.reason)
        case "accept":
            return TooLate(Late.NO_LONGER_ELIGIBLE) if why_nots else Accepted()
