"""
The connection to the models' providers: the addresses of the settings, and no other.

No redirect is followed and no proxy of the environment is used, since either would be a second way out. A
request that was sent is not repeated: it may have been charged. Only where no connection came about is the
provider's next address tried.
"""

import asyncio
import socket
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Final, Protocol
from urllib.parse import urlsplit

import aiohttp
import orjson
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from tenant_daemon.egress.addresses import Addresses
from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.feed import unavailable
from tenant_daemon.egress.json_text import read_json
from tenant_daemon.egress.known import NothingToldYet
from tenant_daemon.egress.upstreams import key_name
from tenant_daemon.egress.usage import label
from tenant_daemon.kit.ip_ranges import is_public
from tenant_daemon.redaction import Redactor
from tenant_daemon.settings import Upstream

log = structlog.get_logger()

MAX_ANSWER_BYTES = 32 * 1024 * 1024
_TIMEOUT = aiohttp.ClientTimeout(total=None, connect=20, sock_connect=10, sock_read=300)
_ANSWER_SECONDS: Final = 370.0
"""Until the answer begins, the sending of the request included."""
_MOST_CONNECTIONS: Final = 200
_KEPT_SECONDS: Final = 60.0
_KEPT_NEARBY_SECONDS: Final = 4.0
"""Model servers of one's own mostly close an idle connection after 5 s. A request on its way just then is
lost, and is not sent again; opening a new connection to them costs next to nothing."""
_END_SECONDS: Final = 2.0
"""How long the end of an answer may come after its last event; without it the connection serves no other."""
_MOST_OF_A_HEADER: Final = 32_768
_GAVE_UP_STATUS: Final = frozenset({504, 524})
"""A gateway waited in vain for the model, which may have answered all the same, and be charged for."""
_PASSED_STATUS = frozenset({400, 404, 408, 409, 413, 422, 429})
_PASSED_HEADERS = ("retry-after", "retry-after-ms", "x-should-retry", "request-id", "x-request-id")
_PASSED_PREFIXES = ("x-ratelimit-", "anthropic-ratelimit-")
_HEADER_LENGTH = 120
_ERROR_BYTES = 65_536
_MESSAGE_LENGTH = 500


class _Allowed(AbstractResolver):
    """Leads each name to the addresses that were judged for it."""

    def __init__(self) -> None:
        self.addresses: dict[str, tuple[str, ...]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self.addresses.get(host.lower(), ())
        ]

    async def close(self) -> None:
        """Nothing is open."""


class Keys(Protocol):
    """Where the keys to providers are."""

    def key(self, name: str) -> str | None:
        """The key in force; None when there is none of that name. Raises NothingToldYet."""
        ...


