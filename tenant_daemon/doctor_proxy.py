"""As whom the secrets proxy runs."""

import pwd
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tenant_daemon.diagnosis import Weak, Wrong
from tenant_daemon.home import TenantHome
from tenant_daemon.settings import TenantSettings

_SOCKETS: Final = Path("/proc/net/tcp")
_LISTENS: Final = "0A"
_LOOPBACK: Final = "0100007F"


def check_proxy(home: TenantHome, settings: TenantSettings) -> str:
    """It has a user of its own where it is a unit of its own."""
    if "proxy" not in settings.own_units:
        return "started by the daemon, as its own user"
    port = settings.ports.proxy
    listening = listener_of(port)
    if listening is None:
        raise Wrong(f"nothing listens on port {port}, start it: systemctl start letsbe-proxy")
    if listening == home.root.stat().st_uid:
        raise Weak(
            "it runs as the daemon's user, and whoever took it over would have the daemon's files: install "
            "the units of this release (docs/proxy.md, Under systemd)"
        )
    return f"runs as {_name(listening)}, who can read none of the daemon's files"


def listener_of(port: int) -> int | None:
    """Number of the user who listens on this port of the loopback address; None: nobody does."""
    return next((uid for number, uid in _listeners() if number == port), None)


def _listeners() -> Iterator[tuple[int, int]]:
    """Ports of the loopback address and who listens there, by the kernel's own table (proc(5))."""
    for line in _SOCKETS.read_text("ascii").splitlines()[1:]:
        fields = line.split()
        address, _, port = fields[1].partition(":")
        if fields[3] == _LISTENS and address == _LOOPBACK:
            yield int(port, 16), int(fields[7])


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
