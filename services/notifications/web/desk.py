"""The desk: what waits for a human, oldest due first, and a page for each that acts."""

import re
from pathlib import Path
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import AwareDatetime

from services.notifications.actions.address_book import AddressBook
from services.notifications.actions.call_staff import somebody_acts
from services.notifications.actions.human_tasks import close_tasks
from services.notifications.actions.on_call import who_is_on_call
from services.notifications.on.answered_from_desk import (
    DeskAnswer,
    NotSendableError,
    answered_from_desk,
)
from services.notifications.on.parked_message_decided import (
    Decision,
    NotDecidedError,
    parked_message_decided,
)
from services.notifications.rules.by_hand import MAX_CHARACTERS, tidy
from services.notifications.rules.ids_in_links import id_of
from services.notifications.rules.rota import Place
from services.notifications.rules.states import IllegalTransitionError
from services.notifications.settings import Settings
from services.notifications.store import alarms, contacts, inbound
from services.notifications.web.task_page import (
    EMPTY,
    READ_CODES,
    Draft,
    may_read,
    task_values,
)
from services.notifications.web.task_words import (
    WHY_NOT,
    WORDS,
    how_soon,
    warnings_about,
)
from shared import task_store
from shared.events import StaffRole
from shared.service import Core
from shared.signin.guard import StaffGuard
from shared.tasks import ABOUT_WORDS, TaskKind
from shared.transaction import Wakeable
from shared.webui import Pages

PAGES = Pages(Path(__file__).parent / "templates")
MAX_SHOWN = 200
MAX_REASON = 200


