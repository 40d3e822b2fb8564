"""A coach signs in: a link goes to the phone or mailbox that we know, and works once."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from services.matching.rules.sign_in import COUNTED_FOR, LinkStanding, judge_link, may_send
from services.matching.store import coach_sessions, coaches
from services.matching.store.coach_sessions import CoachLink, CoachSession
from services.matching.store.offers import Offer
from shared.events import CoachSignInRequested
from shared.signin import link as links
from shared.transaction import Transaction

SESSION_LASTS: Final = timedelta(days=90)
"""On a device that the coach has confirmed by a link."""


async def ask_for_coach_link(tx: Transaction, offer: Offer, browser_hash: bytes) -> None:
    """Send the offer's coach a link, unless several are on their way or the coach was removed."""
    if not await coaches.is_active(tx.connection, offer.coach_id):
        tx.audit("coach.link_refused", "coach", offer.coach_id, reason="removed")
        return
    sent = await coach_sessions.links_since(tx.connection, offer.coach_id, tx.now - COUNTED_FOR)
    if not may_send(sent):
        tx.audit("coach.link_refused", "coach", offer.coach_id, reason="too_many")
        return
    link_id, until = tx.new_id(), tx.now + links.LASTS
    link = CoachLink(offer.coach_id, offer.offer_id, browser_hash, until)
    await coach_sessions.add_link(tx.connection, link_id, link, at=tx.now)
    tx.audit("coach.link_made", "coach", offer.coach_id)
    tx.emit(
        CoachSignInRequested(
            referral_id=offer.referral_id,
            offer_id=offer.offer_id,
            coach_id=offer.coach_id,
            link_id=link_id,
            expires_at=until,
        )
    )


@dataclass(frozen=True, slots=True)
class CoachSignedIn:
    """The link was good; `link` says on which offer's page it was asked for."""

    session: CoachSession
    link: CoachLink


async def use_coach_link(
    tx: Transaction, link_id: UUID, browser_hash: bytes | None, device: str
) -> CoachSignedIn | LinkStanding:
    """Use a link and open a session, or say why not."""
    link = await coach_sessions.link(tx.connection, link_id)
    if link is None:
        return LinkStanding.EXPIRED
    standing = judge_link(
        now=tx.now,
        expires_at=link.expires_at,
        used_at=link.used_at,
        has_access=await coaches.is_active(tx.connection, link.coach_id),
        made_for=link.browser_hash,
        browser=browser_hash,
    )
    if standing is not LinkStanding.GOOD:
        return standing
    await coach_sessions.use_link(tx.connection, link_id, at=tx.now)
    session = CoachSession(tx.new_id(), link.coach_id, device, tx.now, tx.now + SESSION_LASTS)
    await coach_sessions.begin(tx.connection, session)
    tx.actor = f"coach:{link.coach_id}"
    tx.audit("coach.signed_in", "coach", link.coach_id, session=str(session.session_id))
    return CoachSignedIn(session, link)
