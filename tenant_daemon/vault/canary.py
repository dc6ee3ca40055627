"""Planted secrets: believable values that nobody uses, so that seeing one means that somebody looked."""

import secrets
import string
from collections.abc import Callable
from typing import Final, Literal, get_args

from tenant_daemon.vault.errors import UnfitSecret
from tenant_daemon.vault.records import SecretInfo, SecretKind
from tenant_daemon.vault.vault import NewSecret, Vault

Shape = Literal["password", "api-key", "database-url"]
SHAPES: Final[tuple[str, ...]] = get_args(Shape)

_LETTERS: Final = string.ascii_letters + string.digits


def plant(vault: Vault, name: str, *, actor: str, shape: Shape = "api-key", note: str = "") -> SecretInfo:
    """
    Put a made-up value under a new name.

    Raises:
        UnfitSecret: The name is taken, or none.
    """
    if vault.has(name):
        raise UnfitSecret(f"{name} exists: a canary needs a name of its own")
    new = NewSecret(name, _MAKERS[shape](), note, SecretKind.CANARY, "planted")
    return vault.put_all([new], actor=actor)[0]


def _random(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))


def _password() -> str:
    words = ("Harbour", "Lantern", "Meadow", "Juniper", "Copper", "Willow", "Saffron", "Pebble")
    return f"{secrets.choice(words)}-{secrets.choice(words)}-{_random(6)}{secrets.randbelow(90) + 10}!"


_MAKERS: Final[dict[Shape, Callable[[], str]]] = {
    "password": _password,
    "api-key": lambda: f"sk_live_{_random(42)}",
    "database-url": lambda: f"postgresql://admin:{_random(24)}@db-backup.internal:5432/customers",
}
