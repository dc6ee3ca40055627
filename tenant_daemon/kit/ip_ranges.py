"""Which IP addresses belong to the open internet, and which to this computer."""

import ipaddress
from typing import Final

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

# Addresses of examples (RFC 5737, RFC 3849): nobody's, so certainly no computer of this network.
_OF_EXAMPLES: Final = tuple(
    ipaddress.ip_network(text)
    for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)
_GLOBAL_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_RELAYS: Final = ipaddress.IPv4Network("192.88.99.0/24")
# Where an IPv4 address stands in the last four bytes: compatible, translated (RFC 2765, 6052, 8215).
_HOLDING_IPV4: Final = tuple(
    int(ipaddress.IPv6Address(start)) >> 32 for start in ("::", "::ffff:0:0:0", "64:ff9b::", "64:ff9b:1::")
)


def is_public(ip: Ip) -> bool:
    """Whether an address belongs to the open internet."""
    plain = _unwrapped(ip)
    if isinstance(plain, ipaddress.IPv6Address) and plain not in _GLOBAL_UNICAST:
        return False
    if plain.version == _RELAYS.version and plain in _RELAYS:
        return False
    is_example = any(plain in network for network in _OF_EXAMPLES if network.version == plain.version)
    return (plain.is_global or is_example) and not plain.is_multicast


def is_local(ip: Ip) -> bool:
    """Whether an address is this computer's own."""
    plain = _unwrapped(ip)
    return plain.is_loopback or plain.is_unspecified


def _unwrapped(ip: Ip) -> Ip:
    """The IPv4 address inside an IPv6 one (mapped, compatible, translated, 6to4, NAT64)."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    if ip.sixtofour is not None:
        return ip.sixtofour
    number = int(ip)
    if number > 1 and number >> 32 in _HOLDING_IPV4:
        return ipaddress.IPv4Address(number & 0xFFFF_FFFF)
    return ip
