"""Every setting of a tenant's daemon: ``daemon.toml`` in its home. No secret is ever in it."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tenant_daemon.home import TenantHome

UPSTREAM_KEY_SECRET = "model-upstream-key"  # noqa: S105
HUB_KEY_SECRET = "hub-api-key"  # noqa: S105
"""Names under which the vault keeps what the daemon itself needs. No agent can refer to them."""


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


class TenantSettings(_Section):
    """The whole file."""

    tenant_name: str = Field(max_length=63)
    hub_url: str = Field(pattern=r"^https?://")
    ports: Ports = Ports()
    model: Model = Model()
    openclaw: OpenClaw = OpenClaw()
    policy: Policy = Policy()

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
    path = home.settings_file
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
