"""
The connection to the model's provider: one address, from the settings, and no other.

No redirect is followed and no proxy of the environment is used, since either would be a second way out. A
failed request is not repeated: it may have been charged.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import orjson

from tenant_daemon.egress.errors import Refused
from tenant_daemon.redaction import Redactor

MAX_ANSWER_BYTES = 32 * 1024 * 1024
_TIMEOUT = httpx.Timeout(connect=10, read=300, write=60, pool=10)
_LIMITS = httpx.Limits(max_connections=200, max_keepalive_connections=20, keepalive_expiry=60)
_PASSED_STATUS = frozenset({400, 404, 408, 409, 413, 422, 429})
_ERROR_BYTES = 65_536
_MESSAGE_LENGTH = 500


class Upstream:
    """Sends requests to the provider. ``key`` is asked for each time, since it may be rotated."""

    def __init__(self, base_url: str, key: Callable[[], str | None]) -> None:
        self._url = f"{base_url.rstrip('/')}/chat/completions"
        self._key = key
        self._client = httpx.AsyncClient(
            timeout=_TIMEOUT, limits=_LIMITS, follow_redirects=False, trust_env=False
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    @asynccontextmanager
    async def ask(self, body: bytes, redactor: Redactor) -> AsyncIterator[httpx.Response]:
        """
        The answer, headers read and body still to come. Leaving the context stops the provider at once.

        Raises:
            Refused: The provider failed; the error is safe to pass on.
        """
        try:
            async with self._client.stream(
                "POST", self._url, content=body, headers=self._headers()
            ) as response:
                if response.status_code != 200:
                    raise await _failure(response, redactor)
                yield response
        except httpx.TimeoutException:
            raise Refused(504, "upstream_timeout", "The model's provider did not answer in time.") from None
        except httpx.HTTPError:
            # Not chained: the cause names the address, and an address may carry a key.
            raise Refused(502, "upstream_unreachable", "The model's provider cannot be reached.") from None

    def _headers(self) -> dict[str, str]:
        headers = {
            "content-type": "application/json",
            "accept": "text/event-stream, application/json",
            "accept-encoding": "identity",
            "user-agent": "letsbe-proxy",
        }
        key = self._key()
        return headers | {"authorization": f"Bearer {key}"} if key else headers


async def read_answer(response: httpx.Response) -> dict[str, object]:
    """The JSON object of an answer that does not stream; raises Refused."""
    body = await _limited(response, MAX_ANSWER_BYTES)
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise Refused(502, "upstream_invalid", "The model's answer could not be read.")
    return value


async def _limited(response: httpx.Response, limit: int) -> bytes:
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > limit:
            raise Refused(502, "upstream_invalid", "The model's answer is too large.")
    return bytes(body)


async def _failure(response: httpx.Response, redactor: Redactor) -> Refused:
    """The provider's error, redacted, with the status that the client's SDK acts on."""
    status = response.status_code
    if status in {401, 403}:
        return Refused(502, "upstream_auth", "The model's provider does not accept this server's key.")
    if status == 402:
        return Refused(402, "upstream_quota", "The account at the model's provider has no credit left.")
    headers = {}
    if (wait := response.headers.get("retry-after", "")) and len(wait) <= 40:
        headers["retry-after"] = redactor.redact(wait)
    if status not in _PASSED_STATUS and status < 500:
        return Refused(502, "upstream_error", f"The model's provider answered with status {status}.")
    message, code = _message_of(await _limited_error(response))
    text = (
        redactor.redact(message)[:_MESSAGE_LENGTH] or f"The model's provider answered with status {status}."
    )
    return Refused(status, redactor.redact(code)[:80] or "upstream_error", text, headers=headers)


async def _limited_error(response: httpx.Response) -> bytes:
    try:
        return await _limited(response, _ERROR_BYTES)
    except Refused:
        return b""


def _message_of(body: bytes) -> tuple[str, str]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return "", ""
    error = value.get("error") if isinstance(value, dict) else None
    if not isinstance(error, dict):
        return "", ""
    message, code = error.get("message"), error.get("code")
    return (message if isinstance(message, str) else ""), (code if isinstance(code, str) else "")
