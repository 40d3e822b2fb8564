"""Which clinic is asking: an API key in the header, or the session of a browser."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from fastapi import HTTPException, Request

from services.intake.settings import Settings
from services.intake.store import clinics, sessions
from shared.db import Row
from shared.ids import new_secret
from shared.logs import log
from shared.request_coalescer import RequestCoalescer
from shared.service import Core
from shared.webui.guess_limit import GuessedAt, GuessLimit

COOKIE = "clinic"
SESSION_LENGTH = timedelta(hours=12)
MAX_TOKEN = 100


class Access:
    """Answers who is asking; every refusal is logged without what was sent."""

    def __init__(self, core: Core[Settings]) -> None:
        self._core = core
        self._look_ups: RequestCoalescer[str, Row | None] = RequestCoalescer(self._look_up)
        self._key_guesses = GuessLimit(GuessedAt.API_KEY)
        self._sign_in_guesses = GuessLimit(GuessedAt.SIGN_IN)

    async def by_api_key(self, request: Request) -> UUID:
        """The clinic of `Authorization: Bearer prefix.secret`.

        Raises 401 when there is none, TooManyGuessesError after too many wrong keys.
        """
        self._key_guesses.refuse_guessers(request)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        clinic_id = await self._clinic_of(token) if scheme.lower() == "bearer" else None
        if clinic_id is None:
            self._key_guesses.was_wrong(request)
            log.warning("access_denied", path=request.scope["route"].path, method=request.method)
            raise HTTPException(
                401,
                "Send your clinic's API key: 'Authorization: Bearer <prefix>.<secret>'.",
                {"WWW-Authenticate": "Bearer"},
            )
        return clinic_id

    async def by_sign_in(self, request: Request, token: str) -> UUID | None:
        """The clinic whose key was typed; None when it is wrong. Raises TooManyGuessesError."""
        self._sign_in_guesses.refuse_guessers(request)
        clinic_id = await self._clinic_of(token)
        if clinic_id is None:
            self._sign_in_guesses.was_wrong(request)
        return clinic_id

    async def _clinic_of(self, token: str) -> UUID | None:
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

    async def by_cookie(self, request: Request) -> UUID | None:
        """The clinic that signed in on this device, if its session still counts."""
        token = request.cookies.get(self.cookie_name)
        if not token or len(token) > MAX_TOKEN:
            return None
        now = self._core.clock.now()
        async with self._core.database.read_connection() as connection:
            return await sessions.clinic_of(connection, _hash(token), at=now)

    async def sign_in(self, clinic_id: UUID) -> str:
        """Open a session; returns the secret for the cookie."""
        token = new_secret()
        async with self._core.database.transaction(actor=f"clinic:{clinic_id}") as tx:
            until = tx.now + SESSION_LENGTH
            await sessions.open_one(tx.connection, _hash(token), clinic_id, at=tx.now, until=until)
            tx.audit("clinic.signed_in", "clinic", clinic_id)
        return token

    async def sign_out(self, request: Request) -> None:
        """End the session of this device, if there is one."""
        token = request.cookies.get(self.cookie_name)
        if token:
            async with self._core.database.transaction() as tx:
                await sessions.end(tx.connection, _hash(token))

    @property
    def is_https(self) -> bool:
        """Whether browsers reach us by TLS; only then a cookie can be bound to it."""
        return self._core.settings.public_url.startswith("https")

    @property
    def cookie_name(self) -> str:
        """With TLS the prefix makes browsers bind the cookie to this very host."""
        return f"__Host-{COOKIE}" if self.is_https else COOKIE


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
