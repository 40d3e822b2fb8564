"""The one place where identifiers come from."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7: unique, and ordered by the time of its making. An identifier, never a secret."""
    return uuid7()
