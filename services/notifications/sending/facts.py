"""From a row to the facts that decide a send, and to the values that its wording may name."""

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
from services.notifications.rules.steps import Scope, Step, StopsWhen
from shared.db import Row
from shared.events import Channel, RecipientKind

FEED_GRACE = timedelta(seconds=60)
"""How long ago referrals may have been read to their end before texts to people pause."""

LATELY = timedelta(hours=48)
"""Somebody who has written so recently is not asked how it goes."""

WHOLE_DAY = Hours()


@dataclass(frozen=True, slots=True)
class Policy:
    """Hours and limits of this deployment."""

    hours: Hours
    limits: Limits


def channel_of(step: Step, row: Row) -> Channel:
    """The best channel that can be used; the first one where none can, and then it is judged."""
    for channel in step.channels:
        if channel is Channel.SMS and row["phone_hash"] is not None and not row["scopes"]:
            return channel
        if channel is Channel.EMAIL and row["has_email"]:
            return channel
    return step.channels[0]


def facts_of(row: Row, step: Step, *, now: datetime, policy: Policy) -> Facts:
    """Everything that is re-read for one send. A missing part stays missing."""
    channel = channel_of(step, row)
    read_at = row["feed_read_at"]
    return Facts(
        step=step,
        channel=channel,
        due_at=row["due_at"],
        person_deceased=bool(row["deceased"] or row["person_deceased"]),
        person_erased=bool(row["erased"]),
        referral=_referral(row, now),
        contact=_contact(row, channel, policy.hours),
        held=bool(row["contact_held"] or row["referral_held"]),
        channel_stopped=channel.value in row["stopped"],
        up_to_date=read_at is not None and now - read_at <= FEED_GRACE,
        needs_referral=row["referral_id"] is not None,
        counted_at=tuple(row["counted_at"]),
        limits=policy.limits,
    )


def _referral(row: Row, now: datetime) -> Referral | None:
    if row["standing"] is None:
        return None
    known = row["known_person"] is not None
    current = row["episode"] == row["current_episode"]
    if row["offer_id"] is not None and row["live_offer_id"] is not None:
        current = current and row["offer_id"] == row["live_offer_id"]
    return Referral(
        standing=Standing(row["standing"]),
        consent=Consent(row["consent_revoked"], row["consent_ends_at"]) if known else None,
        is_current=current,
        happened=frozenset(_happened(row, now)),
    )


def _happened(row: Row, now: datetime) -> list[StopsWhen]:
    happened = []
    if row["person_number"] in ("verified", "unusable"):
        happened.append(StopsWhen.NUMBER_ANSWERED)
    if row["offer_settled"]:
        happened.append(StopsWhen.OFFER_SETTLED)
    if row["contact_logged"]:
        happened.append(StopsWhen.CONTACT_LOGGED)
    if row["offer_id"] is not None and row["ended_offer_id"] == row["offer_id"]:
        happened.append(StopsWhen.ASSIGNMENT_ENDED)
    if row["last_words_at"] is not None and now - row["last_words_at"] <= LATELY:
        happened.append(StopsWhen.REPLIED_LATELY)
    return happened


def _contact(row: Row, channel: Channel, hours: Hours) -> Contact | None:
    if row["language"] is None:
        return None
    reachable = row["has_email"] if channel is Channel.EMAIL else row["phone_hash"] is not None
    return Contact(
        number=Number(row["number_state"]) if channel is Channel.SMS else Number.VERIFIED,
        allowed=bool(reachable and (row["text_ok"] or channel is Channel.EMAIL)),
        zones=(ZoneInfo(row["zone"]),),
        hours=hours,
        opted_out=frozenset(Scope(scope) for scope in row["scopes"]),
        last_words_at=row["last_words_at"],
    )


def is_for_person(row: Row) -> bool:
    return bool(row["recipient_kind"] == RecipientKind.PERSON.value)
