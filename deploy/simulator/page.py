"""The page with the phones: complete without scripts, and live with its one script."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import ValidationError

from deploy.simulator import fault_words, view, words
from deploy.simulator.control_api import Number, Running
from deploy.simulator.faults import Rule

FOLDER = Path(__file__).parent
HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # With "no-referrer" a browser would call even our own forms foreign: "Origin: null".
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

templates = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def own_page_only(request: Request) -> None:
    """Refuse a form that another site's page posts. Raises HTTPException 403."""
    origin = request.headers.get("origin")
    if origin and origin.split("://")[-1] != request.headers.get("host"):
        raise HTTPException(403, "This form can only be sent from the simulator's own page.")


router = APIRouter(include_in_schema=False)
OwnPage = Depends(own_page_only)


def _render(simulator: Running, *, problem: str = "") -> HTMLResponse:
    timelines = simulator.timelines
    content = templates.get_template("page.html").render(
        since=f"{simulator.run}.{simulator.changes.version}",
        zone=words.zone_words(simulator.clock()),
        summary=view.summary(simulator),
        phones=[view.phone_view(phone) for phone in view.phones_shown(simulator)],
        mailboxes=[view.mailbox_view(box) for box in view.mailboxes_shown(simulator)],
        referrals_connected=timelines.connected,
        referrals=view.referrals_shown(simulator),
        away=timelines.away,
        heard=timelines.heard,
        fault_choices=fault_words.CHOICES,
        rules=[fault_words.in_words(rule) for rule in simulator.faults.rules],
        network_opt_out=simulator.network.opt_out_in_network,
        problem=problem,
    )
    return HTMLResponse(content, 422 if problem else 200, headers=dict(HEADERS))


@router.get("/")
async def page(simulator: Running) -> HTMLResponse:
    """Everything as it is now. Nobody watching means that intake is asked first."""
    await simulator.timelines.refresh(simulator.session)
    return _render(simulator)


@router.post("/phones/{number}/texts", dependencies=[OwnPage])
async def type_text(
    simulator: Running, number: Number, body: Annotated[str, Form(min_length=1, max_length=1600)]
) -> RedirectResponse:
    """Type a text on a phone, then show the phone."""
    await simulator.network.text_from(number, body)
    return RedirectResponse(f"/#{view.phone_anchor(number)}", 303)


@router.post("/faults", dependencies=[OwnPage], response_model=None)
async def add_fault(request: Request, simulator: Running) -> RedirectResponse | HTMLResponse:
    """Put one more fault in force; empty fields take their default."""
    async with request.form() as form:
        given = {name: value for name, value in form.items() if value != ""}
    try:
        rule = Rule.model_validate(given)
    except ValidationError as error:
        fields = sorted({str(part) for e in error.errors(include_input=False) for part in e["loc"]})
        return _render(simulator, problem=fault_words.problem(fields))
    simulator.faults.add(rule)
    simulator.changes.mark()
    return RedirectResponse("/#faults-title", 303)


@router.post("/faults/clear", dependencies=[OwnPage])
async def clear_faults(simulator: Running) -> RedirectResponse:
    """Make everything work again."""
    simulator.faults.replace([])
    simulator.changes.mark()
    return RedirectResponse("/#faults-title", 303)


@router.post("/network-opt-out", dependencies=[OwnPage])
async def switch_network_opt_out(
    simulator: Running, wanted: Annotated[str, Form(pattern="^(on|off)$")]
) -> RedirectResponse:
    """Turn the network's own opt-out on or off."""
    simulator.network.opt_out_in_network = wanted == "on"
    simulator.changes.mark()
    return RedirectResponse("/#faults-title", 303)
