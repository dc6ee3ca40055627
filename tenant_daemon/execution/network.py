"""
Which commands see a network. All others run without any: not even the server's own addresses.

A layer of its own below the classifier: a text tool that turned out to be able to send something could not.
"""

import subprocess
import sys
from functools import cache
from typing import Final

from tenant_daemon.policy.actions import Command

_PROBE_SECONDS: Final = 10
CLONE_NEWNET: Final = 0x4000_0000
CLONE_NEWUSER: Final = 0x1000_0000

# They talk to services of this server over its own addresses, or tell of the network itself. What reaches
# further says so in its profile (`needs_network`).
_LOCAL: Final = frozenset(
    word
    for line in (
        "arp bridge certbot docker docker-compose ethtool getent hostname ifconfig ip iptables",
        "iptables-save ip6tables journalctl lsof mailq mariadb mariadb-admin mariadb-dump mongosh",
        "mysql mysqladmin mysqldump netstat networkctl nft nginx nmcli occ pg_dump pg_dumpall",
        "pg_isready pg_restore php podman postqueue psql rabbitmqctl redis-cli resolvectl restic",
        "borg route ss systemctl ufw valkey-cli wp apache2ctl caddy rclone kubectl drush artisan",
        "rails bundle composer npm npx yarn pnpm pip pip3 apt apt-get dnf apk snap",
    )
    for word in line.split()
)


def sees_network(command: Command) -> bool:
    """Whether a command that nobody was asked about gets a network."""
    return command.needs_network or command.argv[0].rpartition("/")[2] in _LOCAL


@cache
def network_flags() -> int:
    """
    What unshare(2) is told so that a command is without a network; 0 where the kernel does not let us.

    A user that is not root needs a user namespace for it.
    """
    for flags in (CLONE_NEWNET, CLONE_NEWNET | CLONE_NEWUSER):
        probe = f"import ctypes,sys; sys.exit(ctypes.CDLL(None).unshare({flags}) != 0)"
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter with our own words
                [sys.executable, "-I", "-S", "-c", probe], timeout=_PROBE_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return 0
        if done.returncode == 0:
            return flags
    return 0
