"""The last question before a send: may this message go to this recipient now?

Everything is asked again, inside the transaction that claims the send. Fails closed: what is not
known is waited for, then becomes a human's task; it is never taken for a yes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import assert_never

from services.notifications.rules.facts import (
    Contact,
    Facts,
    Limits,
    Number,
    Referral,
    Standing,
)
from services.notifications.rules.quiet_hours import NoCommonHourError, next_allowed
from services.notifications.rules.states import SuppressReason
from services.notifications.rules.steps import LateAction, Scope, Step, is_settled
from shared.events.base import Channel, RecipientKind

FACTS_GRACE = timedelta(seconds=60)
"""How long a missing fact (contact, consent) is waited for."""

RECHECK_AFTER = timedelta(minutes=15)
"""When to look again at a wait whose end only a human or the operators know."""

NEWS_RECHECK_AFTER = timedelta(seconds=5)
"""When to look again for events that are tried again, or not read to their end."""

ANSWER_RECHECK_AFTER = timedelta(seconds=1)
"""The same for an answer: somebody has just written, and waits for it."""

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class WaitReason(StrEnum):
    NOT_DUE = "not-due"
    QUIET_HOURS = "quiet-hours"
    CAPPED = "capped"
    NUMBER_CAPPED = "number-capped"
    CONVERSATION = "conversation"
    HELD = "held"
    NEWS_WAITS = "news-waits"
    CHANNEL_STOPPED = "channel-stopped"
    FACTS_MISSING = "facts-missing"


class EscalateReason(StrEnum):
    TOO_LATE = "too-late"
    FACTS_MISSING = "facts-missing"
    NUMBER_NOT_VERIFIED = "number-not-verified"
    NO_COMMON_HOUR = "no-common-hour"


@dataclass(frozen=True, slots=True)
class Send:
    """All checks passed; claim it."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now. Ask again at `until` (UTC), or sooner when a fact changes."""

    until: datetime
    reason: WaitReason


@dataclass(frozen=True, slots=True)
class Suppress:
    """Never. An event says why."""

    reason: SuppressReason


@dataclass(frozen=True, slots=True)
class Escalate:
    """No machine may decide: a human's task."""

    reason: EscalateReason


Decision = Send | Wait | Suppress | Escalate


def decide_send(facts: Facts, now: datetime) -> Decision:
    """Judge one planned message at `now`; ask in the transaction that would claim it.

    Order: what forbids it for good, then what is missing, then lateness, then what only delays.
    A delay that would outlast the step's tolerance is decided at once by its late action.
    """
    now = now.astimezone(UTC)
    for judge in (_forbidden, _too_early, _missing, _late, _unverified, _delayed):
        decision = judge(facts, now)
        if decision is not None:
            return decision
    return Send()


def _forbidden(facts: Facts, now: datetime) -> Decision | None:
    for reason in _reasons_against(facts, now):
        if reason not in facts.step.despite:
            return Suppress(reason)
    return None


def _reasons_against(facts: Facts, now: datetime) -> Iterator[SuppressReason]:
    if facts.person_erased:
        yield SuppressReason.ERASED
    if facts.person_deceased:
        yield SuppressReason.DECEASED
    if facts.referral is not None:
        yield from _against_referral(facts.step, facts.referral, now)
    if facts.contact is not None:
        yield from _against_contact(facts.step, facts.channel, facts.contact)


def _against_referral(step: Step, referral: Referral, now: datetime) -> Iterator[SuppressReason]:
    consent = referral.consent
    if consent is not None and (
        consent.revoked or (consent.ends_at is not None and consent.ends_at <= now)
    ):
        yield SuppressReason.CONSENT_REVOKED
    if not referral.is_current:
        yield SuppressReason.SUPERSEDED
    if referral.standing is not Standing.OPEN or is_settled(step, referral.happened):
        yield SuppressReason.STATE_CHANGED


def _against_contact(step: Step, channel: Channel, contact: Contact) -> Iterator[SuppressReason]:
    if channel is Channel.SMS and not contact.opted_out.isdisjoint({Scope.ALL, step.scope}):
        yield SuppressReason.OPTED_OUT
    if contact.number is Number.UNUSABLE:
        yield SuppressReason.WRONG_NUMBER
    if not contact.allowed:
        yield SuppressReason.DO_NOT_CONTACT


def _too_early(facts: Facts, now: datetime) -> Decision | None:
    return Wait(facts.due_at, WaitReason.NOT_DUE) if now < facts.due_at else None


def _missing(facts: Facts, now: datetime) -> Decision | None:
    """A fact that has not arrived: waited for once, then a human's task."""
    if _knows_enough(facts):
        return None
    if not facts.up_to_date:
        soon = NEWS_RECHECK_AFTER if facts.step.is_unasked else ANSWER_RECHECK_AFTER
        return Wait(now + soon, WaitReason.FACTS_MISSING)
    if now < facts.due_at + FACTS_GRACE:
        return Wait(facts.due_at + FACTS_GRACE, WaitReason.FACTS_MISSING)
    return Escalate(EscalateReason.FACTS_MISSING)


