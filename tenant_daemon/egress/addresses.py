"""
Where a provider's name leads, looked up and judged before anything is sent there.

Only to the open internet: a name that somebody makes lead into this server or its private network would be a
way around every other guard. An address that is written out in the settings is what it is, and a name that is
listed as internal may lead anywhere.
"""

import asyncio
import time
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from tenant_daemon.egress.errors import Refused
from tenant_daemon.kit.ip_ranges import is_public
from tenant_daemon.kit.name_lookup import look_up
from tenant_daemon.settings import Upstream

_KEPT_SECONDS = 30.0


class Addresses:
    """Remembers for a short time what it found."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[float, tuple[str, ...]]] = {}

    async def of(self, upstream: Upstream) -> tuple[str, ...]:
        """
        The IP addresses that may be connected to, in the order in which to try them.

        Raises:
            Refused: There is none.
        """
        host = urlsplit(upstream.url).hostname or ""
        if _is_literal(host):
            return (host,)
        found_at, found = self._found.get(host, (0.0, ()))
        if not found or time.monotonic() - found_at > _KEPT_SECONDS:
            found = await asyncio.to_thread(look_up, host)
            self._found[host] = (time.monotonic(), found)
        if not found:
            raise Refused(502, "upstream_unreachable", "The model's provider cannot be found.")
        allowed = tuple(address for address in found if _is_allowed(address, host, upstream))
        if not allowed:
            raise Refused(
                502,
                "upstream_not_public",
                "The name of the model's provider leads to a private address, so nothing was sent there. "
                "If that is meant, set is_internal for it in daemon.toml.",
            )
        return allowed


def _is_allowed(address: str, host: str, upstream: Upstream) -> bool:
    ip = ip_address(address)
    # That this name is this computer is certain (RFC 6761, section 6.3).
    return upstream.is_internal or is_public(ip) or (host == "localhost" and ip.is_loopback)


@lru_cache(maxsize=64)
def _is_literal(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False
