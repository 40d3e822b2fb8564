"""Message authentication: only a topic's owner can write a record that consumers accept.

Every record carries an HMAC-SHA256 over its topic, key, headers and body, under a key of the
owner. A stranger on the broker has no key. The three services do: each verifies with it what the
others say, so the boundary is the set of services, not the single one (docs/privacy.md).
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from shared.errors import PermanentError

HEADER = "mac"
COVERED = (
    "ce_specversion",
    "ce_id",
    "ce_type",
    "ce_source",
    "ce_time",
    "ce_subject",
    "ce_sequence",
    "ce_epoch",
    "correlation_id",
)
"""The headers that decide anything. All others may be changed on the way without effect."""


class NotFromOwnerError(PermanentError):
    """The record does not come from the owner of its topic. It counts for no key."""

    def __init__(self) -> None:
        super().__init__("not_from_owner")


@dataclass(frozen=True, slots=True)
class EventKeys:
    """The keys of every owner, newest first; the first one signs, any of them is accepted.

    So a key is rotated by adding the new one in front everywhere, and removing the old one when
    the last record under it has left the topics.
    """

    by_owner: Mapping[str, Sequence[bytes]]

    def mac(self, owner: str, topic: str, headers: Mapping[str, str], body: bytes) -> str:
        """The MAC of a record that `owner` writes, in hexadecimal digits."""
        return _mac(self.by_owner[owner][0], topic, headers, body).hex()

    def verify(
        self, owner: str | None, topic: str, headers: Mapping[str, str], body: bytes | None
    ) -> None:
        """Raises NotFromOwnerError when none of the owner's keys made the MAC of this record."""
        given = headers.get(HEADER, "").encode()
        for key in self.by_owner.get(owner or "", ()):
            made = _mac(key, topic, headers, body or b"").hex().encode()
            if hmac.compare_digest(made, given):
                return
        raise NotFromOwnerError


def _mac(key: bytes, topic: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """Every part is preceded by its length, so that no byte can move from one to the next."""
    parts = [topic, *(headers.get(name, "") for name in COVERED)]
    head = "".join(f"{len(part)}:{part}" for part in parts).encode()
    return hmac.new(key, head + body, sha256).digest()
