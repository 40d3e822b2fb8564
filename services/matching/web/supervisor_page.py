"""The supervisor's page of a task at matching: what it is about, and what can be decided."""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from services.matching.actions.ask_next_coach import OfferContext
from services.matching.on.supervisor_decided import HeldError, MovedOnError, supervisor_decided
from services.matching.rules.states import SearchState
from services.matching.rules.supervision import DECISIONS, Decision, fits
from services.matching.settings import Settings
from services.matching.store import offers, searches
from services.matching.store.searches import Search
from services.matching.web.supervisor_words import (
    BUTTONS,
    CAME_TO,
    END_REQUESTED,
    MOVED_ON,
    NOT_NOW,
    ON_HOLD,
    SAY_WHY,
    TITLES,
    WHY,
)
from shared import task_store
from shared.events import StaffRole
from shared.service import Core
from shared.signin.guard import SignedInStaff, StaffGuard
from shared.transaction import Transaction
from shared.webui import Pages

PAGES = Pages(Path(__file__).parent / "templates")
MIN_REASON, MAX_REASON = 3, 200


class SupervisorPage:
    """Two addresses. Only supervisors decide; whoever else is signed in reads who does."""

    def __init__(self, core: Core[Settings], guard: StaffGuard, context: OfferContext) -> None:
        self._core, self._guard, self._context = core, guard, context
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/tasks/{task_id}", self.show, methods=["GET"])
        self.router.add_api_route("/tasks/{task_id}/decide", self.decide, methods=["POST"])

    async def show(self, request: Request, task_id: UUID) -> Response:
        """What waits, and the buttons."""
        who = await self._guard.who(request)
        if who is None:
            return RedirectResponse("/sign-in", 303)
        return await self._page(request, who, task_id)

    async def decide(
        self,
        request: Request,
        task_id: UUID,
        decision: Annotated[Decision, Form()],
        why: Annotated[str, Form(max_length=MAX_REASON)] = "",
    ) -> Response:
        """Do what was decided; the page then says what became of the task."""
        who = await self._guard.who(request)
        if who is None:
            return RedirectResponse("/sign-in", 303)
        if StaffRole.SUPERVISOR not in who.roles:
            return await self._page(request, who, task_id, status=403)
        if len(why.strip()) < MIN_REASON:
            return await self._page(request, who, task_id, error=SAY_WHY, status=400)
        await self._core.history.refuse_while_behind()
        try:
            async with self._core.database.transaction(actor=who.actor) as tx:
                await supervisor_decided(tx, task_id, decision, why.strip(), self._context)
        except MovedOnError:
            return await self._page(request, who, task_id, error=MOVED_ON, status=409)
        except HeldError:
            return await self._page(request, who, task_id, error=NOT_NOW, status=409)
        return RedirectResponse(f"/tasks/{task_id}", 303)

    async def _page(
        self,
        request: Request,
        who: SignedInStaff,
        task_id: UUID,
        *,
        error: str | None = None,
        status: int = 200,
    ) -> Response:
        async with self._core.database.transaction(actor=who.actor) as tx:
            values = await self._values(tx, task_id)
            if values is None:
                return PAGES.show(request, "supervisor_task_unknown.html", {}, status=404)
            tx.audit("task.viewed", "task", task_id)
        values |= {
            "supervises": StaffRole.SUPERVISOR in who.roles,
            "error": error,
            "desk": f"{self._core.settings.desk_url}/desk",
        }
        return PAGES.show(request, "supervisor_task.html", values, status=status)

    async def _values(self, tx: Transaction, task_id: UUID) -> dict[str, Any] | None:
        task = await task_store.find(tx.connection, task_id)
        search = await searches.find(tx.connection, task.subject_id) if task else None
        if task is None or search is None or task.kind not in DECISIONS:
            return None
        asked = await offers.outcomes_of(tx.connection, search.referral_id)
        return {
            "task": task,
            "title": TITLES[task.kind],
            "waits_days": max((tx.now - search.since).days, 0),
            "asked": [
                (CAME_TO[state], WHY.get(reason or ""), count) for state, reason, count in asked
            ],
            "held": _why_held(search),
            "buttons": [
                (one.value, BUTTONS[one])
                for one in DECISIONS[task.kind]
                if task.closed_at is None and fits(one, search.state)
            ],
        }


def _why_held(search: Search) -> str | None:
    """Who has to act first, and where, before anything can be decided."""
    if search.state is not SearchState.HELD:
        return None
    return END_REQUESTED if search.end_requested else ON_HOLD
