"""The handlers of what goes out, over the real service."""

import pytest

from letsbe_app.composition import Services
from letsbe_app.notify.schemas import Preferences
from letsbe_app.people.authz.actor import Actor
from letsbe_app.ui.pages.settings.outgoing.state import OutgoingState


@pytest.fixture
def state(services: Services, owner: Actor, monkeypatch: pytest.MonkeyPatch) -> OutgoingState:
    async def signed_in(_state: OutgoingState) -> Actor:
        return owner

    monkeypatch.setattr(OutgoingState, "_actor", signed_in)
    monkeypatch.setattr(OutgoingState, "_services", lambda _state: services)
    return OutgoingState()


async def test_quiet_hours_are_kept(state: OutgoingState, services: Services, owner: Actor) -> None:
    await OutgoingState.save_quiet.fn(state, {"quiet_from": "22:00", "quiet_until": "07:00", "time_zone": ""})

    kept = await services.notify.preferences(owner)
    assert (kept.quiet_from, kept.quiet_until, state.quiet_problem) == ("22:00", "07:00", "")


async def test_times_that_no_clock_shows_are_not_kept(
    state: OutgoingState, services: Services, owner: Actor
) -> None:
    # Kept, they would stop the jobs process at the first notice for this person, and with it everybody's.
    await OutgoingState.save_quiet.fn(state, {"quiet_from": "99:99", "quiet_until": "07:00", "time_zone": ""})

    assert (await services.notify.preferences(owner), state.quiet_problem != "") == (Preferences(), True)
