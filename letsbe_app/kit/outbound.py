"""
Posting to addresses that strangers typed in, without being made a tool against our own network (SSRF).

The host is looked up once and the connection goes to the very address that was checked, so that a name
cannot change its meaning in between (DNS rebinding). Redirects are not followed, answers are not read, no
proxy of the environment is used, and everything has an end.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

import httpx

CONNECT_SECONDS: Final = 5.0
TOTAL_SECONDS: Final = 15.0
MAX_URL_LENGTH: Final = 2_000
_CARRIES_V4: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("::/96"))
"""Prefixes under which an IPv6 address names an IPv4 address that a gateway would then go to."""
_FORBIDDEN_PORTS: Final = frozenset({0, 22, 23, 25, 465, 587, 6379, 5432, 3306, 11211})
"""Services that would take something of an HTTP request for a command."""

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class BadTarget(ValueError):
    """The address cannot be posted to; the text says why, for the person who typed it."""


class Unreachable(Exception):
    """Nobody answered; the text says why, in a word or two."""


@dataclass(frozen=True)
class Response:
    """What the other side said. Its body is never read."""

    status: int
    milliseconds: int
    retry_after_seconds: int | None = None

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host; raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def check_url(url: str, *, allows_local: bool) -> SplitResult:
    """
    The parts of an address that may be posted to, as far as can be told without looking it up.

    Args:
        url: As typed.
        allows_local: Whether this machine and plain http are fine, for trying things out.

    Raises:
        BadTarget: It may not.
    """
    if len(url) > MAX_URL_LENGTH or not url.isascii() or any(char <= " " or char in "\\\x7f" for char in url):
        raise BadTarget("Use an address of up to 2,000 plain characters, without spaces.")
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise BadTarget("This is not an address.") from None
    if parts.scheme not in ({"https", "http"} if allows_local else {"https"}) or not host:
        raise BadTarget("Use an address that begins with https://.")
    if parts.username is not None or parts.password is not None:
        raise BadTarget("Leave name and password out of the address: the signature says who calls.")
    if port in _FORBIDDEN_PORTS:
        raise BadTarget("This port belongs to another kind of service.")
    literal = _literal(host)
    if literal is not None and not is_allowed(literal, allows_local=allows_local):
        raise BadTarget("This address is not on the public internet.")
    if parts.scheme == "http" and not _is_local_name(host):
        raise BadTarget("Use https://; plain http is for this machine alone.")
    return parts


def is_allowed(address: Address, *, allows_local: bool) -> bool:
    """Whether it is a public address, or this machine where that is allowed."""
    if isinstance(address, IPv6Address):
        hidden = _hidden_v4(address)
        if hidden is not None:
            return is_allowed(hidden, allows_local=allows_local)
    if address.is_loopback:
        return allows_local
    return address.is_global and not address.is_multicast and not address.is_reserved


class Outbound:
    """One per process. Each request has a connection of its own: its target was checked for it alone."""

    def __init__(
        self,
        *,
        allows_local: bool = False,
        resolve: Resolve = resolve,
        verify: ssl.SSLContext | None = None,
    ) -> None:
        """
        Args:
            allows_local: Whether this machine may be posted to, for trying things out.
            resolve: Looks a host up; tests set it.
            verify: What certificates are held against; by default those of the system.
        """
        self._allows_local = allows_local
        self._resolve = resolve
        self._verify = verify or _system_authorities()

    async def post(self, url: str, headers: Mapping[str, str], content: bytes) -> Response:
        """
        Send it and give the status of the answer.

        Raises:
            BadTarget: The address is not allowed, now that it was looked up.
            Unreachable: No answer came.
        """
        parts = check_url(url, allows_local=self._allows_local)
        started = time.monotonic()
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                address = await self._address(parts)
                return await self._send(parts, address, headers, content, started)
        except TimeoutError:
            raise Unreachable("timeout") from None
        except (OSError, httpx.HTTPError, UnicodeError) as exc:
            raise Unreachable(_cause(exc)) from exc

    async def _address(self, parts: SplitResult) -> Address:
        host = parts.hostname or ""
        found = [ip_address(text.partition("%")[0]) for text in await self._resolve(host, _port(parts))]
        if not found:
            raise Unreachable("dns")
        # One bad address among good ones is enough: which of them would be taken must not matter.
        if not all(is_allowed(address, allows_local=self._allows_local) for address in found):
            raise BadTarget("This address is not on the public internet.")
        return found[0]

    async def _send(
        self, parts: SplitResult, address: Address, headers: Mapping[str, str], content: bytes, started: float
    ) -> Response:
        literal = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
        pinned = httpx.URL(parts._replace(netloc=f"{literal}:{_port(parts)}", fragment="").geturl())
        # The name still decides which certificate is right, and which site of the machine is meant.
        named = {**headers, "Host": parts.netloc, "Connection": "close", "Accept-Encoding": "identity"}
        async with (
            httpx.AsyncClient(
                verify=self._verify,
                trust_env=False,
                follow_redirects=False,
                timeout=httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS),
            ) as client,
            client.stream(
                "POST",
                pinned,
                headers=named,
                content=content,
                extensions={"sni_hostname": parts.hostname},
            ) as answer,
        ):
            milliseconds = round((time.monotonic() - started) * 1000)
            return Response(answer.status_code, milliseconds, _retry_after(answer.headers.get("retry-after")))


@cache
def _system_authorities() -> ssl.SSLContext:
    """Read once per process."""
    return ssl.create_default_context()


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _is_local_name(host: str) -> bool:
    literal = _literal(host)
    return literal.is_loopback if literal is not None else host == "localhost"


def _hidden_v4(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that this one stands for."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    number = int(address) & 0xFFFFFFFF
    # ``::`` and ``::1`` are addresses of their own.
    is_carried = number > 1 and any(address in network for network in _CARRIES_V4)
    return IPv4Address(number) if is_carried else None


def _retry_after(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else None


def _cause(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "dns"
    if isinstance(error, httpx.TimeoutException):
        return "timeout"
    reason = error.__cause__ or error.__context__ or error
    if isinstance(reason, ssl.SSLError) or "certificate" in str(error).lower() or "SSL" in str(error):
        return "tls"
    if isinstance(error, httpx.ConnectError | ConnectionError):
        return "refused"
    return "broken"
