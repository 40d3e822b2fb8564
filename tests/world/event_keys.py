"""The keys with which services authenticate their events, the same in every world of a run."""

import base64
from hashlib import sha256
from pathlib import Path

from deploy.local.provision import SERVICES
from shared.messaging.access import BrokerAccess
from shared.messaging.macs import EventKeys
from shared.messaging.own_history import HistoryState, OwnHistory

_KEYS = {owner: sha256(f"tests {owner}".encode()).digest() for owner in SERVICES}

EVENT_KEYS = EventKeys({owner: [key] for owner, key in _KEYS.items()})


def write_event_keys(secrets: Path) -> None:
    """Put the keys where the services of a world will read them."""
    for owner, key in _KEYS.items():
        file = secrets / f"{owner}_event.key"
        file.write_text(base64.urlsafe_b64encode(key).decode().rstrip("="))
        file.chmod(0o600)


def current_history(service: str = "intake", bootstrap: str = "nowhere:1") -> OwnHistory:
    """The history of a database that knows all it has published."""
    return OwnHistory(service, BrokerAccess(bootstrap), EVENT_KEYS, HistoryState.CURRENT)
