"""Every setting of a tenant's daemon: ``daemon.toml`` in its home. No secret is ever in it."""

import tomllib
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tenant_daemon.home import TenantHome

UPSTREAM_KEY_SECRET = "model-upstream-key"  # noqa: S105
UPSTREAM_KEY_SECRETS = frozenset({UPSTREAM_KEY_SECRET, *(f"{UPSTREAM_KEY_SECRET}-{n}" for n in range(2, 10))})
"""The one of ``[model]``, and those that ``[[upstreams]]`` may name."""
HUB_KEY_SECRET = "hub-api-key"  # noqa: S105
"""Names under which the vault keeps what the daemon itself needs. No agent can refer to them."""


WireName = Literal["openai-chat", "openai-responses", "anthropic-messages"]
"""The ways to ask a model: OpenAI's chat completions and Responses, Anthropic's Messages."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ports(_Section):
    """All on 127.0.0.1."""

    proxy: int = Field(default=8100, ge=1, le=65535)
    wrapper: int = Field(default=8200, ge=1, le=65535)
    gateway: int = Field(default=18789, ge=1, le=65535)
    practice: int = Field(default=8110, ge=1, le=65535)
    """The practice model and its small practice website, when no model is set."""


class Model(_Section):
    """The upstream model."""

    url: str = ""
    """OpenAI-compatible base address; empty for the practice model."""
    name: str = "practice"
    format: WireName = "openai-chat"
    is_internal: bool = False
    """Whether its name is meant to lead to this server or its private network."""


class Upstream(_Section):
    """A further provider, ``[[upstreams]]``. With ``[model]`` they are all that the proxy can reach."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    url: str = Field(pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$")
    """Scheme, host, port and path up to and with ``/v1``."""
    format: WireName = "openai-chat"
    model: str = Field(default="", max_length=120)
    """What is asked for every model that ``models`` does not name; empty to refuse them."""
    models: dict[str, str] = Field(default_factory=dict)
    """What an agent asks for (a preset or a model) -> the provider's name of it."""
    key: str = Field(default="", pattern=rf"^(SECRET_REF\({UPSTREAM_KEY_SECRET}(-[2-9])?\))?$")
    """Which secret of the vault is the key, one of ``UPSTREAM_KEY_SECRETS``; empty when it needs none."""
    is_internal: bool = False
    """Whether its name is meant to lead to this server or its private network."""

    @model_validator(mode="after")
    def _offers_something(self) -> Self:
        if not self.model and not self.models:
            raise ValueError("name at least one model")
        return self


class OpenClaw(_Section):
    """Where the pinned OpenClaw is installed."""

    package_dir: Path = Path("/opt/letsbe/openclaw/node_modules/openclaw")
    node: Path = Path("/opt/letsbe/bin/node")


class Policy(_Section):
    """What this server's agents may reach; the customer's choices are in ``TenantConfig``."""

    allowed_hosts: list[str] = Field(default_factory=list)
    """Exact ``host:port`` of business tools that the http tool may call."""
    internal_names: list[str] = Field(default_factory=list)
    """Host names among them that are meant to lead to addresses of this server or its private network."""


class Pace(_Section):
    """How many tool calls an agent may make; beyond that they are refused until it pauses."""

    same_calls: int = Field(default=20, ge=2, le=10_000)
    """Exactly the same call within ``same_call_seconds``."""
    same_call_seconds: int = Field(default=300, ge=10, le=3_600)
    calls_per_minute: int = Field(default=90, ge=1, le=100_000)
    calls_per_hour: int = Field(default=1_500, ge=1, le=100_000)


class Execution(_Section):
    """How commands run."""

    user: str = Field(default="", pattern=r"^([a-z_][a-z0-9_-]{0,31}|[1-9][0-9]{3,8})?$")
    """As whom, when the daemon is root: a name, or a number above 999; empty for the daemon's own user."""


