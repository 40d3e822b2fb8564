"""The few kinds of failure. The kind decides what happens to the work."""


class PermanentError(Exception):
    """The work can never succeed. A record is dead-lettered at once, and its key is parked.

    `code` is a short snake_case word for people and machines; it never holds a value from the
    record.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TransientError(Exception):
    """The work may succeed later: an outage or a lost race. It is retried in place."""


class WaitingForRecoveryError(TransientError):
    """The database was restored: what it says about people may be out of date and is not shown."""


class NewsWaitsError(TransientError):
    """An event of this referral is not applied yet; nothing is decided before it is."""


class KeyDestroyedError(PermanentError):
    """The data key was destroyed: what it sealed is erased."""

    def __init__(self) -> None:
        super().__init__("key_destroyed")
