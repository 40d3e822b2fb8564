"""What can stop the embedded stack; each error tells the reader the way out."""

from __future__ import annotations


class LocalError(Exception):
    """The embedded stack cannot go on. The text names the thing, the rule and the way out."""


class FolderInUseError(LocalError):
    """Another process keeps this folder's engine running."""


class FolderClosedError(LocalError):
    """The account that runs the engines may not enter a folder that it needs."""


class FolderNotWritableError(LocalError):
    """A folder cannot be made or written: rights, a full disk, a file in its place."""


class PortTakenError(LocalError):
    """Somebody else listens on a port that was asked for by number."""


class DownloadError(LocalError):
    """Kafka's jars could not be fetched, or what came is not what is expected."""


class NotReadyError(LocalError):
    """A program ended, or did not answer in time; the text ends with the tail of its log."""


class BackupError(LocalError):
    """A backup cannot be made or restored, or is none. What is running or stored stays."""
