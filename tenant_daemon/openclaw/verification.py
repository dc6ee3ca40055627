"""
What must be seen of a running OpenClaw before anything is relayed to it.

A plugin that is missing or fails while it registers does not keep the gateway from becoming ready, and
with it would be gone the block on every tool that is not ours.
"""

from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.openclaw.client import OpenClawClient
from tenant_daemon.openclaw.tools import PLUGIN_ID, plugin_tools


class NotVerified(RuntimeError):
    """OpenClaw runs, but not as it must; says what is wrong."""


async def verify(client: OpenClawClient, config: TenantConfig) -> None:
    """
    Raises:
        NotVerified: The plugin is not loaded, or an agent's tools are not exactly those it was given.
        GatewayGone, GatewayRefused: It could not be asked.
    """
    await _verify_plugin(client)
    for agent in config.agents:
        wanted = {(name, PLUGIN_ID) for name in agent.tools if name in plugin_tools()}
        found = await client.effective_tools(agent.agent_id)
        if found != wanted:
            raise NotVerified(f"the tools of {agent.agent_id} differ: {_difference(wanted, set(found))}")


async def _verify_plugin(client: OpenClawClient) -> None:
    plugins = (await client.health()).get("plugins")
    if not isinstance(plugins, dict):
        raise NotVerified("OpenClaw does not tell its plugins")
    if plugins.get("loaded") != [PLUGIN_ID]:
        raise NotVerified(f"loaded plugins are {plugins.get('loaded')}, not {PLUGIN_ID} alone")
    if plugins.get("errors"):
        raise NotVerified(f"the plugin {PLUGIN_ID} reported errors")


def _difference(wanted: set[tuple[str, str]], found: set[tuple[str, str]]) -> str:
    missing = ", ".join(sorted(name for name, _ in wanted - found)) or "none"
    extra = (
        ", ".join(sorted(f"{name} of {plugin or 'OpenClaw'}" for name, plugin in found - wanted)) or "none"
    )
    return f"missing {missing}; extra {extra}"
