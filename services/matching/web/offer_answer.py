"""The answer to a coach who follows a link: which page, in which words, with which status."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse

from services.matching.rules.access import MayNotSee, NoAccess
from services.matching.rules.answer import Late
from services.matching.rules.states import OfferState
from services.matching.web.offer_view import OfferView
from services.matching.web.wording import BY_CODE, in_language
from services.matching.web.wording.words import Notice, PageWording
from shared.webui import Pages

PAGES = Pages(Path(__file__).parent / "templates")

RETRY_SECONDS = "60"


@dataclass(frozen=True, slots=True)
class OfferAnswer:
    """What is known of the request. `refused`: an answer came, and changed nothing."""

    request: Request
    code: str
    lang: str
    status: HTTPStatus = HTTPStatus.OK
    refused: Late | None = None
    saved: bool = False
    link_sent: bool = False

    def page(
        self, view: OfferView, county_names: Mapping[str, str], *, now: datetime
    ) -> HTMLResponse:
        """The page for this offer as it stands."""
        zone = ZoneInfo(view.coach_zone)
        say = in_language(self.lang, view.coach_language)

        def clock(at: datetime) -> str:
            return say.clock(at.astimezone(zone))

        notice = self._notice(view, say)
        response = PAGES.show(
            self.request,
            f"offer_{_template(view, notice)}.html",
            {
                "view": view,
                "say": say,
                "other": next(one for one in BY_CODE.values() if one is not say),
                "link": f"/o/{self.code}",
                "query": query_of(self.lang),
                "saved": self.saved,
                "link_sent": self.link_sent,
                "can_sign_in": not view.accepted_here and _is_about_a_yes(notice, say),
                "notice": notice,
                "can_pass": view.offer.state is OfferState.OPEN and not view.is_late,
                "clock": clock,
                "left": say.time_left(view.offer.answer_by - now),
                "late": view.reach_by is not None and view.reach_by < now,
                "county": county_names.get(view.need.area.county_fips, ""),
                "language": view.need.languages[0].partition("-")[0].lower(),
                "kinds": [say.kinds.get(kind, kind) for kind in sorted(view.need.kinds_of_support)],
            },
            status=self.status,
        )
        if self.status is HTTPStatus.SERVICE_UNAVAILABLE:
            response.headers["Retry-After"] = RETRY_SECONDS
        return response

    def _notice(self, view: OfferView, say: PageWording) -> Notice | None:
        """What is said instead of the person or the question; None when one of them is shown."""
        offer = view.offer.state
        if offer is OfferState.OPEN and view.is_late:
            return say.over[offer]
        if offer not in (OfferState.OPEN, OfferState.ACCEPTED):
            return say.over[offer]
        if isinstance(view.access, MayNotSee):
            return say.closed[view.access.why]
        if offer is OfferState.OPEN:
            return say.does_not_fit if self.refused is Late.NO_LONGER_ELIGIBLE else None
        if not view.accepted_here:
            return say.over[offer]
        return say.closed[NoAccess.NO_CONTACT] if view.contact is None else None


def _is_about_a_yes(notice: Notice | None, say: PageWording) -> bool:
    """Whether whoever said yes could go on here, on a device on which we know them."""
    return notice in (say.over[OfferState.ACCEPTED], say.closed[NoAccess.END_REQUESTED])


def _template(view: OfferView, notice: Notice | None) -> str:
    if notice is not None:
        return "notice"
    return "question" if view.offer.state is OfferState.OPEN else "accepted"


def query_of(lang: str, *, saved: bool = False) -> str:
    """Keeps the chosen language on the way back to the page."""
    parts = [f"lang={lang}"] if lang in BY_CODE else []
    if saved:
        parts.append("saved=1")
    return f"?{'&'.join(parts)}" if parts else ""


def unknown_link(request: Request) -> HTMLResponse:
    """One answer for every link that leads nowhere, whatever the reason."""
    return PAGES.show(request, "offer_unknown.html", {}, status=HTTPStatus.NOT_FOUND)
