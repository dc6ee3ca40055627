"""
Telling the hub that the vault is locked, or the disk full.

The key of the link lies in the vault, and each link numbers itself on the disk, so nobody could say why a
server is away. What is left is a token for this one message, in a file of its own.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import httpx
import structlog

from tenant_daemon import __version__
from tenant_daemon.contracts.distress import DISTRESS_PATH, DiskTrouble, Distress, Trouble, distress_token
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.enrolment import EnrolmentFailed, read_enrolment
from tenant_daemon.kit.certificates import trusted_authorities
from tenant_daemon.kit.disk_room import OUT_OF_ROOM, is_full
from tenant_daemon.kit.private_file import write_changed
from tenant_daemon.kit.terminal import complain
from tenant_daemon.openclaw.environment import OPENCLAW_VERSION
from tenant_daemon.vault import VaultLocked

_FILE: Final = "distress.token"
_TIMEOUT_SECONDS: Final = 10.0
_LENGTH: Final = 64

log = structlog.get_logger()


def keep_token(home: TenantHome, api_key: str) -> None:
    """Be able to call for help once the vault is locked. Call it with each key of the link."""
    token = distress_token(hashlib.sha256(api_key.encode()).hexdigest())
    try:
        write_changed(home.keys_dir / _FILE, token)
    except (OSError, ValueError) as exc:
        # The link matters more.
        log.warning("distress.token_not_kept", reason=type(exc).__name__)


@dataclass(frozen=True)
class Plight:
    """What keeps this server from its link."""

    trouble: Trouble
    words: str
    """For whoever reads the log."""


def tell_plight(home: TenantHome, failure: Exception) -> bool:
    """Tell hub and log that a full disk or a locked vault made it fail; whether it was one of these."""
    plight = plight_of(home, failure)
    if plight is None:
        return False
    call_for_help(home, plight.trouble)
    complain(plight.words)
    return True


def plight_of(home: TenantHome, failure: Exception) -> Plight | None:
    """Why it failed, where that is a full disk or a locked vault."""
    leaves = list(_leaves(failure))
    if is_full(home.root) or any(_is_for_room(leaf) for leaf in leaves):
        # A vault that cannot be opened for that is not broken.
        return Plight(DiskTrouble.FULL, f"The disk under {home.root} is full.")
    locked = [leaf for leaf in leaves if isinstance(leaf, VaultLocked)]
    return Plight(locked[0].trouble, str(locked[0])) if locked == leaves else None


def _leaves(failure: BaseException) -> Iterator[BaseException]:
    if isinstance(failure, BaseExceptionGroup):
        for one in failure.exceptions:
            yield from _leaves(one)
    else:
        yield failure


def _is_for_room(failure: BaseException) -> bool:
    if isinstance(failure, sqlite3.Error):
        return getattr(failure, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return isinstance(failure, OSError) and failure.errno in OUT_OF_ROOM


def call_for_help(home: TenantHome, trouble: Trouble) -> bool:
    """Tell the hub once what is wrong; whether it was told. Never raises."""
    try:
        enrolled = read_enrolment(home)
        token = (home.keys_dir / _FILE).read_text("ascii").strip()
    except (EnrolmentFailed, OSError, ValueError):
        return False
    if len(token) != _LENGTH:
        return False
    message = Distress(
        tenant_id=enrolled.tenant_id,
        token=token,
        trouble=trouble,
        daemon_version=__version__,
        openclaw_version=OPENCLAW_VERSION,
    )
    url = f"http{enrolled.link_url.removeprefix('ws').removesuffix('/link')}{DISTRESS_PATH}"
    try:
        answer = httpx.post(
            url,
            content=message.model_dump_json(),
            headers={"Content-Type": "application/json"},
            timeout=_TIMEOUT_SECONDS,
            trust_env=False,
            verify=trusted_authorities(),
        )
    except httpx.HTTPError as exc:
        log.warning("distress.hub_away", reason=type(exc).__name__)
        return False
    log.warning("distress.told", trouble=trouble.value, status=answer.status_code)
    return answer.is_success
