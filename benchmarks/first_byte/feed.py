"""The daemon's side of the proxy's feed, as ``run`` opens it, until standard input ends."""

import sys
from pathlib import Path

from tenant_daemon.feed.opening import open_feed
from tenant_daemon.home import TenantHome
from tenant_daemon.settings import load_settings
from tenant_daemon.vault import Vault


def main() -> None:
    home = TenantHome(Path(sys.argv[1]))
    with open_feed(home, load_settings(home), Vault.open(home)):
        print("open", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
