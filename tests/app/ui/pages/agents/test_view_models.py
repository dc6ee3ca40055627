"""An agent's settings as sentences."""

from letsbe_app.ui.pages.agents.view_models import Unlock, agent_card, with_unlock
from tests.support.ui_samples import agent_view


def test_only_tools_that_reach_outside_and_that_it_has_can_be_unlocked() -> None:
    card = agent_card(agent_view(tools=["shell", "docker", "file_read"], unlocked_tools=["docker"]))
    assert card.unlocks == [
        Unlock("shell", "May run commands that reach other systems", is_on=False),
        Unlock("docker", "May fetch software from outside", is_on=True),
    ]


def test_unlocking_one_tool_leaves_the_others() -> None:
    assert with_unlock(["docker"], "shell", is_on=True) == ["docker", "shell"]
    assert with_unlock(["docker", "shell"], "docker", is_on=False) == ["shell"]
    assert with_unlock(["docker"], "docker", is_on=True) == ["docker"]
