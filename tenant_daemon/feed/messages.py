"""
What daemon and proxy say to each other. Each message is one frame of JSON.

The proxy begins with ``Hello``. To one that listens the daemon answers ``Welcome``, ``Ruling`` and
``Registry``, and sends the latter two again whenever they change. ``Confirm`` is answered by ``Confirmed``,
and in front of it by whatever has changed by then. Who does not listen has one thing to ``Deliver``.
"""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from tenant_daemon.contracts.budget import BudgetReached
from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.contracts.secrets import CanarySeen
from tenant_daemon.contracts.usage import UsageReported
from tenant_daemon.kit.frames import framed

MOST_FROM_PROXY_BYTES: Final = 1024 * 1024
"""A report of 500 buckets with the longest names is half of it."""
MOST_FROM_DAEMON_BYTES: Final = 512 * 1024 * 1024
"""A registry has every value that the vault keeps."""


class _Message(BaseModel):
    # An error must not quote what it choked on: that may be a secret.
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Hello(_Message):
    """The proxy's first words."""

    kind: Literal["hello"] = "hello"
    token: str = Field(default="", repr=False)
    """``feed`` of the local tokens, where both have one user; a user of its own needs none."""
    is_listening: bool = True


class Confirm(_Message):
    """Tell me what has changed by now."""

    kind: Literal["confirm"] = "confirm"
    number: int
    agents: frozenset[str] = frozenset()
    """Whose runs in progress are wanted; none where nobody traces."""


class Deliver(_Message):
    """Pass this on to the hub."""

    kind: Literal["deliver"] = "deliver"
    message: Annotated[UsageReported | BudgetReached | CanarySeen, Field(discriminator="kind")]
    slot: str | None = Field(default=None, max_length=300)


class Welcome(_Message):
    """You are who you say. With it comes a descriptor of the notice (``kit/notice.py``)."""

    kind: Literal["welcome"] = "welcome"
    proxy_token: str = Field(repr=False)
    """What those show who ask the proxy."""


class Registry(_Message):
    """The vault as it is now."""

    kind: Literal["registry"] = "registry"
    version: int
    secrets: list[tuple[str, str]] = Field(repr=False)
    """Name and value of every version that is kept."""
    canaries: frozenset[str] = frozenset()
    keys: dict[str, str] = Field(default_factory=dict, repr=False)
    """The keys to the model's providers, by name."""


class Ruling(_Message):
    """The customer's configuration, without what agents are told; None while there is none."""

    kind: Literal["ruling"] = "ruling"
    config: TenantConfig | None
    notice: int = 0
    """How often it was changed, as the notice says."""


class Trouble(_Message):
    """The vault cannot be read, or can again: then there is no problem."""

    kind: Literal["trouble"] = "trouble"
    problem: str


class Confirmed(_Message):
    """Everything that had changed when the question came has been told."""

    kind: Literal["confirmed"] = "confirmed"
    number: int
    problem: str = ""
    """Why that could not be done; what the proxy knows may then be too old."""
    runs: dict[str, list[str]] = Field(default_factory=dict)
    """Agent -> ``traceparent`` of each of its runs in progress."""


class Delivered(_Message):
    """It is safe, unless there is a problem."""

    kind: Literal["delivered"] = "delivered"
    problem: str = ""


FromProxy = Hello | Confirm | Deliver
FromDaemon = Welcome | Registry | Ruling | Trouble | Confirmed | Delivered
_BY_KIND: Final = Field(discriminator="kind")
_FROM_PROXY: Final[TypeAdapter[FromProxy]] = TypeAdapter(Annotated[FromProxy, _BY_KIND])
_FROM_DAEMON: Final[TypeAdapter[FromDaemon]] = TypeAdapter(Annotated[FromDaemon, _BY_KIND])


def read_from_proxy(content: bytes) -> FromProxy:
    """What the proxy said; raises ValueError, which quotes nothing."""
    return _FROM_PROXY.validate_json(content)


def read_from_daemon(content: bytes) -> FromDaemon:
    """What the daemon said; raises ValueError, which quotes nothing."""
    return _FROM_DAEMON.validate_json(content)


def written(message: FromProxy | FromDaemon) -> bytes:
    """A message as its frame."""
    return framed(message.model_dump_json().encode())
