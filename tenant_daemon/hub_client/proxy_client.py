"""What the link asks of the secrets proxy, over HTTP on the loopback address."""

from typing import Final

import httpx
import structlog

from tenant_daemon.kit.certificates import trusted_authorities

_TIMEOUT_SECONDS: Final = 2.0
_LONGEST: Final = 500

log = structlog.get_logger()


async def why_refused(port: int, token: str, agent_id: str) -> str:
    """Why the proxy refused an agent just now, in plain words; empty when it did not, or is away."""
    url = f"http://127.0.0.1:{port}/agents/{agent_id}/refusal"
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with httpx.AsyncClient(
            timeout=_TIMEOUT_SECONDS, trust_env=False, verify=trusted_authorities()
        ) as http:
            answer = await http.get(url, headers=headers)
            message = answer.json().get("message") if answer.is_success else ""
    except (httpx.HTTPError, ValueError, AttributeError) as exc:
        log.info("proxy.silent", reason=type(exc).__name__)
        return ""
    return message[:_LONGEST] if isinstance(message, str) else ""
