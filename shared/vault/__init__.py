"""Data keys and sealing: the only place where personal data becomes readable.

Keys live in a database of their own, wrapped by a key-encryption key that comes from a secret
file. Anybody who holds that key can read everything: it is the trust boundary (docs/privacy.md).
"""

import base64
import time
from collections import OrderedDict
from collections.abc import Sequence
from uuid import UUID

from shared import seals
from shared.db import Pool
from shared.errors import KeyDestroyedError, PermanentError
from shared.events import Sealed
from shared.ids import new_id
from shared.logs import log

STOCK = 100
"""How many keys are made ahead, so that taking one costs no commit on the hot path."""

CACHE_SECONDS = 300.0
"""How long an unwrapped key is used; the vault's next use after that drops it from memory."""

CACHE_KEYS = 10_000

_MAKE = """
    INSERT INTO data_keys (key_id, wrapped) SELECT * FROM unnest($1::uuid[], $2::bytea[])
"""
_FIND = """
    SELECT key_id, wrapped FROM data_keys WHERE key_id = ANY($1::uuid[])
"""
_SHRED = """
    DELETE FROM data_keys WHERE key_id = $1
"""


class Vault:
    """Makes, uses and destroys data keys. One per process."""

    def __init__(self, pool: Pool, key_encryption_key: bytes) -> None:
        self._pool = pool
        self._kek = key_encryption_key
        self._stock: list[UUID] = []
        self._cache: OrderedDict[UUID, tuple[float, bytes]] = OrderedDict()

    async def new_key(self) -> UUID:
        """A fresh data key, already stored. Raises an outage error when the vault is away."""
        if not self._stock:
            await self._restock()
        return self._stock.pop()

    async def _restock(self) -> None:
        keys = {new_id(): seals.new_key() for _ in range(STOCK)}
        wrapped = [seals.seal(self._kek, key, _context(key_id)) for key_id, key in keys.items()]
        async with self._pool.acquire() as connection:
            await connection.execute(_MAKE, list(keys), wrapped)
        for key_id, key in keys.items():
            self._remember(key_id, key)
        self._stock.extend(keys)

    async def seal(self, key_id: UUID, plaintext: bytes, context: str) -> bytes:
        """Seal under a person's key. Raises KeyDestroyedError when the person was erased."""
        return seals.seal(await self._key(key_id), plaintext, context.encode())

    async def unseal(self, key_id: UUID, sealed: bytes, context: str) -> bytes:
        """Open what `seal` made in the same context.

        Raises KeyDestroyedError after erasure, PermanentError when bytes or context differ or the
        key itself is damaged.
        """
        return seals.unseal(await self._key(key_id), sealed, context.encode())

    async def prefetch(self, key_ids: Sequence[UUID]) -> None:
        """Fetch these keys in one statement; drop those that were destroyed from the cache.

        A damaged key is left out, so that it stops nobody but its person.
        """
        await self._fetch(key_ids)

    async def _fetch(self, key_ids: Sequence[UUID]) -> set[UUID]:
        """Returns the keys that are damaged: their rows cannot be unwrapped."""
        fresh = time.monotonic() - CACHE_SECONDS
        self._drop_unused(fresh)
        wanted = [one for one in key_ids if self._cache.get(one, (fresh, b""))[0] <= fresh]
        if not wanted:
            return set()
        async with self._pool.acquire() as connection:
            rows = await connection.fetch(_FIND, wanted)
        for key_id in wanted:
            self.forget(key_id)
        damaged = set()
        for row in rows:
            try:
                key = seals.unseal(self._kek, row["wrapped"], _context(row["key_id"]))
            except PermanentError:
                log.error("data_key_damaged", record_id=str(row["key_id"]))
                damaged.add(row["key_id"])
            else:
                self._remember(row["key_id"], key)
        return damaged

    async def shred(self, key_id: UUID) -> None:
        """Destroy the key: everything sealed under it is erased, in every copy."""
        async with self._pool.acquire() as connection:
            await connection.execute(_SHRED, key_id)
        self.forget(key_id)

    def forget(self, key_id: UUID) -> None:
        """Drop a cached key that somebody has shredded."""
        self._cache.pop(key_id, None)

    async def _key(self, key_id: UUID) -> bytes:
        damaged = await self._fetch([key_id])
        known = self._cache.get(key_id)
        if key_id in damaged:
            raise PermanentError("data_key_damaged")
        if known is None:
            raise KeyDestroyedError
        return known[1]

    def _drop_unused(self, fresh: float) -> None:
        """The oldest stand first."""
        while self._cache and next(iter(self._cache.values()))[0] <= fresh:
            self._cache.popitem(last=False)

    def _remember(self, key_id: UUID, key: bytes) -> None:
        self._cache[key_id] = (time.monotonic(), key)
        self._cache.move_to_end(key_id)
        while len(self._cache) > CACHE_KEYS:
            self._cache.popitem(last=False)


def _context(key_id: UUID) -> bytes:
    return f"data_key|{key_id}".encode()


def event_context(event_type: str, subject: UUID) -> str:
    """The associated data of a sealed event field: `type|version|subject`."""
    return f"{event_type}|v1|{subject}"


def to_wire(key_id: UUID, sealed: bytes) -> Sealed:
    """Sealed bytes as they travel in an event."""
    return Sealed(
        key_id=key_id,
        nonce=base64.b64encode(sealed[: seals.NONCE_BYTES]).decode(),
        ciphertext=base64.b64encode(sealed[seals.NONCE_BYTES :]).decode(),
    )


def from_wire(sealed: Sealed) -> bytes:
    """The bytes that `to_wire` took."""
    return base64.b64decode(sealed.nonce) + base64.b64decode(sealed.ciphertext)
