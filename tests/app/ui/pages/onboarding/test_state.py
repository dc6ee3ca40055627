"""The wizard's handlers, over the real service."""

import pytest

from letsbe_app.composition import Services
from letsbe_app.people.authz.actor import Actor
from letsbe_app.ui.pages.onboarding.state import OnboardingState


@pytest.fixture
def state(services: Services, owner: Actor, monkeypatch: pytest.MonkeyPatch) -> OnboardingState:
    async def signed_in(_state: OnboardingState) -> Actor:
        return owner

    monkeypatch.setattr(OnboardingState, "_actor", signed_in)
    monkeypatch.setattr(OnboardingState, "_services", lambda _state: services)
    return OnboardingState()


async def test_a_step_shows_itself_together_with_its_address(state: OnboardingState) -> None:
    # Whoever is quick meets the button of the step that the address names, and not the one before.
    state.description = "We bake bread."
    event = await OnboardingState.take_bundle.fn(state, "freelancer")
    assert ("tools" in str(event.args), state.step) == (True, "tools")
    await OnboardingState.go_on.fn(state)
    assert state.step == "plan"
    await OnboardingState.go_back.fn(state)
    assert state.step == "tools"
