"""Every step of the plan, composed as the sender does it, with the settings of an installation."""

from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import UTC, datetime
from itertools import product
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

from services.notifications.actions.address_book import AddressBook, Opened
from services.notifications.rules.facts import Number
from services.notifications.rules.formats import Language
from services.notifications.rules.kinds import WRITTEN_BY_HAND
from services.notifications.rules.plan import STEPS
from services.notifications.rules.steps import Step
from services.notifications.sending.outbound import OutgoingMessage
from services.notifications.sending.particulars import CALLS, Particulars
from services.notifications.settings import Settings
from services.notifications.store.alarms import Called
from services.notifications.store.due_messages import DueMessage
from services.notifications.wiring import composer_of
from shared.events import RecipientKind, Sealed
from shared.tasks import TaskKind
from shared.vault import Vault

AT = datetime(2026, 11, 27, 17, 35, tzinfo=UTC)
ONE = UUID("01935a00-0000-7000-8000-000000000001")
SEALED = Sealed(key_id=ONE, nonce="A" * 16, ciphertext="A" * 64).model_dump_json()


class OpenBook(AddressBook):
    """Contacts that are not sealed."""

    async def open(self, kind: str, recipient_id: UUID, sealed: Sealed) -> Opened:
        return Opened("Sam", "+12025550123", "sam@example.org")


async def composed(settings: Settings) -> AsyncIterator[OutgoingMessage]:
    """Every step, by each of its channels and in each language, to somebody named and unnamed,
    with one offer open and with two; for every kind of task where it names one.
    """
    book = OpenBook(cast(Vault, None), b"")
    composer = composer_of(cast(Any, SimpleNamespace(settings=settings)), book)
    for step in STEPS:
        if step.kind in WRITTEN_BY_HAND:
            continue
        tasks = TaskKind if step.kind in CALLS else (None,)
        for channel, language, number, offers, task in product(
            step.channels, Language, (Number.VERIFIED, Number.UNVERIFIED), (1, 2), tasks
        ):
            called = Called(ONE, task, AT, "41") if task is not None else None
            due = due_message(step, language, number, offers)
            yield await composer.compose(due, step, channel, Particulars(called=called))


def due_message(step: Step, language: Language, number: Number, open_offers: int) -> DueMessage:
    """A message of this step with what the database knows when it is due."""
    about_offer = step.name.startswith("offer_")
    known: dict[str, object] = {
        **{field.name: None for field in fields(DueMessage)},
        "message_id": ONE,
        "occasion_id": ONE,
        "referral_id": ONE if step.to is not RecipientKind.STAFF else None,
        "claim_epoch": 0,
        "step": step.name,
        "recipient_kind": step.to,
        "recipient_id": ONE,
        "sealed": SEALED,
        "language": language.value,
        "zone": "America/Chicago",
        "shared_phone": False,
        "number_is_on_others": False,
        "number_state": number.value,
        "reference": "K7QF-2MXP",
        "first_contact_by": AT,
        "coach_id": ONE,
        "coach_sealed": SEALED,
        "live_offer_id": ONE,
        "answer_by": AT if about_offer else None,
        "offer_code": "27" if about_offer else None,
        "open_offers": open_offers,
    }
    return DueMessage(**cast(Any, known))
