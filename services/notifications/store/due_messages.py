"""What is due, locked, with every fact that decides whether it may be sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.rules.states import State
from services.notifications.store.messages import Message
from shared.db import Connection, Row
from shared.events import Channel, RecipientKind
from shared.logs import log
from shared.lookout import Moments
from shared.transaction import Wakeable


@dataclass(frozen=True, slots=True, repr=False)
class DueMessage:
    """One planned message and the facts that decide its send, one field per column of `_FACTS`.

    A fact that has not arrived is None, and so is everything that would have come with it.
    """

    message_id: UUID
    subject_id: UUID
    referral_id: UUID | None
    occasion_id: UUID
    episode: int
    step: str
    recipient_kind: RecipientKind
    recipient_id: UUID
    offer_id: UUID | None
    due_at: datetime
    claim_epoch: int
    retries: int
    wait_reason: str | None
    correlation_id: UUID
    given_up: Sequence[str]
    answer_language: str | None
    """Of the text that it answers, where that was clear."""

    # The recipient's contact.
    sealed: str | None
    phone_hash: bytes | None
    has_email: bool | None
    language: str | None
    zone: str | None
    text_ok: bool | None
    shared_phone: bool | None
    number_is_on_others: bool
    number_state: str | None
    last_words_at: datetime | None
    contact_held: bool | None
    erased: bool | None
    deceased: bool | None
    opt_outs: Sequence[str]

    # The referral, its person and its coach.
    standing: str | None
    referral_held: bool | None
    consent_revoked: bool | None
    consent_ends_at: datetime | None
    reference: str | None
    current_episode: int | None
    known_person: UUID | None
    person_erased: bool | None
    person_deceased: bool | None
    person_number: str | None
    first_contact_by: datetime | None
    contact_logged: bool | None
    coach_id: UUID | None
    coach_sealed: str | None
    live_offer_id: UUID | None
    ended_offer_id: UUID | None
    paused_until: datetime | None

    # The offer that it is about, and how many the recipient can answer now.
    answer_by: datetime | None
    offer_settled: bool | None
    offer_code: str | None
    open_offers: int

    # What went to this recipient, and what holds for everybody.
    counted_at: Sequence[datetime]
    texted_for: Sequence[UUID]
    """Other referrals of which an unasked text went to this number in the last 24 hours."""
    texted_at: Sequence[datetime]
    """When the newest of each did."""
    unresolved: Sequence[bytes]
    """Hashes of the texts to this number of which nobody knows the outcome."""
    stopped: Sequence[str]
    """Channels that our own fault has stopped."""
    news_waits: bool
    feed_read_at: datetime | None
    recovered_at: datetime | None
    lost_since: datetime | None

    @property
    def message(self) -> Message:
        """The planned message among these facts."""
        return Message(
            message_id=self.message_id,
            subject_id=self.subject_id,
            referral_id=self.referral_id,
            step=self.step,
            recipient_kind=self.recipient_kind,
            recipient_id=self.recipient_id,
            offer_id=self.offer_id,
            state=State.PLANNED,
            channel=None,
            claim_epoch=self.claim_epoch,
            receipt=None,
            retries=self.retries,
            wait_reason=self.wait_reason,
            correlation_id=self.correlation_id,
            given_up=tuple(map(Channel, self.given_up)),
        )


@dataclass(frozen=True, slots=True)
class Due:
    """What is due, with every fact that decides it; and when the next one after these is."""

    messages: Sequence[DueMessage]
    next_at: datetime | None
    is_full: bool
    """As many were due as were asked for, so more may be."""
    others_hold_numbers: bool
    """Another claim is about to send to a number of some that were due, so those are left out."""
    unreadable: Sequence[UUID] = ()
    """Due too, but this release does not know that kind of recipient or channel."""


_MOMENTS = """
    SELECT (SELECT min(next_at) FROM messages WHERE state = 'planned'),
           (SELECT min(next_at) FROM messages WHERE state IN ('claimed', 'unknown'))
