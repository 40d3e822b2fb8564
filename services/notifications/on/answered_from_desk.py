"""A supervisor writes to somebody from the desk, word for word, by the ordinary way of sending."""

from dataclasses import dataclass
from uuid import UUID

from services.notifications.actions.plan_messages import Occasion, plan_messages
from services.notifications.actions.sealed_words import answer_context, seal_words
from services.notifications.rules.by_hand import why_not
from services.notifications.rules.states import SuppressReason
from services.notifications.rules.steps import Cause
from services.notifications.store import answers, contacts
from services.notifications.store.answers import HumanAnswer
from services.notifications.store.contacts import Known
from shared.transaction import Transaction
from shared.vault import Vault


@dataclass(frozen=True, slots=True, repr=False)
class DeskAnswer:
    """`answer_id` was made with the form, so that pressing its button twice sends once."""

    answer_id: UUID
    task_id: UUID
    recipient_id: UUID
    words: str


class NotSendableError(Exception):
    """Nothing may be sent to them; `reason` is the rule that forbids it."""

    def __init__(self, reason: SuppressReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def why_not_to(known: Known | None) -> SuppressReason | None:
    """Why no answer may go to them now; somebody whom nothing is known of has no number."""
    if known is None:
        return SuppressReason.WRONG_NUMBER
    return why_not(
        has_phone=known.has_phone,
        opted_out=known.opted_out,
        number=known.number,
        deceased=known.deceased,
        erased=known.erased or known.sealed is None,
    )


async def answered_from_desk(tx: Transaction, answer: DeskAnswer, vault: Vault) -> None:
    """Keep the words sealed and plan their text; the send check asks everything again.

    Raises NotSendableError. A hold for danger stops automatic texts and not this one.
    """
    known = await contacts.find(tx.connection, answer.recipient_id)
    reason = why_not_to(known)
    if reason is not None or known is None or known.sealed is None:
        raise NotSendableError(reason or SuppressReason.ERASED)
    context = answer_context(answer.answer_id)
    kept = HumanAnswer(
        answer.answer_id,
        answer.task_id,
        answer.recipient_id,
        await seal_words(vault, known.sealed, answer.words, context),
        tx.actor,
    )
    if not await answers.keep(tx.connection, kept, at=tx.now):
        return
    tx.audit("answer.written", known.kind.value, answer.recipient_id, task_id=str(answer.task_id))
    await plan_messages(
        tx,
        Occasion(
            cause=Cause.HUMAN_ANSWERED,
            subject_id=answer.recipient_id,
            recipients={known.kind: answer.recipient_id},
            occasion_id=answer.answer_id,
        ),
    )
