"""
Bearer tokens between the parts of one tenant: ``keys/<name>.token``, 0600.

They keep other users and processes of the server, agents' commands too, out of our ports and sockets; no
person ever types one.
"""

import os
import secrets
from pathlib import Path
from typing import Final, Literal, get_args

from tenant_daemon.home import TenantHome

TokenName = Literal["proxy", "wrapper", "gateway", "link", "feed"]
"""
``proxy``: OpenClaw -> proxy. ``wrapper``: plugin and link -> wrapper. ``gateway``: link -> OpenClaw.
``link``: the others -> link. ``feed``: proxy -> daemon, where both have one user.
"""

LOCAL_TOKENS: Final[tuple[TokenName, ...]] = get_args(TokenName)
_TOKEN_BYTES: Final = 32


def token_path(home: TenantHome, name: TokenName) -> Path:
    """Where the token lies."""
    return home.keys_dir / f"{name}.token"


def local_token(home: TenantHome, name: TokenName) -> str:
    """
    The token, made at the first call by whichever process comes first.

    Every process gets the same one: the file appears complete or not at all, and the first one stays.
    """
    path = token_path(home, name)
    try:
        return _read(path)
    except FileNotFoundError:
        _create(path)
        return _read(path)


def _read(path: Path) -> str:
    token = path.read_text("ascii").strip()
    if not token:
        raise ValueError(f"{path} is empty: delete it, then restart the daemon")
    return token


def _create(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(_TOKEN_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            # A hard link, unlike a rename, never replaces a token that another process made meanwhile.
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