"""


async def moments(connection: Connection, _: datetime) -> Moments:
    """When the next message is due, and when the next claim has to be looked up."""
    ((due_at, look_up_at),) = await connection.fetch(_MOMENTS)
    return {Wakeable.SENDER: due_at, Wakeable.LOOK_UP: look_up_at}


# A number is locked too, until its claim has committed: equal texts to it see each other so.
_LOCK_DUE = """
    WITH due AS MATERIALIZED (
        SELECT message_id, recipient_kind, recipient_id FROM messages
         WHERE state = 'planned' AND next_at <= $1
         ORDER BY next_at, message_id LIMIT $2 FOR UPDATE SKIP LOCKED
    ), locked AS MATERIALIZED (
        SELECT due.message_id, pg_try_advisory_xact_lock(hashtextextended(
                   coalesce(c.phone_hash::text, due.recipient_id::text), 0)) AS free
          FROM due LEFT JOIN LATERAL (
            SELECT phone_hash FROM contacts
             WHERE kind = due.recipient_kind AND recipient_id = due.recipient_id OFFSET 0
          ) AS c ON true
    )
    SELECT ARRAY(SELECT message_id FROM locked WHERE free) AS due,
           (SELECT count(*) FROM locked) AS found,
           (SELECT min(next_at) FROM messages WHERE state = 'planned' AND next_at > $1) AS next_at
"""


# Everything that decides the send, in one statement after the rows are locked. A planner that
# counts the ids plans anew each time, at thrice the cost of a run; hence the subquery around them.
# OFFSET 0 keeps every join a look by its key, also while nothing is known of a young table.
_FACTS = """
    SELECT m.message_id, m.subject_id, m.referral_id, m.occasion_id, m.episode, m.step,
           m.recipient_kind, m.recipient_id, m.offer_id, m.due_at, m.claim_epoch, m.retries,
           m.wait_reason, m.correlation_id, m.given_up, m.language AS answer_language,
           c.sealed, c.phone_hash, c.has_email, c.language, c.zone, c.text_ok, c.shared_phone,
           c.number_state, c.last_words_at, c.held AS contact_held, c.erased, c.deceased,
           ARRAY(SELECT scope FROM opt_outs x WHERE x.phone_hash = c.phone_hash) AS opt_outs,
           r.standing, r.held AS referral_held, r.consent_revoked, r.consent_ends_at,
           r.reference, r.episode AS current_episode, r.person_id AS known_person,
           p.erased AS person_erased, p.deceased AS person_deceased,
           p.number_state AS person_number, r.first_contact_by, r.contact_logged, r.coach_id,
           k.sealed AS coach_sealed, r.offer_id AS live_offer_id, r.ended_offer_id,
           r.paused_until,
           o.answer_by, o.settled AS offer_settled, o.code AS offer_code,
           m.recipient_kind = 'person' AND EXISTS (
               SELECT FROM contacts x WHERE x.phone_hash = c.phone_hash AND x.kind = 'person'
                  AND x.recipient_id <> m.recipient_id AND NOT x.erased) AS number_is_on_others,
           (SELECT count(*) FROM offers o2
             WHERE o2.coach_id = m.recipient_id AND NOT o2.settled) AS open_offers,
           ARRAY(SELECT s.sent_at FROM messages s
                  WHERE m.step = ANY($3::text[]) AND s.recipient_id = m.recipient_id
                    AND s.sent_at > $2 AND s.step = ANY($3::text[])) AS counted_at,
           coalesce(texted.referral_ids, '{}') AS texted_for,
           coalesce(texted.moments, '{}') AS texted_at,
           ARRAY(SELECT u.body_hash FROM messages u
                  WHERE u.recipient_id = ANY(ARRAY(SELECT x.recipient_id FROM contacts x
                                                    WHERE x.phone_hash = c.phone_hash))
                    AND u.channel = 'sms' AND u.state IN ('claimed', 'unknown')) AS unresolved,
           ARRAY(SELECT channel FROM stopped_channels) AS stopped,
           EXISTS (SELECT FROM parked_records w
                    WHERE w.key IN (m.referral_id, m.recipient_id, r.person_id)) AS news_waits,
           (SELECT min(read_at) FROM feeds WHERE topic = $4) AS feed_read_at,
           recovered.began_at AS recovered_at, recovered.lost_since
      FROM messages m
      LEFT JOIN LATERAL (
        SELECT sealed, phone_hash, has_email, language, zone, text_ok, shared_phone, number_state,
               last_words_at, held, erased, deceased
          FROM contacts WHERE kind = m.recipient_kind AND recipient_id = m.recipient_id OFFSET 0
      ) AS c ON true
      LEFT JOIN LATERAL (
        SELECT standing, held, consent_revoked, consent_ends_at, reference, coach_id,
               offer_id, first_contact_by, contact_logged, episode, person_id, ended_offer_id,
               paused_until
          FROM referrals WHERE referral_id = m.referral_id OFFSET 0
      ) AS r ON true
      LEFT JOIN LATERAL (
        SELECT answer_by, settled, code FROM offers WHERE offer_id = m.offer_id OFFSET 0
      ) AS o ON true
      LEFT JOIN LATERAL (
        SELECT erased, deceased, number_state FROM contacts
         WHERE kind = 'person' AND recipient_id = r.person_id OFFSET 0
      ) AS p ON true
      LEFT JOIN LATERAL (
        SELECT sealed FROM contacts WHERE kind = 'coach' AND recipient_id = r.coach_id OFFSET 0
      ) AS k ON true
      LEFT JOIN LATERAL (
        SELECT array_agg(referral_id) AS referral_ids, array_agg(at) AS moments
          FROM (SELECT s.referral_id, max(coalesce(s.sent_at, s.claimed_at)) AS at
                  FROM contacts x JOIN messages s USING (recipient_id)
                 WHERE m.step = ANY($5::text[]) AND s.step = ANY($5::text[])
                   AND x.phone_hash = c.phone_hash AND x.kind = 'person'
                   AND s.referral_id <> m.referral_id AND s.state NOT IN ('planned', 'suppressed')
                   AND coalesce(s.sent_at, s.claimed_at) > $6
                 GROUP BY s.referral_id) AS others
      ) AS texted ON true
      LEFT JOIN LATERAL (
        SELECT began_at, lost_since FROM epochs WHERE epoch > 1 ORDER BY epoch DESC LIMIT 1
      ) AS recovered ON true
     WHERE m.message_id = ANY((SELECT $1::uuid[])::uuid[])
     ORDER BY m.next_at, m.message_id