class Audit(_Section):
    """The record of everything that was done."""

    keep_days: int = Field(default=0, ge=0, le=36_500)
    """How long entries are kept; 0 keeps them for ever. What goes is vouched for by a signed head."""
    report_seconds: int = Field(default=300, ge=1, le=86_400)
    """How often a signed head goes to the hub, when there is something new."""


class Rotation(_Section):
    """
    How the tool that knows a secret is told a new value, ``[[rotations]]``: a Redis user, a PostgreSQL role,
    or a program (``tenant_daemon/vault/steps/program.py``), whoever rotates it: portal, agent or shell.
    """

    secret: str = Field(pattern=r"^[a-z][a-z0-9-]{1,62}$")
    redis_user: str = ""
    redis_admin: str = ""
    """The Redis user that may change it; empty for the user itself."""
    redis_admin_secret: str = ""
    """Name of that one's password in the vault."""
    redis_socket: str = ""
    """Redis' unix socket, instead of host and port."""
    postgresql_role: str = ""
    database: str = "postgres"
    """That the role signs in to."""
    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535)
    """0 for the tool's usual one."""
    program: list[str] = Field(default_factory=list, max_length=20)
    """Whole path and first arguments."""

    @model_validator(mode="after")
    def _names_one_tool(self) -> Self:
        if [bool(self.redis_user), bool(self.postgresql_role), bool(self.program)].count(True) != 1:
            raise ValueError("name one of redis_user, postgresql_role and program")
        if bool(self.redis_admin) != bool(self.redis_admin_secret):
            raise ValueError("redis_admin and redis_admin_secret belong together")
        if self.program and not self.program[0].startswith("/"):
            raise ValueError("name the program by its whole path")
        return self


class TracesTo(_Section):
    """Where spans of this server go; none are made while this is empty."""

    otlp_url: str = Field(default="", pattern=r"^(https?://[^\s/?#@]+(/[^\s?#]*)?)?$")
    """A collector's address for OTLP over HTTP, without ``/v1/traces``."""


class TenantSettings(_Section):
    """The whole file."""

    tenant_name: str = Field(max_length=63)
    hub_url: str = Field(pattern=r"^https?://")
    ports: Ports = Ports()
    model: Model = Model()
    upstreams: list[Upstream] = Field(default_factory=list, max_length=20)
    openclaw: OpenClaw = OpenClaw()
    policy: Policy = Policy()
    pace: Pace = Pace()
    execution: Execution = Execution()
    audit: Audit = Audit()
    rotations: list[Rotation] = Field(default_factory=list, max_length=200)
    traces: TracesTo = TracesTo()
    own_units: list[Literal["proxy", "openclaw"]] = Field(default_factory=list)
    """Parts that systemd starts as units of their own (``deploy/tenant``), so that ``run`` does not."""

    @property
    def is_practice_model(self) -> bool:
        return not self.model.url


class BadSettings(SystemExit):
    """Stops the start; names the file, the setting and the remedy, never a value."""


def load_settings(home: TenantHome) -> TenantSettings:
    """
    The settings of the tenant in this home.

    Raises:
        BadSettings: The file is missing or something in it is wrong.
    """
    return load_settings_file(home.settings_file)


def load_settings_file(path: Path) -> TenantSettings:
    """The settings in this file; raises BadSettings."""
    try:
        with path.open("rb") as file:
            return TenantSettings.model_validate(tomllib.load(file))
    except FileNotFoundError:
        raise BadSettings(f"{path} does not exist. Run `python -m tenant_daemon enrol` first.") from None
    except tomllib.TOMLDecodeError as exc:
        raise BadSettings(f"{path} is not valid TOML: {exc}") from None
    except ValidationError as exc:
        problems = "\n".join(
            f"  {'.'.join(map(str, problem['loc']))}: {problem['msg']}"
            for problem in exc.errors(include_input=False, include_url=False)
        )
        raise BadSettings(f"{path} cannot be used:\n{problems}") from None
