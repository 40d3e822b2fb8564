"""Tells an open page what happens, by server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator

from fastapi import APIRouter
from sse_starlette import EventSourceResponse, ServerSentEvent

from deploy.simulator import fault_words, view
from deploy.simulator.control_api import Running
from deploy.simulator.page import templates
from deploy.simulator.simulator import Simulator

HEARTBEAT_SECONDS = 15
GATHER_SECONDS = 0.2
"""Changes within this time travel together, so that a burst does not flood the page."""

router = APIRouter(include_in_schema=False)


def _macro(template: str, macro: str, *values: object) -> str:
    rendered: str = getattr(templates.get_template(template).module, macro)(*values)
    return str(rendered)


def changed_pieces(simulator: Simulator, seen: int) -> list[dict[str, str]]:
    """The pieces of the page that changed after version `seen`, each with where it belongs."""
    pieces = [
        {"into": "phones", "html": _macro("phone.html", "phone_card", view.phone_view(phone))}
        for phone in view.phones_shown(simulator)
        if phone.version > seen
    ]
    pieces += [
        {"into": "mailboxes", "html": _macro("mailbox.html", "mailbox_card", shown)}
        for shown in map(view.mailbox_view, view.mailboxes_shown(simulator))
        if shown.version > seen
    ]
    timelines = simulator.timelines
    if timelines.version > seen:
        shown_referrals = view.referrals_shown(simulator)
        html = _macro(
            "referrals.html", "referral_list", shown_referrals, timelines.away, timelines.heard
        )
        pieces.append({"part": "referrals", "html": html})
    rules = [fault_words.in_words(rule) for rule in simulator.faults.rules]
    opt_out = simulator.network.opt_out_in_network
    pieces.append({"part": "rules", "html": _macro("faults.html", "rule_list", rules, opt_out)})
    summary = view.summary(simulator)
    pieces.append({"part": "summary", "html": _macro("summary.html", "summary_line", summary)})
    return pieces


def news(simulator: Simulator, seen: int) -> str:
    """A sentence for screen readers about what arrived after `seen`; empty for nothing."""
    phones = [p.label or p.number for p in view.phones_shown(simulator) if p.heard > seen]
    boxes = [b.label or b.address for b in view.mailboxes_shown(simulator) if b.heard > seen]
    sentences = []
    if phones:
        sentences.append(f"New text on the phone of {', '.join(phones)}.")
    if boxes:
        sentences.append(f"New e-mail for {', '.join(boxes)}.")
    return " ".join(sentences)


def _place(since: str, run: str) -> int | None:
    """The version a page has seen; None when the page belongs to another run."""
    page_run, _, version = since.partition(".")
    return int(version) if page_run == run and version.isdigit() else None


async def _events(simulator: Simulator, since: str) -> AsyncIterator[ServerSentEvent]:
    seen = _place(since, simulator.run)
    run = simulator.run
    with simulator.timelines:
        while seen is not None and run == simulator.run:
            await simulator.changes.beyond(seen)
            await asyncio.sleep(GATHER_SECONDS)
            version = simulator.changes.version
            content = {
                "pieces": changed_pieces(simulator, seen),
                "news": news(simulator, seen),
                "since": f"{run}.{version}",
            }
            seen = version
            yield ServerSentEvent(event="changes", data=json.dumps(content))
    yield ServerSentEvent(event="reload", data="")


@router.get("/simulator/stream")
async def stream(simulator: Running, since: str = "") -> EventSourceResponse:
    """Changes after `since`, until the page goes away."""
    return EventSourceResponse(_events(simulator, since), ping=HEARTBEAT_SECONDS)
