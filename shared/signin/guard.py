"""Who is looking at a page: the signed claim of the browser, held against who has access now."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from fastapi import Request

from shared.db import Connection
from shared.events import StaffRole
from shared.signin import session
from shared.signin.session import SessionClaim
from shared.transaction import Database

MAX_COOKIE: Final = 400


@dataclass(frozen=True, slots=True)
class SignedInStaff:
    """A member of staff with a running session, and what they may do now."""

    staff_id: UUID
    session_id: UUID
    roles: frozenset[StaffRole]

    @property
    def actor(self) -> str:
        """How the audit log names them."""
        return f"staff:{self.staff_id}"


AccessNow = Callable[[Connection, SessionClaim], Awaitable[Collection[StaffRole]]]
"""The roles that this claim stands for now; none when its session or its access is over."""


@dataclass(frozen=True, slots=True)
class StaffGuard:
    """Asked at each request: a session that was ended is over at the next one."""

    database: Database
    public_key: bytes
    is_https: bool
    access_now: AccessNow

    @property
    def cookie_name(self) -> str:
        """With TLS the prefix makes browsers bind the cookie to this very host."""
        return f"__Host-{session.COOKIE}" if self.is_https else session.COOKIE

    async def who(self, request: Request) -> SignedInStaff | None:
        """Who is signed in on this browser; None when nobody is, or no longer."""
        cookie = request.cookies.get(self.cookie_name)
        if not cookie or len(cookie) > MAX_COOKIE:
            return None
        claim = session.read(self.public_key, cookie, now=self.database.clock.now())
        if claim is None:
            return None
        async with self.database.read_connection() as connection:
            roles = frozenset(await self.access_now(connection, claim))
        return SignedInStaff(claim.staff_id, claim.session_id, roles) if roles else None