"""


async def lock_due(
    connection: Connection,
    *,
    now: datetime,
    limit: int,
    counted_since: datetime,
    counted_steps: Sequence[str],
    unasked_since: datetime,
    unasked_steps: Sequence[str],
    feed: str,
) -> Due:
    """Due messages, locked until the transaction ends; what another claim holds is left out.

    Two statements on purpose: the facts come from a snapshot taken after the locks are held, those
    of numbers too, so that two processes do not both find room for an unasked text.
    """
    ids, found, next_at = (await connection.fetch(_LOCK_DUE, now, limit))[0]
    rows: list[Row] = []
    if ids:
        counted, unasked = list(counted_steps), list(unasked_steps)
        rows = await connection.fetch(
            _FACTS, ids, counted_since, counted, feed, unasked, unasked_since
        )
    known = [row for row in rows if _is_known(row)]
    return Due(
        messages=list(map(_due_message, known)),
        next_at=next_at,
        is_full=found >= limit,
        others_hold_numbers=found > len(ids),
        unreadable=[row["message_id"] for row in rows if not _is_known(row)],
    )


_KINDS = frozenset(kind.value for kind in RecipientKind)
_CHANNELS = frozenset(channel.value for channel in Channel)


def _is_known(row: Row) -> bool:
    """False for what only a later release can have written."""
    return row["recipient_kind"] in _KINDS and _CHANNELS.issuperset(row["given_up"])


def _due_message(row: Row) -> DueMessage:
    columns = dict(row)
    kind = RecipientKind(columns.pop("recipient_kind"))
    stopped = _known_channels(columns.pop("stopped"))
    return DueMessage(recipient_kind=kind, stopped=stopped, **columns)


def _known_channels(stopped: Sequence[str]) -> Sequence[str]:
    """Without those of a later release, by which this one sends nothing."""
    for channel in set(stopped) - _CHANNELS:
        log.error("unknown_channel_stopped", channel=channel)
    return [channel for channel in stopped if channel in _CHANNELS]
