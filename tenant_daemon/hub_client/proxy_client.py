"""What link and ``status`` ask of the secrets proxy, over HTTP on the loopback address."""

from typing import Final

import httpx
import structlog

from tenant_daemon.kit.certificates import trusted_authorities

_TIMEOUT_SECONDS: Final = 2.0
_LONGEST: Final = 500

log = structlog.get_logger()


async def why_refused(port: int, token: str, agent_id: str) -> str:
    """Why the proxy refused an agent just now, in plain words; empty when it did not, or is away."""
    message = (await _asked(port, token, f"/agents/{agent_id}/refusal")).get("message")
    return message[:_LONGEST] if isinstance(message, str) else ""


async def model_problem(port: int, token: str) -> str:
    """Why models do not answer just now, in plain words; empty while they do, or the proxy is away."""
    message = (await _asked(port, token, "/provider")).get("message")
    return message[:_LONGEST] if isinstance(message, str) else ""


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
