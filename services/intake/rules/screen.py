"""May a coach be sought for this person, on this request, today?

Every problem at once. Danger stops automation but hides no problem; nothing hides a refusal.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from services.intake.rules.areas import County
from services.intake.rules.codes import AgeBand, EventKind, Gender, Refusal, SafetyReason, Urgency
from services.intake.rules.consent import taken_back
from services.intake.rules.draft import Draft, FitFactors, Person
from services.intake.rules.gaps import located, problems, zone_of
from services.intake.rules.instruments import Scored, Standing, score
from services.intake.rules.policy import Policy
from services.intake.rules.problems import Code, Problem, expression, in_order, problem
from services.intake.rules.reading import Reading
from services.intake.rules.states import State

_INDEX = re.compile(r"\[\d+\].*$")


LEFT_OUT = frozenset({Code.INVALID_VALUE, Code.MISSING_VALUE})
"""Codes of values that reading left out and named; their absence is not said again."""


@dataclass(frozen=True, slots=True, repr=False)
class Verdict:
    """What intake decides, with every reason.

    `state` is one of `rejected`, `safety_hold`, `needs_info`, `consent_pending`, `ready`.
    `resume_to` is where a safety hold goes on when a human has acknowledged it.
    """

    state: State
    resume_to: State
    refusal: Refusal | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    safety: tuple[SafetyReason, ...]
    urgency: Urgency
    county: County | None
    zone: str | None
    scores: tuple[Scored, ...]
    fit: FitFactors


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """What the same clinic said before that bears on this person.

    `revoked_on`: the last day on which they took a consent back. `number_is_on_others`: their
    phone number was given for somebody else.
    """

    revoked_on: date | None = None
    number_is_on_others: bool = False


NOTHING = SaidBefore()


def screen(
    reading: Reading, *, today: date, policy: Policy, before: SaidBefore = NOTHING
) -> Verdict:
    """Judge a submission as it stands today; equal submissions get equal verdicts.

    Precedence: refused, then held for safety, then information missing, then
    only consent missing, then ready. Problems are kept in every state.
    """
    draft = reading.draft
    gender = draft.person.gender if draft.person else Gender.UNKNOWN
    scores = tuple(score(answers, gender=gender) for answers in draft.instruments)
    refusal, sentence = _refusal(draft.person, today, policy)
    place = located(draft.person, policy)
    judged = (
        *problems(draft, place, today=today, policy=policy),
        *taken_back(draft.consent, revoked_on=before.revoked_on),
        *sentence,
    )
    found = in_order(_unnamed(reading, judged))
    safety = _safety(draft, scores, today, policy)
    resume_to = _without_danger(found)
    state = State.SAFETY_HOLD if safety else resume_to
    return Verdict(
        state=State.REJECTED if refusal else state,
        resume_to=State.REJECTED if refusal else resume_to,
        refusal=refusal,
        problems=found,
        warnings=in_order((*reading.warnings, *_warnings(draft, scores, before))),
        safety=safety,
        urgency=_urgency(draft, safety),
        county=place.county,
        zone=zone_of(draft.person, place),
        scores=scores,
        fit=_fit(draft, today),
    )


def _unnamed(reading: Reading, judged: Sequence[Problem]) -> Iterator[Problem]:
    """What reading found, and what judging found besides: a value that was left out is no gap."""
    named = {_INDEX.sub("", found.field) for found in reading.problems if found.code in LEFT_OUT}
    yield from reading.problems
    for found in judged:
        if found.field not in named and expression(found) not in named:
            yield found


def _without_danger(problems: Sequence[Problem]) -> State:
    if not problems:
        return State.READY
    only_consent = all(found.code.is_about_consent for found in problems)
    return State.CONSENT_PENDING if only_consent else State.NEEDS_INFO


def age(born: date, today: date) -> int:
    """Full years on a day. Somebody born on 29 February turns a year older on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


