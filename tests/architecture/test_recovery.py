"""What a service publishes it can apply again after a restore, or says why there is nothing to."""

import pytest

from deploy.local.provision import SERVICES
from services.intake.on import database_restored as intake
from services.matching.on import database_restored as matching
from services.notifications.on import database_restored as notifications
from tests.architecture.wirings import emitted, parts

WITHOUT_STATE = {
    "intake": intake.WITHOUT_STATE,
    "matching": matching.WITHOUT_STATE,
    "notifications": notifications.WITHOUT_STATE,
}


@pytest.mark.parametrize("service", SERVICES)
def test_every_own_event_is_applied_again_or_tells_no_state(service: str) -> None:
    again = {kind.type for kind in parts()[service].reapply}
    nothing = {kind.type for kind in WITHOUT_STATE[service]}
    assert again.isdisjoint(nothing)
    assert again | nothing == set(emitted()[service])
