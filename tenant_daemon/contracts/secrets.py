"""
Secrets between a person's browser and a server, past a hub that cannot read them.

Every value travels in a sealed box: provided ones to the server's public key, revealed ones to a key that the
browser made for this one time. Names, kinds and times are not secret: agents call secrets by their names.
"""

from enum import StrEnum
from typing import Final, Literal

from pydantic import AwareDatetime, Field

from tenant_daemon.contracts.base import Message

MAX_SEALED_CHARS: Final = 100_000
"""Base64 of a value of 64 KiB with everything around it."""
NAME_PATTERN: Final = r"^[a-z][a-z0-9-]{1,62}$"
REVEAL_SECONDS: Final = 60
"""How long a revealed value may be on its way, and how long it is shown."""


class SecretChange(StrEnum):
    """What a person can have done with a secret besides giving one."""

    GENERATE = "generate"
    """A new secret with a random value."""
    ROTATE = "rotate"
    """A random value in place of the one there is."""
    DELETE = "delete"
    PLANT_CANARY = "plant_canary"


class SecretProvided(Message):
    """Hub -> daemon: keep this value under the name, new or in place of the one there is."""

    kind: Literal["secret.provided"] = "secret.provided"
    request_id: str = Field(max_length=40)
    name: str = Field(pattern=NAME_PATTERN)
    secret_kind: str = Field(default="password", max_length=20)
    note: str = Field(default="", max_length=200)
    is_new: bool = True
    """False replaces the value of an existing one; what is asked for must be so."""
    sealed: str = Field(max_length=MAX_SEALED_CHARS, repr=False)
    """A box for the server, context ``provide_context``."""
    asked_by: str
    """Id of the user, for the server's audit."""
    expires_at: AwareDatetime


class SecretChangeAsked(Message):
    """Hub -> daemon: do this with a secret; no value travels."""

    kind: Literal["secret.change"] = "secret.change"
    request_id: str = Field(max_length=40)
    name: str = Field(pattern=NAME_PATTERN)
    change: SecretChange
    asked_by: str
    expires_at: AwareDatetime


class RevealAsked(Message):
    """Hub -> daemon: seal the value to this key, once. The person has just given their password."""

    kind: Literal["secret.reveal"] = "secret.reveal"
    request_id: str = Field(max_length=40)
    name: str = Field(pattern=NAME_PATTERN)
    public_key: str = Field(max_length=64)
    """X25519, base64; its private half is in one browser tab and nowhere else."""
    asked_by: str
    expires_at: AwareDatetime


class SecretAnswered(Message):
    """Daemon -> hub: what became of a request."""

    kind: Literal["secret.answered"] = "secret.answered"
    request_id: str = Field(max_length=40)
    is_done: bool
    detail: str = Field(default="", max_length=500)
    """Why not, in words for the person."""
    sealed: str = Field(default="", max_length=MAX_SEALED_CHARS, repr=False)
    """Of a reveal: a box for the browser, context ``reveal_context``."""


class SecretSummary(Message):
    """What the portal shows of a secret."""

    name: str = Field(max_length=63)
    secret_kind: str = Field(default="password", max_length=20)
    version: int = Field(ge=1)
    note: str = Field(default="", max_length=200)
    changed_at: AwareDatetime
    changed_by: str = Field(default="", max_length=80)
    used_at: AwareDatetime | None = None
    used_by: str = Field(default="", max_length=80)
    told_tool: str = Field(default="", max_length=40)
    """Who takes a new value as well, such as ``PostgreSQL``; empty where nobody is told."""
    is_unsettled: bool = False
    """A rotation was begun, and it is not known which of two values its tool takes."""


class SecretsListed(Message):
    """Daemon -> hub: every secret of the server as it is now; replaces the list before."""

    kind: Literal["secret.list"] = "secret.list"
    secrets: list[SecretSummary] = Field(max_length=1_000)
    is_cut: bool = False
    """There are more than fit."""
    sealing_public_key: str = Field(default="", max_length=64)
    """What browsers seal to from now on: a server that was set up again has another one. Empty: as it was."""


class CanarySeen(Message):
    """Daemon -> hub: a planted value was about to leave the server, or was asked for. It did not leave."""

    kind: Literal["canary.seen"] = "canary.seen"
    alarm_id: str = Field(max_length=40)
    name: str = Field(max_length=63)
    door: str = Field(max_length=40)
    """Where: ``model request``, ``tool call``, ``hub message``, ``log`` ..."""
    seen_at: AwareDatetime
    agent_id: str = Field(default="", max_length=40)
    """In whose work; empty where that is not known."""
    conversation_id: str = Field(default="", max_length=40)
    """And in which conversation."""


def provide_context(tenant_id: str, name: str) -> str:
    """What a box with a provided value is bound to: moved to another name or server it does not open."""
    return f"letsbe secret provided 1\n{tenant_id}\n{name}"


def reveal_context(request_id: str, name: str) -> str:
    """What a box with a revealed value is bound to."""
    return f"letsbe secret revealed 1\n{request_id}\n{name}"
