"""From a due message to the facts that decide its send."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.notifications.rules.facts import (
    Consent,
    Contact,
    Facts,
    Limits,
    Number,
    Referral,
    Standing,
)
from services.notifications.rules.quiet_hours import Hours
from services.notifications.rules.reach import Reach, first_usable
from services.notifications.rules.steps import Scope, Step, StopsWhen
from services.notifications.store.due_messages import DueMessage
from shared.events import Channel

FEED_GRACE = timedelta(seconds=15)
"""How long ago referrals may have been read to their end before texts to people pause."""

LATELY = timedelta(hours=48)
"""Somebody who has written so recently is not asked how it goes."""

WHOLE_DAY = Hours()


@dataclass(frozen=True, slots=True)
class Policy:
    """Hours and limits of this deployment."""

    hours: Hours
    limits: Limits


def channel_of(step: Step, due: DueMessage) -> Channel:
    """The best channel that can be used; the first one where none can, and then it is judged."""
    left = [channel for channel in step.channels if channel.value not in due.given_up]
    reach = Reach(
        phone=due.phone_hash is not None and bool(due.text_ok),
        email=bool(due.has_email),
        opted_out=bool(due.opt_outs),
        number=Number(due.number_state or "unverified"),
        stopped=frozenset(map(Channel, due.stopped)),
    )
    return first_usable(left, reach) or [*left, *step.channels][0]


def facts_of(due: DueMessage, step: Step, *, now: datetime, policy: Policy) -> Facts:
    """Everything that is re-read for one send. A missing part stays missing."""
    channel = channel_of(step, due)
    read_at = due.feed_read_at
    return Facts(
        step=step,
        channel=channel,
        due_at=due.due_at,
        person_deceased=bool(due.deceased or due.person_deceased),
        person_erased=bool(due.erased),
        referral=_referral(due, now),
        contact=_contact(due, channel, policy.hours),
        held=bool(due.contact_held or due.referral_held),
        news_waits=due.news_waits,
        channel_stopped=channel.value in due.stopped,
        up_to_date=read_at is not None and now - read_at <= FEED_GRACE,
        needs_referral=due.referral_id is not None,
        counted_at=tuple(due.counted_at),
        others_texted_at=tuple(due.texted_at),
        limits=policy.limits,
    )


def _referral(due: DueMessage, now: datetime) -> Referral | None:
    if due.standing is None:
        return None
    known = due.known_person is not None
    current = due.episode == due.current_episode
    if due.offer_id is not None and due.live_offer_id is not None:
        current = current and due.offer_id == due.live_offer_id
    return Referral(
        standing=Standing(due.standing),
        consent=Consent(bool(due.consent_revoked), due.consent_ends_at) if known else None,
        is_current=current,
        happened=frozenset(_happened(due, now)),
    )


def _happened(due: DueMessage, now: datetime) -> list[StopsWhen]:
    happened = []
    if due.person_number in ("verified", "unusable"):
        happened.append(StopsWhen.NUMBER_ANSWERED)
    if due.offer_settled:
        happened.append(StopsWhen.OFFER_SETTLED)
    if due.contact_logged:
        happened.append(StopsWhen.CONTACT_LOGGED)
    if due.offer_id is not None and due.ended_offer_id == due.offer_id:
        happened.append(StopsWhen.ASSIGNMENT_ENDED)
    happened += _of_a_pause(due)
    if due.first_contact_by is None:
        happened.append(StopsWhen.WITHOUT_COACH)
    if due.last_words_at is not None and now - due.last_words_at <= LATELY:
        happened.append(StopsWhen.REPLIED_LATELY)
    return happened


def _of_a_pause(due: DueMessage) -> list[StopsWhen]:
    if due.paused_until is None:
        return [StopsWhen.NOT_PAUSED]
    lasts = [StopsWhen.PAUSE_LASTS] if due.due_at < due.paused_until else []
    return [StopsWhen.PAUSED, *lasts]


def _contact(due: DueMessage, channel: Channel, hours: Hours) -> Contact | None:
    if due.language is None or due.zone is None:
        return None
    reachable = due.has_email if channel is Channel.EMAIL else due.phone_hash is not None
    return Contact(
        number=Number(due.number_state or "unverified")
        if channel is Channel.SMS
        else Number.VERIFIED,
        allowed=bool(reachable and (due.text_ok or channel is Channel.EMAIL)),
        zones=(ZoneInfo(due.zone),),
        hours=hours,
        opted_out=frozenset(Scope(scope) for scope in due.opt_outs),
        last_words_at=due.last_words_at,
    )
