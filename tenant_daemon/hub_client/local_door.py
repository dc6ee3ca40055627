"""
The way to the link for the other processes of this server: HTTP over a unix socket that only our user opens,
behind a token.

``knock`` may be lost without harm, since the link also looks into its store by itself. ``tell_agent`` goes
through the store and cannot be lost. ``ask_colleague`` needs a running link and raises ``LinkAway`` without.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import httpx
import structlog

from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.outbox import open_store
from tenant_daemon.hub_client.sessions import ChatSession
from tenant_daemon.kit.certificates import trusted_authorities
from tenant_daemon.kit.unix_address import short_address
from tenant_daemon.local_tokens import local_token

HANDOVER_SECONDS: Final = 3_600
"""
How long a colleague may take: as long as OpenClaw lets a run go on.

Nobody waits that long in silence: the wrapper answers each call in time with ``waiting``, that of the agent
that asked and the colleague's own. A colleague who is stopped before has its question withdrawn.
"""
_ANSWER_MARGIN_SECONDS: Final = 15
_SHORT_SECONDS: Final = 5.0

log = structlog.get_logger()


class LinkAway(Exception):
    """The link's process does not answer."""


class LinkRefused(Exception):
    """The link answered that it cannot do this; the text says why, in words for the agent."""


async def knock(home: TenantHome) -> None:
    """Tell the link that something was put into its store. Does nothing when the link is away."""
    try:
        async with _link(home, timeout_seconds=_SHORT_SECONDS) as link:
            await link.post("/wake")
    except (httpx.HTTPError, OSError) as exc:
        log.debug("link.knock.unheard", error=type(exc).__name__)


async def ask_colleague(
    home: TenantHome, from_agent: str, to_agent: str, conversation_id: str, message: str, tool_call_id: str
) -> str:
    """
    Have another agent do something and give its final words. Cancelling the call stops the colleague.

    Raises:
        LinkAway: No link runs, or it failed over this.
        LinkRefused: The colleague is unknown, did not finish in ``HANDOVER_SECONDS``, or failed.
    """
    return await _ask(
        home,
        "/handover",
        {
            "from_agent": from_agent,
            "to_agent": to_agent,
            "conversation_id": conversation_id,
            "message": message,
            "tool_call_id": tool_call_id,
        },
        timeout_seconds=HANDOVER_SECONDS + _ANSWER_MARGIN_SECONDS,
    )


async def tell_agent(home: TenantHome, session_id: str, text: str) -> None:
    """
    Give the agent of a chat session a follow-up, e.g. what became of a call approved after a restart.

    Stored first, so it reaches the agent whenever link, OpenClaw and session are free to take it.

    Raises:
        ValueError: The session is not a chat of ours.
    """
    store = open_store(home.link_db)
    try:
        store.follow_ups.put(ChatSession.parse(session_id), text)
    finally:
        store.close()
    await knock(home)


async def read_status(home: TenantHome) -> dict[str, object]:
    """What the link knows of itself and the other parts. Raises LinkAway."""
    try:
        async with _link(home, timeout_seconds=_SHORT_SECONDS) as link:
            answer = await link.get("/status")
    except (httpx.HTTPError, OSError) as exc:
        raise LinkAway(f"the link does not answer: {type(exc).__name__}") from exc
    if not answer.is_success:
        raise LinkAway(f"the link answers {answer.status_code}")
    status: dict[str, object] = answer.json()
    return status


async def _ask(home: TenantHome, path: str, body: dict[str, str], *, timeout_seconds: float) -> str:
    try:
        async with _link(home, timeout_seconds=timeout_seconds) as link:
            answer = await link.post(path, json=body)
    except (httpx.HTTPError, OSError) as exc:
        raise LinkAway(f"the link does not answer: {type(exc).__name__}") from exc
    if answer.is_server_error:
        raise LinkAway(f"the link answers {answer.status_code}")
    content = answer.json()
    if answer.status_code != httpx.codes.OK:
        raise LinkRefused(str(content.get("detail", answer.status_code)))
    return str(content.get("text", ""))


@asynccontextmanager
async def _link(home: TenantHome, *, timeout_seconds: float) -> AsyncIterator[httpx.AsyncClient]:
    with short_address(home.link_socket) as address:
        transport = httpx.AsyncHTTPTransport(uds=address, verify=trusted_authorities())
        timeout = httpx.Timeout(timeout_seconds, connect=_SHORT_SECONDS)
        headers = {"Authorization": f"Bearer {local_token(home, 'link')}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://link", timeout=timeout, headers=headers
        ) as client:
            yield client
