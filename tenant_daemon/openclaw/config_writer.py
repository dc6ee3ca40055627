"""
OpenClaw's configuration, made from ours. Nothing in it is secret: tokens are named by the file they lie in.

``openclaw_config`` is pure. What each line is for, and what happens without it, was tried on the pinned
release; ``openclaw config schema`` of that release describes every key.
"""

import json
from collections.abc import Iterable
from typing import Any, Final

from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.home import TenantHome
from tenant_daemon.local_tokens import TokenName, token_path
from tenant_daemon.openclaw.paths import log_file, persona_dir
from tenant_daemon.openclaw.tools import PLUGIN_DIR, PLUGIN_ID, plugin_tools
from tenant_daemon.settings import TenantSettings, WireName

RUN_TIMEOUT_SECONDS: Final = 3_600
"""Longest run of an agent, waits for approvals included; the wrapper answers ``waiting`` well before."""

_CONTEXT_TOKENS: Final = 128_000
_ANSWER_TOKENS: Final = 8_192

_UNUSED_TOOL_GROUPS: Final = [
    "group:runtime",
    "group:fs",
    "group:web",
    "group:ui",
    "group:nodes",
    "group:automation",
    "group:media",
    "group:memory",
    "group:messaging",
    "group:sessions",
]

_APIS: Final[dict[WireName, str]] = {
    "openai-chat": "openai-completions",
    "openai-responses": "openai-responses",
    "anthropic-messages": "anthropic-messages",
}
"""OpenClaw's words for the ways to ask a model."""

Json = dict[str, Any]


def openclaw_config(home: TenantHome, settings: TenantSettings, config: TenantConfig) -> Json:
    """
    The whole configuration file for these agents.

    Raises:
        ValueError: There is no agent; OpenClaw does not start without one.
    """
    if not config.agents:
        raise ValueError("OpenClaw needs at least one agent, the configuration has none")
    return {
        "gateway": _gateway(settings),
        "secrets": {"providers": {f"{name}-token": _token_file(home, name) for name in ("gateway", "proxy")}},
        "models": {
            "mode": "replace",
            "catalogRefresh": {"enabled": False},
            "providers": {_provider_id(agent): _provider(settings, agent) for agent in config.agents},
        },
        "agents": _agents(home, settings, config.agents),
        "tools": _TOOL_POLICY,
        "plugins": _plugins(home, settings),
        # By itself it archives a conversation after 30 days, which then takes no message any more. How long
        # one is kept is the owner's to say, and told to OpenClaw conversation by conversation.
        "session": {"maintenance": {"mode": "warn"}},
        "logging": {"file": str(log_file(home)), "level": "info"},
        **_SWITCHED_OFF,
    }


def openclaw_text(home: TenantHome, settings: TenantSettings, config: TenantConfig) -> str:
    """``openclaw_config`` as it is written down."""
    return json.dumps(openclaw_config(home, settings, config), indent=1)


def model_id(settings: TenantSettings, agent: AgentConfig) -> str:
    """What the agent asks the proxy for: its preset or model, or the practice model where no other is set."""
    return settings.model.name if settings.is_practice_model else agent.model


_SWITCHED_OFF: Final[Json] = {
    "commands": {
        "bash": False,
        "config": False,
        "debug": False,
        "mcp": False,
        "plugins": False,
        "restart": False,
        "native": False,
        "nativeSkills": False,
        "text": False,
        # Who may give OpenClaw commands inside a message, `/model` in mid-sentence too: nobody.
        "allowFrom": {"*": ["nobody"]},
    },
    "memory": {"search": {"enabled": False}},
    "browser": {"enabled": False},
    "discovery": {"mdns": {"mode": "off"}},
    "cron": {"enabled": False},
    "update": {"checkOnStart": False, "auto": {"enabled": False}},
    "telemetry": {"enabled": False},
}
"""Parts of OpenClaw that would act, listen or call home beside the one way through our plugin."""


def _gateway(settings: TenantSettings) -> Json:
    return {
        "mode": "local",
        "port": settings.ports.gateway,
        "bind": "loopback",
        "auth": {"mode": "token", "token": _token_reference("gateway")},
        "controlUi": {"enabled": False},
        "terminal": {"enabled": False},
        "reload": {"mode": "off"},
        "tools": {"deny": ["*"]},
        "nodes": {"pluginTools": {"enabled": False}, "allowSkills": False},
    }


def _token_file(home: TenantHome, name: TokenName) -> Json:
    return {"source": "file", "path": str(token_path(home, name)), "mode": "singleValue"}


