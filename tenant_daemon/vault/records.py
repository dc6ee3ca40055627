"""What the vault's rows say, as values. None of them holds a secret in the open."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SecretKind(StrEnum):
    """What a secret is, for people; all are kept alike."""

    PASSWORD = "password"  # noqa: S105
    API_KEY = "api_key"
    OTHER = "other"
    CANARY = "canary"
    """A planted value that nobody uses: where it turns up, somebody looked where they should not."""


@dataclass(frozen=True)
class SecretInfo:
    """What may be told of a secret."""

    name: str
    version: int
    fingerprint: str
    note: str
    created_at: datetime
    changed_at: datetime
    changed_by: str
    kind: SecretKind = SecretKind.PASSWORD
    used_at: datetime | None = None
    used_by: str = ""
    is_staged: bool = False
    """A new value waits to come into force: a rotation is under way, or it is not known how it ended."""


@dataclass(frozen=True)
class SecretChange:
    """One line of a secret's history, which outlives the secret."""

    version: int
    change: str
    """``stored``, ``generated``, ``imported``, ``planted``, ``staged``, ``rotated``, ``discarded``,
    ``deleted``."""
    fingerprint: str
    actor: str
    at: datetime


@dataclass(frozen=True)
class SealedValue:
    """A version of a secret as it lies in the file."""

    name: str
    version: int
    sealed: bytes
    fingerprint: str


@dataclass(frozen=True)
class State:
    """The one row that signs all others."""

    version: int
    manifest: str
    key_id: str
    form: int


@dataclass(frozen=True)
class NewVersion:
    """A value on its way into the file, and what is said of it."""

    value: SealedValue
    key_id: str
    change: str
    actor: str
    note: str = ""
    kind: SecretKind | None = None
    """None keeps the kind that the secret has."""