class Desk:
    """Supervisors read and answer words; operators see kinds and clocks."""

    def __init__(
        self, core: Core[Settings], guard: StaffGuard, book: AddressBook, telling: re.Pattern[str]
    ) -> None:
        self._core, self._guard, self._book, self._telling = core, guard, book, telling
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/", self.home, methods=["GET"])
        add("/desk", self.board, methods=["GET"])
        add("/t/{short}", self.short, methods=["GET"])
        add("/desk/tasks/{task_id}", self.one, methods=["GET"])
        add("/desk/tasks/{task_id}/take", self.take, methods=["POST"])
        add("/desk/tasks/{task_id}/answer", self.answer, methods=["POST"])
        add("/desk/tasks/{task_id}/close", self.close, methods=["POST"])
        add("/desk/tasks/{task_id}/message", self.decide, methods=["POST"])

    async def home(self) -> Response:
        return RedirectResponse("/desk", 303)

    async def short(self, short: str) -> Response:
        """The link of a text leads to its task; one that is none leads to the desk."""
        task_id = id_of(short)
        return RedirectResponse(f"/desk/tasks/{task_id}" if task_id else "/desk", 303)

    async def board(self, request: Request, show: str = "all") -> Response:
        who = await self._guard.who(request)
        if who is None:
            return to_sign_in(self._core.settings, request)
        async with self._core.database.transaction(actor=who.actor) as tx:
            tasks = await task_store.board(tx.connection, limit=MAX_SHOWN)
            zone = self._core.settings.desk_zone
            on_call = await who_is_on_call(tx.connection, now=tx.now, zone=zone)
            now = tx.now
        mine = [task for task in tasks if task.taken_by == who.actor]
        values = {
            "tasks": mine if show == "mine" else tasks,
            "all": len(tasks),
            "mine": len(mine),
            "show": show,
            "nobody_on_call": Place.FIRST not in on_call,
            "supervises": StaffRole.SUPERVISOR in who.roles,
            "words": WORDS,
            "who": who,
            "now": now,
            "how_soon": how_soon,
            "account": f"{self._core.settings.sign_in_url}/sessions",
            "figures": f"{self._core.settings.sign_in_url}/figures",
        }
        return PAGES.show(request, "desk.html", values)

    async def one(self, request: Request, task_id: UUID) -> Response:
        return await self._task_page(request, task_id)

    async def _task_page(
        self, request: Request, task_id: UUID, *, error: str | None = None, draft: Draft = EMPTY
    ) -> Response:
        who = await self._guard.who(request)
        if who is None:
            return to_sign_in(self._core.settings, request)
        async with self._core.database.transaction(actor=who.actor) as tx:
            task = await task_store.find(tx.connection, task_id)
            if task is None:
                return PAGES.show(request, "task_unknown.html", {}, status=404)
            values = await task_values(tx, self._book, self._telling, task, who)
            if values["acts"] and task.closed_at is None:
                await alarms.see(tx.connection, task_id, at=tx.now)
            tx.audit("task.viewed", "task", task_id, with_words=int(values["reads"]))
        decide = f"{self._core.settings.sign_in_url}/tasks/{task_id}"
        values |= {"error": error, "draft": draft, "decide": decide}
        wrong = error or draft.problem or draft.warnings
        return PAGES.show(request, "task.html", values, status=409 if wrong else 200)

    async def take(self, request: Request, task_id: UUID) -> Response:
        who = await self._guard.who(request)
        if who is None:
            return to_sign_in(self._core.settings, request)
        async with self._core.database.transaction(actor=who.actor) as tx:
            rings = await alarms.rings(tx.connection, task_id)
            taken = await task_store.take(tx.connection, task_id, by=who.actor, at=tx.now)
            task = await task_store.find(tx.connection, task_id)
            if task is not None and (taken or rings):
                await alarms.see(tx.connection, task_id, at=tx.now)
                await somebody_acts(tx, task)
                tx.audit("task.taken", "task", task_id)
        return RedirectResponse(f"/desk/tasks/{task_id}", 303)

    async def answer(
        self,
        request: Request,
        task_id: UUID,
        answer_id: Annotated[UUID, Form()],
        words: Annotated[str, Form()] = "",
        anyway: Annotated[bool, Form()] = False,
    ) -> Response:
        """Send what somebody wrote. A warning asks once more, in danger it asks nothing."""
        who = await self._guard.who(request)
        if who is None:
            return to_sign_in(self._core.settings, request)
        async with self._core.database.read_connection() as connection:
            task = await task_store.find(connection, task_id)
        if task is None or task.closed_at is not None or not may_read(task, who):
            return RedirectResponse(f"/desk/tasks/{task_id}", 303)
        text = tidy(words)
        draft = self._judged(text, asks=task.kind is not TaskKind.DANGER and not anyway)
        if draft is not None:
            return await self._task_page(request, task_id, draft=draft)
        answer = DeskAnswer(answer_id, task_id, task.subject_id, text)
        try:
            async with self._core.database.transaction(actor=who.actor) as tx:
                await answered_from_desk(tx, answer, self._book.vault)
        except NotSendableError as refused:
            problem = f"It was not sent. {WHY_NOT[refused.reason]}"
            return await self._task_page(request, task_id, draft=Draft(text, problem))
        return RedirectResponse(f"/desk/tasks/{task_id}#thread", 303)

    def _judged(self, text: str, *, asks: bool) -> Draft | None:
        """What keeps these words from going out now; None when nothing does."""
        if not text:
            return Draft(problem="Write what you want to say.")
        if len(text) > MAX_CHARACTERS:
            return Draft(text, f"Keep it under {MAX_CHARACTERS} characters, or call.")
        if not asks:
            return None
        warnings = tuple(warnings_about(text, self._telling))
        return Draft(text, warnings=warnings) if warnings else None

    async def close(
        self,
        request: Request,
        task_id: UUID,
        until: Annotated[AwareDatetime | None, Form()] = None,
        done: Annotated[str, Form()] = "",
    ) -> Response:
        """The words were read and what they ask for is done; `done` says what that was.

        `until` is when the page was made: what came after it was not read and stays open.
        """
        who = await self._guard.who(request)
        if who is None:
            return to_sign_in(self._core.settings, request)
        outcome = next((code for code in READ_CODES if code.value == done), None)
        if outcome is None:
            return await self._task_page(request, task_id, error="Say what was done.")
        async with self._core.database.transaction(actor=who.actor) as tx:
            task = await task_store.find(tx.connection, task_id)
            is_open = task is not None and task.outcome is None
            if task is not None and is_open and may_read(task, who) and until is not None:
                await inbound.mark_read(tx.connection, task.subject_id, at=tx.now, until=until)
                if not await inbound.has_unread(tx.connection, task.subject_id):
                    await close_tasks(tx, task.subject_id, outcome, ABOUT_WORDS)
                    await contacts.release_writer(tx.connection, task.subject_id)
                    tx.wake(Wakeable.SENDER)
                    tx.audit("task.closed", "task", task_id, outcome=outcome.value)
        return RedirectResponse(f"/desk/tasks/{task_id}", 303)

    async def decide(
        self,
        request: Request,
        task_id: UUID,
        decision: Annotated[Decision, Form()],
        reason: Annotated[str, Form(max_length=MAX_REASON)] = "",
    ) -> Response:
        """A human decides what becomes of a parked message, and says why."""
        who = await self._guard.who(request)
        if who is None:
            return to_sign_in(self._core.settings, request)
        if not reason.strip():
            return await self._task_page(request, task_id, error="Say why, in a few words.")
        try:
            async with self._core.database.transaction(actor=who.actor) as tx:
                task = await task_store.find(tx.connection, task_id)
                if task is not None and task.kind is TaskKind.MESSAGE_PARKED:
                    await parked_message_decided(tx, task.subject_id, decision, reason.strip())
        except (NotDecidedError, IllegalTransitionError) as refused:
            return await self._task_page(request, task_id, error=f"Nothing was changed: {refused}.")
        return RedirectResponse(f"/desk/tasks/{task_id}", 303)


def to_sign_in(settings: Settings, request: Request) -> Response:
    """A form may not lead to another origin by a redirect, so a button gets a page."""
    address = f"{settings.sign_in_url}/sign-in"
    if request.method == "GET":
        return RedirectResponse(address, 303)
    return PAGES.show(request, "signed_out.html", {"sign_in": address}, status=401)
