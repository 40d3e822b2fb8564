"""A person's text, once it is read. This is where STOP is handled."""

from collections.abc import Sequence
from uuid import UUID

from services.notifications.actions.plan_messages import Occasion, about, plan_messages
from services.notifications.rules.inbound import Reading
from services.notifications.rules.replies import AnswerCode, PersonAnswer, Question
from services.notifications.rules.steps import Cause
from services.notifications.store import contacts, referrals
from shared.db import Row
from shared.events import (
    PersonOptedIn,
    PersonOptedOut,
    RecipientKind,
    ReplyReceived,
    SafetyFlagged,
)
from shared.transaction import Transaction


async def person_texted(
    tx: Transaction,
    people: Sequence[UUID],
    phone_hash: bytes,
    reading: Reading,
    occasion_id: UUID,
) -> None:
    """Do what the text means, for everybody with this number; the first of `people` wrote."""
    running = [row for one in people for row in await referrals.of_person(tx.connection, one)]
    context = PersonTextContext(tx, people[0], phone_hash, running, occasion_id)
    if reading.opt_out is not None:
        await person_texts_stop(context, reading)
    if reading.crisis is not None:
        await _person_in_danger(context, reading.crisis.value)
    if reading.hold:
        await contacts.hold(tx.connection, phone_hash)
    if reading.opt_out is None and reading.crisis is None:
        await _answer_plainly(context, reading)


async def _answer_plainly(context: "PersonTextContext", reading: Reading) -> None:
    """A text that neither stops anything nor speaks of danger."""
    if reading.start:
        await _person_starts_again(context)
    elif isinstance(reading.answer, PersonAnswer):
        await _person_answers(context, reading.answer)
    elif reading.help:
        await context.plan(Cause.PERSON_ASKED_HELP)
    elif reading.needs_human:
        await context.plan(Cause.PERSON_TEXT_NOT_UNDERSTOOD)


class PersonTextContext:
    """One text: who wrote, which referrals are running, and how to answer."""

    def __init__(
        self,
        tx: Transaction,
        person_id: UUID,
        phone_hash: bytes,
        running: Sequence[Row],
        occasion_id: UUID,
    ) -> None:
        self.tx, self.person_id, self.phone_hash = tx, person_id, phone_hash
        self.running, self.occasion_id = running, occasion_id

    async def plan(self, cause: Cause) -> None:
        """Answer the person once, and tell coach and clinic of every running referral."""
        answered = False
        for row in self.running:
            occasion = about(row, cause, occasion_id=self.occasion_id)
            recipients = dict(occasion.recipients)
            if answered:
                recipients.pop(RecipientKind.PERSON)
            await plan_messages(self.tx, _with_recipients(occasion, recipients, self.person_id))
            answered = True
        if not answered:
            await plan_messages(
                self.tx,
                Occasion(
                    cause=cause,
                    subject_id=self.person_id,
                    recipients={RecipientKind.PERSON: self.person_id},
                    occasion_id=self.occasion_id,
                ),
            )


def _with_recipients(
    occasion: Occasion, recipients: dict[RecipientKind, UUID | None], person_id: UUID
) -> Occasion:
    if RecipientKind.PERSON in recipients:
        recipients[RecipientKind.PERSON] = person_id
    return Occasion(
        cause=occasion.cause,
        subject_id=occasion.subject_id,
        recipients=recipients,
        occasion_id=occasion.occasion_id,
        referral_id=occasion.referral_id,
        episode=occasion.episode,
    )


async def person_texts_stop(context: PersonTextContext, reading: Reading) -> None:
    """STOP: from this commit on no text to this number starts. The referral goes on.

    Source: 47 CFR 64.1200(a)(10), (12): one confirmation, nothing else.
    """
    tx = context.tx
    first = await contacts.opt_out(tx.connection, context.phone_hash, "all", at=tx.now)
    if reading.wrong_number:
        await contacts.set_number(tx.connection, context.phone_hash, "unusable")
    if not first:
        return
    for row in context.running:
        tx.emit(PersonOptedOut(subject_id=row["referral_id"], person_id=row["person_id"]))
    await context.plan(Cause.NUMBER_IS_WRONG if reading.wrong_number else Cause.PERSON_OPTED_OUT)


async def _person_in_danger(context: PersonTextContext, flag: str) -> None:
    """The fixed answer at once, a human now, and no automated text until somebody has looked."""
    tx = context.tx
    await contacts.hold(tx.connection, context.phone_hash)
    for row in context.running:
        tx.emit(
            SafetyFlagged(
                subject_id=row["referral_id"],
                person_id=row["person_id"],
                flag=flag,
                source="inbound_text",
            )
        )
    if not context.running:
        tx.emit(
            SafetyFlagged(
                subject_id=context.person_id,
                person_id=context.person_id,
                flag=flag,
                source="inbound_text",
            )
        )
    await context.plan(Cause.SAFETY_FLAGGED)


async def _person_starts_again(context: PersonTextContext) -> None:
    tx = context.tx
    if not await contacts.opt_in(tx.connection, context.phone_hash):
        return
    for row in context.running:
        tx.emit(PersonOptedIn(subject_id=row["referral_id"], person_id=row["person_id"]))
    await context.plan(Cause.PERSON_OPTED_IN)


async def _person_answers(context: PersonTextContext, answer: PersonAnswer) -> None:
    tx = context.tx
    if answer.question is Question.NUMBER_CHECK and answer.code is AnswerCode.YES:
        await contacts.set_number(tx.connection, context.phone_hash, "verified")
    for row in context.running:
        tx.emit(
            ReplyReceived(
                subject_id=row["referral_id"],
                person_id=row["person_id"],
                question=answer.question.value if answer.question else "any",
                answer=answer.code.value,
            )
        )
    if answer.code is AnswerCode.OTHER_COACH:
        await context.plan(Cause.OTHER_COACH_ASKED)
