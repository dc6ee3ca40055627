"""Requests to business tools, to the address that was judged and to no other."""

import asyncio
from typing import Final

import httpx

from tenant_daemon.execution.head_tail import whole_lines
from tenant_daemon.execution.limits import Limits
from tenant_daemon.execution.outcome import ActionFailed, Outcome
from tenant_daemon.kit.certificates import trusted_authorities
from tenant_daemon.policy.actions import HttpCall

_CONNECT_SECONDS: Final = 5.0


async def call_http(action: HttpCall, limits: Limits) -> Outcome:
    """
    Send the request and give status and body.

    Redirects are shown and not followed: where they lead was not judged.

    Raises:
        ActionFailed: The tool did not answer, or not in time.
    """
    url = httpx.URL(action.url)
    target = url.copy_with(host=action.address, port=action.port)
    headers = [(name, value) for name, value in action.headers if name.lower() != "host"]
    # `identity`: an answer that unpacks to any size cannot be bounded before it is unpacked.
    headers += [("Host", url.netloc.decode("ascii")), ("Accept-Encoding", "identity")]
    timeout = httpx.Timeout(limits.http_seconds, connect=_CONNECT_SECONDS)
    try:
        # `trust_env=False`: no proxy, no netrc of the server's user.
        async with (
            asyncio.timeout(limits.http_seconds),
            httpx.AsyncClient(
                timeout=timeout, follow_redirects=False, trust_env=False, verify=trusted_authorities()
            ) as client,
            client.stream(
                action.method,
                target,
                headers=headers,
                content=action.body.encode() if action.body else None,
                extensions={"sni_hostname": url.host},
            ) as answer,
        ):
            body, is_cut = await _read(answer, limits.http_bytes)
            return _outcome(answer, body, is_cut=is_cut)
    except TimeoutError as exc:
        raise ActionFailed(f"{url.host} did not answer within {limits.http_seconds:g} seconds") from exc
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as exc:
        # The exception's own text may quote headers, which may hold a resolved secret.
        raise ActionFailed(f"{url.host} could not be asked: {type(exc).__name__}") from None


async def _read(answer: httpx.Response, limit_bytes: int) -> tuple[bytes, bool]:
    content = bytearray()
    async for chunk in answer.aiter_raw():
        content += chunk
        if len(content) > limit_bytes:
            return whole_lines(bytes(content[:limit_bytes])), True
    return bytes(content), False


def _outcome(answer: httpx.Response, body: bytes, *, is_cut: bool) -> Outcome:
    lines = [f"HTTP {answer.status_code}"]
    lines += [
        f"{name}: {answer.headers[name]}" for name in ("content-type", "location") if name in answer.headers
    ]
    text = body.decode("utf-8", "replace")
    if is_cut:
        text += f"\n[... cut after {len(body)} bytes]"
    return Outcome(
        is_success=answer.is_success or answer.is_redirect, output="\n".join([*lines, "", text]).rstrip("\n")
    )