class Provider:
    """Sends requests to the providers. With aiohttp, which takes a third of the time that httpx does."""

    def __init__(self, keys: Keys, addresses: Addresses) -> None:
        self._keys = keys
        self._addresses = addresses
        self._allowed = _Allowed()
        self._sessions: dict[float, aiohttp.ClientSession] = {}
        """By how long they keep a connection."""
        self._ending: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Close every connection."""
        for task in self._ending:
            task.cancel()
        for session in self._sessions.values():
            await session.close()

    def key(self, upstream: Upstream) -> str | None:
        """
        The key to a provider; None when it needs none.

        Asked for with each request, since it may be rotated.

        Raises:
            Refused: It is missing, or not known yet.
        """
        name = key_name(upstream)
        try:
            key = self._keys.key(name) if name else None
        except NothingToldYet:
            raise unavailable() from None
        if name and key is None and not _is_nearby(upstream):
            raise Refused(503, "upstream_key_missing", "The key to the model's provider is not in the vault.")
        return key

    async def ask(
        self, upstream: Upstream, path: str, body: bytes, headers: Mapping[str, str], redactor: Redactor
    ) -> aiohttp.ClientResponse:
        """
        The answer, headers read and body still to come. Closing it stops the provider at once.

        Raises:
            Refused: The provider failed; the error is safe to pass on.
        """
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                response = await self._send(upstream, path, body, headers)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise _unreachable() from None
        except TimeoutError:
            raise _timed_out() from None
        except aiohttp.ClientError:
            raise _lost() from None
        try:
            if response.status != 200:
                raise await _failure(response, redactor)
            _check_encoding(response)
        except BaseException as exc:
            response.close()
            if isinstance(exc, TimeoutError):
                raise _timed_out() from None
            if isinstance(exc, aiohttp.ClientError):
                raise _lost() from None
            raise
        return response

    def leave(self, response: aiohttp.ClientResponse, *, is_done: bool) -> None:
        """
        Nothing more is wanted of this answer: stop the provider, unless it ``is_done`` by itself.

        Then the connection is kept for the next request: to open one takes several times what the proxy does.
        """
        if is_done and not response.content.at_eof():
            task = asyncio.create_task(_ended(response))
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
        else:
            # Of an answer that was read to its end nothing is left to close.
            response.close()

    async def _send(
        self, upstream: Upstream, path: str, body: bytes, headers: Mapping[str, str]
    ) -> aiohttp.ClientResponse:
        url = URL(f"{upstream.url.rstrip('/')}/{path}", encoded=True)
        # The certificate must be that of the name, although the address is connected to.
        self._allowed.addresses[(url.host or "").lower()] = await self._addresses.of(upstream)
        return await self._session_to(upstream).post(
            url,
            data=body,
            headers={
                "content-type": "application/json",
                "accept": "text/event-stream, application/json",
                "accept-encoding": "identity",
                "user-agent": "letsbe-proxy",
                **headers,
            },
            allow_redirects=False,
            timeout=_TIMEOUT,
        )

    def _session_to(self, upstream: Upstream) -> aiohttp.ClientSession:
        # Made where the event loop runs.
        kept_seconds = _KEPT_NEARBY_SECONDS if _is_nearby(upstream) else _KEPT_SECONDS
        session = self._sessions.get(kept_seconds)
        if session is None:
            connector = aiohttp.TCPConnector(
                resolver=self._allowed,
                use_dns_cache=False,
                limit=_MOST_CONNECTIONS,
                keepalive_timeout=kept_seconds,
            )
            session = self._sessions[kept_seconds] = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                max_line_size=_MOST_OF_A_HEADER,
                max_field_size=_MOST_OF_A_HEADER,
            )
        return session


async def _ended(response: aiohttp.ClientResponse) -> None:
    """Wait for the end of an answer, and close its connection if it does not come or more comes instead."""
    try:
        async with asyncio.timeout(_END_SECONDS):
            await response.content.readany()
    except (TimeoutError, aiohttp.ClientError):
        log.debug("proxy.upstream_did_not_end")
    finally:
        response.close()


async def read_answer(response: aiohttp.ClientResponse) -> dict[str, object]:
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
    host = urlsplit(upstream.url).hostname or ""
    try:
        return upstream.is_internal or not is_public(ip_address(host))
    except ValueError:
        return False


def _check_encoding(response: aiohttp.ClientResponse) -> None:
    # We asked for none; one that unpacks to any size could not be bounded.
    encodings = response.headers.getall("content-encoding", [])
    if any(encoding.strip().lower() not in {"", "identity"} for encoding in encodings):
        raise Refused(502, "upstream_invalid", "The model's answer is compressed and was not passed on.")


async def _limited(response: aiohttp.ClientResponse, limit: int) -> bytes:
    body = bytearray()
    async for part in response.content.iter_any():
        body += part
        if len(body) > limit:
            raise Refused(502, "upstream_invalid", "The model's answer is too large.")
    return bytes(body)


async def _failure(response: aiohttp.ClientResponse, redactor: Redactor) -> Refused:
    """The provider's error, redacted, with the status that the client's SDK acts on."""
    status = response.status
    if status in {401, 403}:
        return Refused(502, "upstream_auth", "The model's provider does not accept this server's key.")
    if status == 402:
        return Refused(402, "upstream_quota", "The account at the model's provider has no credit left.")
    if status not in _PASSED_STATUS and not 500 <= status <= 599:
        return Refused(502, "upstream_error", f"The model's provider answered with status {status}.")
    message, code, kind = _message_of(await _limited_error(response), redactor)
    text = (
        redactor.redact(message)[:_MESSAGE_LENGTH] or f"The model's provider answered with status {status}."
    )
    headers = _passed_headers(response, redactor)
    if status in _GAVE_UP_STATUS:
        # Whatever the gateway says about asking again: it does not pay for it.
        headers.pop("x-should-retry", None)
        return Refused(status, "upstream_timeout", text, kind=kind, headers=headers)
    return Refused(status, redactor.redact(code)[:80] or "upstream_error", text, kind=kind, headers=headers)


def _passed_headers(response: aiohttp.ClientResponse, redactor: Redactor) -> dict[str, str]:
    """What clients wait and report by."""
    return {
        name: redactor.redact(value)
        for name, value in ((name.lower(), value) for name, value in response.headers.items())
        if (name in _PASSED_HEADERS or name.startswith(_PASSED_PREFIXES))
        and len(value) <= _HEADER_LENGTH
        and value.isascii()
        and value.isprintable()
    }


async def _limited_error(response: aiohttp.ClientResponse) -> bytes:
    try:
        _check_encoding(response)
        return await _limited(response, _ERROR_BYTES)
    except Refused:
        return b""


def _message_of(body: bytes, redactor: Redactor) -> tuple[str, str, str]:
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
        label(error.get("type"), redactor),
    )


def _unreachable() -> Refused:
    return Refused(502, "upstream_unreachable", "The model's provider cannot be reached.")


def _timed_out() -> Refused:
    return Refused(504, "upstream_timeout", "The model's provider did not answer in time.")


def _lost() -> Refused:
    # Never chained: the cause names the address, and an address may carry a key.
    return Refused(502, "upstream_broken_off", "The connection to the model's provider was lost.")
