"""
The connection to the models' providers: the addresses of the settings, and no other.

No redirect is followed and no proxy of the environment is used, since either would be a second way out. A
request that was sent is not repeated: it may have been charged. Only where no connection came about is the
provider's next address tried.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_address

import httpx
import orjson

from tenant_daemon.egress.addresses import Addresses
from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.json_text import read_json
from tenant_daemon.egress.upstream_key import UpstreamKeys
from tenant_daemon.egress.upstreams import key_name
from tenant_daemon.egress.usage import label
from tenant_daemon.policy.web.address import is_public
from tenant_daemon.redaction import Redactor
from tenant_daemon.settings import Upstream

MAX_ANSWER_BYTES = 32 * 1024 * 1024
_TIMEOUT = httpx.Timeout(connect=10, read=300, write=60, pool=10)
_LIMITS = httpx.Limits(max_connections=200, max_keepalive_connections=20, keepalive_expiry=60)
_PASSED_STATUS = frozenset({400, 404, 408, 409, 413, 422, 429})
_PASSED_HEADERS = ("retry-after", "retry-after-ms", "x-should-retry", "request-id", "x-request-id")
_PASSED_PREFIXES = ("x-ratelimit-", "anthropic-ratelimit-")
_HEADER_LENGTH = 120
_ERROR_BYTES = 65_536
_MESSAGE_LENGTH = 500


class Provider:
    """Sends requests to the providers."""

    def __init__(self, keys: UpstreamKeys, addresses: Addresses) -> None:
        self._keys = keys
        self._addresses = addresses
        self._client = httpx.AsyncClient(
            timeout=_TIMEOUT, limits=_LIMITS, follow_redirects=False, trust_env=False
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    def key(self, upstream: Upstream) -> str | None:
        """
        The key to a provider; None when it needs none.

        Asked for with each request, since it may be rotated.

        Raises:
            Refused: It is missing, or the vault is locked.
        """
        name = key_name(upstream)
        key = self._keys.get(name) if name else None
        if name and key is None and not _is_nearby(upstream):
            raise Refused(503, "upstream_key_missing", "The key to the model's provider is not in the vault.")
        return key

    @asynccontextmanager
    async def ask(
        self, upstream: Upstream, path: str, body: bytes, headers: Mapping[str, str], redactor: Redactor
    ) -> AsyncIterator[httpx.Response]:
        """
        The answer, headers read and body still to come. Leaving the context stops the provider at once.

        Raises:
            Refused: The provider failed; the error is safe to pass on.
        """
        try:
            response = await self._send(upstream, path, body, headers)
            try:
                if response.status_code != 200:
                    raise await _failure(response, redactor)
                _check_encoding(response)
                yield response
            finally:
                await response.aclose()
        except httpx.ConnectTimeout:
            raise _unreachable() from None
        except httpx.TimeoutException:
            raise Refused(504, "upstream_timeout", "The model's provider did not answer in time.") from None
        except httpx.ConnectError:
            raise _unreachable() from None
        except httpx.HTTPError:
            # Not chained: the cause names the address, and an address may carry a key.
            raise Refused(
                502, "upstream_broken_off", "The connection to the model's provider was lost."
            ) from None

    async def _send(
        self, upstream: Upstream, path: str, body: bytes, headers: Mapping[str, str]
    ) -> httpx.Response:
        url = httpx.URL(f"{upstream.url.rstrip('/')}/{path}")
        *others, last = await self._addresses.of(upstream)
        for address in others:
            try:
                return await self._send_to(address, url, body, headers)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue  # No byte of the request has left.
        return await self._send_to(last, url, body, headers)

    async def _send_to(
        self, address: str, url: httpx.URL, body: bytes, headers: Mapping[str, str]
    ) -> httpx.Response:
        request = self._client.build_request(
            "POST",
            url.copy_with(host=address),
            content=body,
            headers={
                "host": url.netloc.decode("ascii"),
                "content-type": "application/json",
                "accept": "text/event-stream, application/json",
                "accept-encoding": "identity",
                "user-agent": "letsbe-proxy",
                **headers,
            },
            # The certificate must be that of the name, although the address is connected to.
            extensions={"sni_hostname": url.host},
        )
        return await self._client.send(request, stream=True)


async def read_answer(response: httpx.Response) -> dict[str, object]:
    """The JSON object of an answer that does not stream; raises Refused."""
    body = await _limited(response, MAX_ANSWER_BYTES)
    try:
        value = read_json(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Refused(502, "upstream_invalid", "The model's answer could not be read.")
    return value


def _is_nearby(upstream: Upstream) -> bool:
    """Whether it is a model of the customer's own, which may need no key."""
    host = httpx.URL(upstream.url).host
    try:
        return upstream.is_internal or not is_public(ip_address(host))
    except ValueError:
        return False


def _check_encoding(response: httpx.Response) -> None:
    # We asked for none; one that unpacks to any size could not be bounded.
    if response.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise Refused(502, "upstream_invalid", "The model's answer is compressed and was not passed on.")


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
    if status not in _PASSED_STATUS and status < 500:
        return Refused(502, "upstream_error", f"The model's provider answered with status {status}.")
    message, code, kind = _message_of(await _limited_error(response))
    text = (
        redactor.redact(message)[:_MESSAGE_LENGTH] or f"The model's provider answered with status {status}."
    )
    headers = _passed_headers(response, redactor)
    return Refused(status, redactor.redact(code)[:80] or "upstream_error", text, kind=kind, headers=headers)


def _passed_headers(response: httpx.Response, redactor: Redactor) -> dict[str, str]:
    """What clients wait and report by."""
    return {
        name: redactor.redact(value)
        for name, value in response.headers.items()
        if (name in _PASSED_HEADERS or name.startswith(_PASSED_PREFIXES)) and len(value) <= _HEADER_LENGTH
    }


async def _limited_error(response: httpx.Response) -> bytes:
    try:
        _check_encoding(response)
        return await _limited(response, _ERROR_BYTES)
    except Refused:
        return b""


def _message_of(body: bytes) -> tuple[str, str, str]:
    """Message, code and kind of a provider's error; each empty when it is not there."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return "", "", ""
    error = value.get("error") if isinstance(value, dict) else None
    if not isinstance(error, dict):
        return "", "", ""
    message, code = error.get("message"), error.get("code")
    return (
        message if isinstance(message, str) else "",
        code if isinstance(code, str) else "",
        label(error.get("type")),
    )


def _unreachable() -> Refused:
    return Refused(502, "upstream_unreachable", "The model's provider cannot be reached.")