AGE_BANDS = (
    (60, AgeBand.FROM_60),
    (40, AgeBand.FROM_40_TO_59),
    (26, AgeBand.FROM_26_TO_39),
    (0, AgeBand.FROM_18_TO_25),
)


def _fit(draft: Draft, today: date) -> FitFactors:
    """The fit factors as stated; the age band follows from the birth date where it is not."""
    stated = draft.request.fit if draft.request else FitFactors()
    born = draft.person.birth_date if draft.person else None
    if stated.age_band is not AgeBand.UNKNOWN or born is None or born > today:
        return stated
    years = age(born, today)
    return replace(stated, age_band=next(band for least, band in AGE_BANDS if years >= least))


def _refusal(
    person: Person | None, today: date, policy: Policy
) -> tuple[Refusal | None, tuple[Problem, ...]]:
    if person is None:
        return None, ()
    if person.deceased:
        return Refusal.DECEASED, (
            problem(
                Code.DECEASED,
                "The record says that this person has died. No coach is sought and no message is "
                "sent. If that is wrong, correct the record and send the request again.",
            ),
        )
    if person.birth_date is None or person.birth_date > today:
        return None, ()
    if age(person.birth_date, today) < policy.least_age:
        return Refusal.UNDER_AGE, (
            problem(
                Code.UNDER_AGE,
                f"Peer support here starts at age {policy.least_age}, and this person is younger. "
                "Ask a program for young people; for help now, call or text 988.",
            ),
        )
    return None, ()


def _safety(
    draft: Draft, scores: Sequence[Scored], today: date, policy: Policy
) -> tuple[SafetyReason, ...]:
    found = {reason for scored in scores for reason in scored.safety}
    for event in draft.events:
        if timedelta(0) <= today - event.on <= policy.fresh_for:
            overdose = event.kind is EventKind.OVERDOSE
            found.add(SafetyReason.RECENT_OVERDOSE if overdose else SafetyReason.RECENT_RELEASE)
    if draft.request is not None and draft.request.withdrawal_risk:
        found.add(SafetyReason.WITHDRAWAL_RISK)
    return tuple(sorted(found))


def _urgency(draft: Draft, safety: Sequence[SafetyReason]) -> Urgency:
    """Overdose or release within two weeks selects the fast lane, whatever was asked for."""
    if {SafetyReason.RECENT_OVERDOSE, SafetyReason.RECENT_RELEASE} & set(safety):
        return Urgency.FAST_LANE
    return draft.request.urgency if draft.request else Urgency.ROUTINE


_WARNINGS = {
    Standing.INCOMPLETE: (
        Code.INSTRUMENT_INCOMPLETE,
        "An instrument has unanswered items, so it has no score. Send it again if it was finished.",
    ),
    Standing.MALFORMED: (
        Code.INSTRUMENT_MALFORMED,
        "An instrument has items or answers that are not its own, so it has no score. "
        "Send it again from the right form.",
    ),
}


def _warnings(draft: Draft, scores: Sequence[Scored], before: SaidBefore) -> Iterator[Problem]:
    yield from _instrument_warnings(scores)
    is_shared = draft.person is not None and draft.person.contact.shared_phone
    if before.number_is_on_others and not is_shared:
        yield problem(
            Code.PHONE_ON_SEVERAL_PEOPLE,
            "You gave the same phone number for another person. If it is wrong here, amend the "
            "referral with the right one; if they share the phone, say so in the contact profile.",
        )


def _instrument_warnings(scores: Sequence[Scored]) -> Iterator[Problem]:
    for scored in scores:
        if scored.standing in _WARNINGS:
            code, sentence = _WARNINGS[scored.standing]
            found = problem(code, sentence)
            yield replace(found, field=f"{found.field}.{scored.instrument}")
        elif scored.stated_differs:
            found = problem(
                Code.INSTRUMENT_TOTAL_DIFFERS,
                "The stated result of an instrument differs from the one that its answers give. "
                "Both are kept; please check.",
            )
            yield replace(found, field=f"{found.field}.{scored.instrument}")
