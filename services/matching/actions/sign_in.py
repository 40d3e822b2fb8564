"""Signing in: asking for a link, using it once, and ending the session."""

from dataclasses import dataclass
from uuid import UUID

from services.matching.actions.staff_access import email_hash
from services.matching.rules.sign_in import COUNTED_FOR, LinkStanding, judge_link, may_send
from services.matching.store import staff
from services.matching.store.staff import Session, SignInLink, StaffMember
from shared.events import StaffSessionEnded, StaffSignInRequested
from shared.signin import link as links
from shared.signin import session as sessions
from shared.signin.session import SessionClaim
from shared.transaction import Transaction


async def ask_for_link(tx: Transaction, key: bytes, email: str, browser_hash: bytes) -> None:
    """Send a link to the member of staff with this address; silent about all others."""
    member = await staff.by_email(tx.connection, email_hash(key, email))
    if member is None:
        return
    sent = await staff.links_since(tx.connection, member.staff_id, tx.now - COUNTED_FOR)
    if not may_send(sent):
        tx.audit("staff.link_refused", "staff", member.staff_id, reason="too_many")
        return
    link_id = await make_link(tx, member.staff_id, browser_hash)
    until = tx.now + links.LASTS
    tx.emit(StaffSignInRequested(staff_id=member.staff_id, link_id=link_id, expires_at=until))


async def make_link(tx: Transaction, staff_id: UUID, browser_hash: bytes | None) -> UUID:
    """A link that works once, for ten minutes. Without a browser it works in any."""
    link_id = tx.new_id()
    link = SignInLink(staff_id, browser_hash, tx.now + links.LASTS, None)
    await staff.add_link(tx.connection, link_id, link, at=tx.now)
    tx.audit("staff.link_made", "staff", staff_id)
    return link_id


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The link was good: this is the session, and who it is."""

    claim: SessionClaim
    member: StaffMember


async def use_link(
    tx: Transaction, link_id: UUID, browser_hash: bytes | None, device: str
) -> SignedIn | LinkStanding:
    """Use a link and open a session, or say why not."""
    link = await staff.link(tx.connection, link_id)
    member = await staff.by_id(tx.connection, link.staff_id) if link is not None else None
    if link is None or member is None:
        return LinkStanding.EXPIRED
    standing = judge_link(
        now=tx.now,
        expires_at=link.expires_at,
        used_at=link.used_at,
        has_access=member.ended_at is None,
        made_for=link.browser_hash,
        browser=browser_hash,
    )
    if standing is not LinkStanding.GOOD:
        return standing
    await staff.use_link(tx.connection, link_id, at=tx.now)
    until = tx.now + sessions.LASTS
    session = Session(tx.new_id(), member.staff_id, member.access_version, device, tx.now, until)
    await staff.add_session(tx.connection, session)
    tx.actor = f"staff:{member.staff_id}"
    tx.audit("staff.signed_in", "staff", member.staff_id, session=str(session.session_id))
    claim = SessionClaim(session.session_id, member.staff_id, member.access_version, until)
    return SignedIn(claim, member)


async def end_session(tx: Transaction, staff_id: UUID, session_id: UUID) -> bool:
    """End one of somebody's own sessions, everywhere. False when it is over already."""
    if not await staff.end_session(tx.connection, session_id, staff_id, at=tx.now):
        return False
    tx.emit(StaffSessionEnded(staff_id=staff_id, session_id=session_id))
    tx.audit("staff.session_ended", "staff", staff_id, session=str(session_id))
    return True