def _token_reference(name: TokenName) -> Json:
    return {"source": "file", "provider": f"{name}-token", "id": "value"}


def _provider_id(agent: AgentConfig) -> str:
    return f"letsbe-{agent.agent_id}"


def _provider(settings: TenantSettings, agent: AgentConfig) -> Json:
    """One per agent, since no header tells the proxy which agent asks: the path does."""
    model = model_id(settings, agent)
    wire = wire_of(settings, model)
    # Anthropic's clients put the version into the path themselves.
    version = "" if wire == "anthropic-messages" else "/v1"
    return {
        "baseUrl": f"http://127.0.0.1:{settings.ports.proxy}/agents/{agent.agent_id}{version}",
        "apiKey": _token_reference("proxy"),
        # It is sent the same way. Of an API key OpenClaw remembers a provider's refusals, and asks no more
        # for ten minutes up to a day after an empty account or a used-up budget, whatever was paid meanwhile.
        "auth": "token",
        "api": _APIS[wire],
        "models": [
            {
                "id": model,
                "name": model,
                "reasoning": False,
                "input": ["text"],
                "contextWindow": _CONTEXT_TOKENS,
                "maxTokens": _ANSWER_TOKENS,
            }
        ],
    }


def wire_of(settings: TenantSettings, model: str) -> WireName:
    """How a model is asked: as the provider wants it that names it, else as that of ``[model]``."""
    named = (upstream.format for upstream in settings.upstreams if model in upstream.models)
    return next(named, settings.model.format)


def _agents(home: TenantHome, settings: TenantSettings, agents: Iterable[AgentConfig]) -> Json:
    entries = {agent.agent_id: _agent(home, settings, agent) for agent in agents}
    first = next(iter(entries))
    return {
        "ownership": "explicit",
        "defaults": {
            "model": {"primary": entries[first]["model"]["primary"]},
            "utilityModel": "",
            "skills": [],
            "skipBootstrap": True,
            "timeoutSeconds": RUN_TIMEOUT_SECONDS,
            "heartbeat": {"every": "0m", "agentId": first},
            # A long conversation is summed up by the agent's model. OpenClaw's stricter mode gives the
            # conversation up when the summary lacks a heading, or an identifier that was redacted.
            "compaction": {"mode": "default"},
            "systemAgent": {"agentId": first},
            "subagents": {"maxSpawnDepth": 1, "maxChildrenPerAgent": 1, "runTimeoutSeconds": 600},
        },
        "entries": entries,
    }


def _agent(home: TenantHome, settings: TenantSettings, agent: AgentConfig) -> Json:
    return {
        # Not the owner's name for it, which stands in the texts beside: they are read with each message. A
        # change here restarts OpenClaw, which cuts off what the other agents are saying.
        "name": agent.agent_id,
        # OpenClaw's word for the folder that instructions are read from. Ours lies outside what the agent's
        # tools can write, so that no agent changes its own character or plants skills for itself.
        "workspace": str(persona_dir(home, agent.agent_id)),
        "cwd": str(home.workspace(agent.agent_id)),
        "model": {"primary": f"{_provider_id(agent)}/{model_id(settings, agent)}"},
        "skills": [],
        "tools": _tools_of(agent),
    }


def _tools_of(agent: AgentConfig) -> Json:
    allowed = [name for name in plugin_tools() if name in agent.tools]
    # An empty allow list means "everything" to OpenClaw.
    return {"allow": allowed} if allowed else {"deny": ["*"]}


_TOOL_POLICY: Final[Json] = {
    # Each agent's own list is closed. One for all would be closed twice, but an agent that has no tool at all
    # could then not even talk ("No callable tools remain").
    "deny": _UNUSED_TOOL_GROUPS,
    # Otherwise plugin tools are hidden behind a search tool.
    "toolSearch": False,
    "codeMode": False,
    "elevated": {"enabled": False},
    "exec": {"mode": "deny"},
    "web": {"search": {"enabled": False}, "fetch": {"enabled": False}},
}


def _plugins(home: TenantHome, settings: TenantSettings) -> Json:
    return {
        "allow": [PLUGIN_ID],
        "slots": {"memory": "none"},
        "load": {"paths": [str(PLUGIN_DIR)]},
        "entries": {
            PLUGIN_ID: {
                "enabled": True,
                # Lets the plugin refuse runs that the daemon did not begin.
                "hooks": {"allowConversationAccess": True},
                "config": {
                    "baseUrl": f"http://127.0.0.1:{settings.ports.wrapper}",
                    "tokenFile": str(token_path(home, "wrapper")),
                },
            }
        },
    }
