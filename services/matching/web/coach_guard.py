"""Which coach is signed in on a browser, asked of the database at each request."""

import hashlib
from datetime import datetime
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response

from services.matching.actions.coach_sign_in import SESSION_LASTS
from services.matching.settings import Settings
from services.matching.store import coach_sessions
from shared import signed_cookies
from shared.service import Core
from shared.settings import key_of
from shared.transaction import Transaction

SESSION, ASKED = "coach", "coach-asked"


class CoachGuard:
    """Reads and sets the cookies of coaches. With TLS browsers bind them to this very host."""

    def __init__(self, core: Core[Settings]) -> None:
        self._key = key_of(core.settings.session_key)
        self._is_https = core.settings.public_url.startswith("https")

    async def who(self, tx: Transaction, request: Request) -> UUID | None:
        """The coach who is signed in; None when nobody is, or no longer."""
        session_id = self.session_of(request, now=tx.now)
        if session_id is None:
            return None
        return await coach_sessions.coach_of(tx.connection, session_id, at=tx.now)

    def session_of(self, request: Request, *, now: datetime) -> UUID | None:
        """The session that the browser holds, whether it still runs or not."""
        cookie = request.cookies.get(self._name(SESSION))
        value = signed_cookies.read(self._key, cookie, now=now)
        return UUID(value) if value is not None else None

    def sign_in(self, response: Response, session_id: UUID, *, until: datetime) -> None:
        value = signed_cookies.make(self._key, str(session_id), expires_at=until)
        self._set(response, SESSION, value, int(SESSION_LASTS.total_seconds()))
        self._delete(response, ASKED)

    def sign_out(self, response: Response) -> None:
        self._delete(response, SESSION)

    def remember_asking(self, response: Response, secret: str, seconds: int) -> None:
        """So that the link works in this browser and in no other."""
        self._set(response, ASKED, secret, seconds)

    def asked_with(self, request: Request) -> str | None:
        return request.cookies.get(self._name(ASKED))

    def _name(self, cookie: str) -> str:
        return f"__Host-{cookie}" if self._is_https else cookie

    def _delete(self, response: Response, name: str) -> None:
        # Browsers ignore a `__Host-` cookie that is not secure, its deletion included.
        response.delete_cookie(self._name(name), secure=self._is_https, httponly=True)

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            self._name(name),
            value,
            max_age=seconds,
            httponly=True,
            samesite="lax",
            secure=self._is_https,
        )


def hash_of(secret: str) -> bytes:
    """What is kept of the browser that asked."""
    return hashlib.sha256(secret.encode()).digest()
