"""Which clinic is asking: an API key in the header, or a signed cookie from the sign-in page."""

import hashlib
import hmac
from collections.abc import Sequence
from uuid import UUID

from fastapi import HTTPException, Request

from services.intake.settings import Settings
from services.intake.store import clinics
from shared import signed_cookies
from shared.db import Row
from shared.logs import log
from shared.request_coalescer import RequestCoalescer
from shared.service import Core
from shared.settings import key_of

COOKIE = "clinic"


class Access:
    """Answers who is asking; every refusal is logged without what was sent."""

    def __init__(self, core: Core[Settings]) -> None:
        self._core = core
        self._key = key_of(core.settings.session_key)
        self._look_ups: RequestCoalescer[str, Row | None] = RequestCoalescer(self._look_up)

    async def by_api_key(self, request: Request) -> UUID:
        """The clinic of `Authorization: Bearer prefix.secret`. Raises 401 otherwise."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        clinic_id = await self.clinic_of(token) if scheme.lower() == "bearer" else None
        if clinic_id is None:
            log.warning("access_denied", path=request.scope["route"].path, method=request.method)
            raise HTTPException(
                401,
                "Send your clinic's API key: 'Authorization: Bearer <prefix>.<secret>'.",
                {"WWW-Authenticate": "Bearer"},
            )
        return clinic_id

    async def clinic_of(self, token: str) -> UUID | None:
        """The clinic whose key this is; only a hash of the secret is stored."""
        prefix, dot, secret = token.strip().partition(".")
        if not dot or len(token) > 200 or not prefix.isprintable():
            return None
        row = await self._look_ups(prefix)
        given = hashlib.sha256(secret.encode()).digest()
        if row is None or not hmac.compare_digest(row["api_secret_hash"], given):
            return None
        clinic_id: UUID = row["clinic_id"]
        return clinic_id

    async def _look_up(self, prefixes: Sequence[str]) -> list[Row | None]:
        async with self._core.database.read_connection() as connection:
            known = await clinics.by_prefixes(connection, prefixes)
        return [known.get(prefix) for prefix in prefixes]

    def by_cookie(self, request: Request) -> UUID | None:
        """The clinic that signed in on this device, if it still counts."""
        cookie = request.cookies.get(COOKIE)
        value = signed_cookies.read(self._key, cookie, now=self._core.clock.now())
        return UUID(value) if value else None

    def cookie_for(self, clinic_id: UUID) -> str:
        until = self._core.clock.now() + signed_cookies.LONGEST
        return signed_cookies.make(self._key, str(clinic_id), expires_at=until)