def _knows_enough(facts: Facts) -> bool:
    if facts.contact is None:
        return False
    if SuppressReason.CONSENT_REVOKED in facts.step.despite or not facts.needs_referral:
        return True
    if facts.step.to is RecipientKind.PERSON and not facts.up_to_date:
        return False
    return facts.referral is not None and facts.referral.consent is not None


def _unverified(facts: Facts, now: datetime) -> Decision | None:
    if not facts.step.needs_verified_number or facts.contact is None:
        return None
    if facts.contact.number is Number.VERIFIED:
        return None
    return Escalate(EscalateReason.NUMBER_NOT_VERIFIED)


def _late(facts: Facts, now: datetime) -> Decision | None:
    """Lateness counts from the first allowed moment, so that a quiet night is nobody's delay."""
    try:
        deadline = _latest(facts)
    except NoCommonHourError:
        return Escalate(EscalateReason.NO_COMMON_HOUR)
    return _give_up(facts.step, SuppressReason.TOO_LATE) if now > deadline else None


def _latest(facts: Facts) -> datetime:
    return _open_from(facts, facts.due_at) + facts.step.late.tolerance


def _open_from(facts: Facts, at: datetime) -> datetime:
    """The first moment from `at` on in which this recipient may be disturbed."""
    if not facts.step.quiet_hours or facts.channel is not Channel.SMS or facts.contact is None:
        return at.astimezone(UTC)
    return next_allowed(at, facts.contact.zones, facts.contact.hours)


def _give_up(step: Step, reason: SuppressReason) -> Decision | None:
    match step.late.action:
        case LateAction.SEND:
            return None
        case LateAction.SKIP:
            return Suppress(reason)
        case LateAction.ESCALATE:
            return Escalate(EscalateReason.TOO_LATE)
        case _:
            assert_never(step.late.action)


_WHEN_IN_VAIN = {
    WaitReason.CAPPED: SuppressReason.CAPPED,
    WaitReason.NUMBER_CAPPED: SuppressReason.CAPPED,
    WaitReason.CHANNEL_STOPPED: SuppressReason.CHANNEL_STOPPED,
}


def _delayed(facts: Facts, now: datetime) -> Decision | None:
    """The longest of all delays, or the late action when it would outlast the tolerance."""
    waits = [Wait(_open_from(facts, until), reason) for until, reason in _delays(facts, now)]
    if not waits:
        return None
    longest = max(waits, key=lambda wait: wait.until)
    if longest.until > _latest(facts):
        in_vain = _WHEN_IN_VAIN.get(longest.reason, SuppressReason.TOO_LATE)
        return _give_up(facts.step, in_vain) or longest
    return longest


def _delays(facts: Facts, now: datetime) -> Iterator[tuple[datetime, WaitReason]]:
    step = facts.step
    if facts.channel_stopped and SuppressReason.CHANNEL_STOPPED not in step.despite:
        yield now + RECHECK_AFTER, WaitReason.CHANNEL_STOPPED
    if step.pauses and facts.held:
        yield now + RECHECK_AFTER, WaitReason.HELD
    if step.pauses and facts.news_waits:
        yield now + NEWS_RECHECK_AFTER, WaitReason.NEWS_WAITS
    if step.yields and (silent_at := _silence(facts)) > now:
        yield silent_at, WaitReason.CONVERSATION
    if step.counted and (free_at := _cap_frees(facts.counted_at, facts.limits, now)) > now:
        yield free_at, WaitReason.CAPPED
    if (free_at := number_frees(facts, now)) > now:
        yield free_at, WaitReason.NUMBER_CAPPED
    if (open_at := _open_from(facts, now)) > now:
        yield open_at, WaitReason.QUIET_HOURS


def _silence(facts: Facts) -> datetime:
    if facts.contact is None or facts.contact.last_words_at is None:
        return facts.due_at
    return facts.contact.last_words_at + facts.limits.conversation


def number_frees(facts: Facts, now: datetime) -> datetime:
    """When an unasked text of one more referral may go to this number; whose they are is no matter.

    The referral's own earlier texts do not count: no plan writes to anybody too often.
    """
    most = facts.limits.referrals_per_number
    if not facts.step.is_unasked or len(facts.others_texted_at) < most:
        return now
    return sorted(facts.others_texted_at, reverse=True)[most - 1] + _DAY


def _cap_frees(sent: tuple[datetime, ...], limits: Limits, now: datetime) -> datetime:
    """When one more counted message fits both caps, counted in rolling windows."""
    newest_first = sorted(sent, reverse=True)
    frees = [now]
    for limit, window in ((limits.per_day, _DAY), (limits.per_week, _WEEK)):
        if len(newest_first) >= limit:
            frees.append(newest_first[limit - 1] + window)
    return max(frees)
