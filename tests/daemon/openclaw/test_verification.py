"""What is not exactly as it must be is not relayed to."""

from typing import Any, cast

import pytest

from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.openclaw.client import OpenClawClient
from tenant_daemon.openclaw.verification import NotVerified, verify
from tests.support.openclaw import make_config

IDA = AgentConfig(agent_id="it-admin", name="Ida", tools=["shell", "http"])
OURS = frozenset({("shell", "letsbe-safety"), ("http", "letsbe-safety")})
LOADED = {"loaded": ["letsbe-safety"], "errors": []}


class FakeClient:
    def __init__(self, plugins: Any, tools: frozenset[tuple[str, str]]) -> None:
        self._plugins = plugins
        self._tools = tools

    async def health(self) -> dict[str, Any]:
        return {"ok": True, "plugins": self._plugins}

    async def effective_tools(self, agent_id: str) -> frozenset[tuple[str, str]]:
        return self._tools


async def check(plugins: Any, tools: frozenset[tuple[str, str]]) -> None:
    await verify(cast(OpenClawClient, FakeClient(plugins, tools)), make_config(IDA))


async def test_our_plugin_with_our_tools_is_verified() -> None:
    await check(LOADED, OURS)


@pytest.mark.parametrize(
    ("plugins", "tools", "reason"),
    [
        (None, OURS, "does not tell its plugins"),
        ({"loaded": [], "errors": []}, OURS, "not letsbe-safety alone"),
        ({"loaded": ["letsbe-safety", "browser"], "errors": []}, OURS, "not letsbe-safety alone"),
        ({"loaded": ["letsbe-safety"], "errors": [{"id": "letsbe-safety"}]}, OURS, "reported errors"),
        (LOADED, OURS | {("exec", "")}, "missing none; extra exec of OpenClaw"),
        (LOADED, frozenset(), "missing http, shell; extra none"),
        (LOADED, frozenset({("shell", "other"), ("http", "letsbe-safety")}), "extra shell of other"),
    ],
)
async def test_anything_else_is_not(plugins: Any, tools: frozenset[tuple[str, str]], reason: str) -> None:
    with pytest.raises(NotVerified, match=reason):
        await check(plugins, tools)
