"""What link and ``status`` ask of the secrets proxy, over HTTP on the loopback address."""

from typing import Final

import httpx
import structlog

from tenant_daemon.contracts.health import MODEL, SILENT, ComponentHealth
from tenant_daemon.kit.certificates import trusted_authorities

_TIMEOUT_SECONDS: Final = 2.0
_LONGEST: Final = 500

log = structlog.get_logger()


async def why_refused(port: int, token: str, agent_id: str) -> str:
    """Why the proxy refused an agent just now, in plain words; empty when it did not, or is away."""
    message = (await _asked(port, token, f"/agents/{agent_id}/refusal")).get("message")
    return message[:_LONGEST] if isinstance(message, str) else ""


async def model_health(port: int, token: str) -> ComponentHealth | None:
    """
    How models do just now; None while all is well, or the proxy is away.

    Sick, it says in plain words why they do not answer. Healthy, it says that a request waits for longer than
    most do, which may end well.
    """
    said = await _asked(port, token, "/provider")
    message = said.get("message")
    if isinstance(message, str) and message:
        return ComponentHealth(name=MODEL, is_healthy=False, detail=message[:_LONGEST])
    return ComponentHealth(name=MODEL, is_healthy=True, detail=SILENT) if said.get("is_silent") else None


async def read_budgets(port: int, token: str) -> list[dict[str, object]]:
    """Where the budgets stand: ``is_left`` and ``text`` of each; none while the proxy is away."""
    budgets = (await _asked(port, token, "/budgets")).get("budgets")
    return budgets if isinstance(budgets, list) else []


async def _asked(port: int, token: str, path: str) -> dict[str, object]:
    """The proxy's answer; empty when it gives none."""
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with httpx.AsyncClient(
            timeout=_TIMEOUT_SECONDS, trust_env=False, verify=trusted_authorities()
        ) as http:
            answer = await http.get(f"http://127.0.0.1:{port}{path}", headers=headers)
            content = answer.json() if answer.is_success else {}
    except (httpx.HTTPError, ValueError) as exc:
        log.info("proxy.silent", reason=type(exc).__name__)
        return {}
    return content if isinstance(content, dict) else {}
