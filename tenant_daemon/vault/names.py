"""Names of secrets: those that there may be, and those that are the daemon's own."""

import re
from typing import Final

from tenant_daemon.settings import HUB_KEY_SECRET, UPSTREAM_KEY_SECRETS
from tenant_daemon.vault.errors import UnfitSecret

RESERVED_NAMES: Final = frozenset({HUB_KEY_SECRET}) | UPSTREAM_KEY_SECRETS
"""The daemon's own. No agent can use, make or ask for one."""

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,62}")


def check_name(name: str) -> None:
    """Raise UnfitSecret unless the name has the right form."""
    if not _NAME.fullmatch(name):
        raise UnfitSecret(
            "a name has 2 to 63 lowercase letters, digits and hyphens, and begins with a letter"
        )
