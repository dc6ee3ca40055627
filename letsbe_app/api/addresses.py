"""
Where a request comes from.

``X-Forwarded-For`` is a list that anybody may begin and each proxy continues, so only what our own proxies
wrote counts: read from the right, the first address that is not one of theirs. Without trusted proxies the
header means nothing.
"""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from starlette.requests import HTTPConnection

Network = IPv4Network | IPv6Network

_MAX_HOPS: Final = 20
_IPV6_SITE: Final = 64
"""A household or company gets at least this prefix, and may use every address in it."""


def client_address(connection: HTTPConnection, trusted: Sequence[Network]) -> str:
    """The address of whoever sent the request; empty when the server does not know it."""
    peer = connection.client.host if connection.client else ""
    if not trusted or not _is_within(peer, trusted):
        return peer
    for hop in reversed(_hops(connection.headers.getlist("x-forwarded-for"))):
        if not _is_address(hop):
            # A trusted proxy does not write such a thing, so what stands left of it is not believed either.
            return peer
        peer = hop
        if not _is_within(hop, trusted):
            break
    return peer


def counted_address(address: str) -> str:
    """What is counted for an address: itself, and for IPv6 the network that one person can have whole."""
    if not _is_address(address):
        return address
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ip_network((parsed.packed, _IPV6_SITE), strict=False))
    return str(parsed)


def _hops(headers: Sequence[str]) -> list[str]:
    return [hop.strip() for hop in ",".join(headers).split(",")][-_MAX_HOPS:] if headers else []


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_within(text: str, networks: Sequence[Network]) -> bool:
    if not _is_address(text):
        return False
    parsed = ip_address(text)
    address = (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed
    return any(address in network for network in networks)
