"""OpenClaw's configuration, as a value."""

import json
from pathlib import Path

import pytest

from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.openclaw.config_writer import model_id, openclaw_config
from tenant_daemon.settings import Model, TenantSettings, Upstream
from tests.support.openclaw import make_config, make_home, make_settings

IDA = AgentConfig(agent_id="it-admin", name="Ida", tools=["docker", "shell", "exec"])
MIA = AgentConfig(agent_id="marketing", name="Mia", tools=[])


def test_each_agent_has_its_own_way_to_the_proxy(tmp_path: Path) -> None:
    config = openclaw_config(make_home(tmp_path), make_settings(), make_config(IDA, MIA))
    providers = config["models"]["providers"]
    assert {name: provider["baseUrl"] for name, provider in providers.items()} == {
        "letsbe-it-admin": "http://127.0.0.1:8100/agents/it-admin/v1",
        "letsbe-marketing": "http://127.0.0.1:8100/agents/marketing/v1",
    }
    assert config["agents"]["entries"]["marketing"]["model"] == {"primary": "letsbe-marketing/practice"}


def test_an_agent_gets_its_plugin_tools_and_nothing_else(tmp_path: Path) -> None:
    config = openclaw_config(make_home(tmp_path), make_settings(), make_config(IDA, MIA))
    assert config["agents"]["entries"]["it-admin"]["tools"] == {"allow": ["shell", "docker"]}


def test_an_agent_without_tools_may_call_nothing(tmp_path: Path) -> None:
    config = openclaw_config(make_home(tmp_path), make_settings(), make_config(MIA))
    assert config["agents"]["entries"]["marketing"]["tools"] == {"deny": ["*"]}


def test_no_secret_is_in_it(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    text = json.dumps(openclaw_config(home, make_settings(), make_config(IDA, MIA)))
    tokens = [path.read_text() for path in home.keys_dir.glob("*.token")]
    assert len(tokens) == 3
    assert not [token for token in tokens if token in text]


def test_instructions_lie_outside_what_the_agent_can_write(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    entry = openclaw_config(home, make_settings(), make_config(IDA))["agents"]["entries"]["it-admin"]
    assert entry["cwd"] == str(home.workspace("it-admin"))
    assert not Path(entry["workspace"]).is_relative_to(home.workspaces_dir)


def test_the_model_is_the_agents_own_where_one_is_connected() -> None:
    connected = TenantSettings(tenant_name="t", hub_url="http://h", model=Model(url="https://m/v1", name="n"))
    agent = AgentConfig(agent_id="sales", name="S", model="complex")
    assert (model_id(connected, agent), model_id(make_settings(), agent)) == ("complex", "practice")


def test_without_an_agent_there_is_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one agent"):
        openclaw_config(make_home(tmp_path), make_settings(), make_config())


def test_each_agent_asks_in_the_format_of_its_models_provider(tmp_path: Path) -> None:
    claude = Upstream(
        name="claude", url="https://c/v1", format="anthropic-messages", models={"complex": "claude-x"}
    )
    settings = TenantSettings(
        tenant_name="t", hub_url="http://h", model=Model(url="https://m/v1", name="n"), upstreams=[claude]
    )
    agents = [AgentConfig(agent_id=name, name=name, model=name) for name in ("basic", "complex")]
    providers = openclaw_config(make_home(tmp_path), settings, make_config(*agents))["models"]["providers"]
    assert {name: (one["api"], one["baseUrl"]) for name, one in providers.items()} == {
        "letsbe-basic": ("openai-completions", "http://127.0.0.1:8100/agents/basic/v1"),
        "letsbe-complex": ("anthropic-messages", "http://127.0.0.1:8100/agents/complex"),
    }


def test_openclaw_keeps_no_account_of_refusals(tmp_path: Path) -> None:
    providers = openclaw_config(make_home(tmp_path), make_settings(), make_config(IDA, MIA))["models"][
        "providers"
    ]
    assert {provider["auth"] for provider in providers.values()} == {"token"}
