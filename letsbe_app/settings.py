"""
Every setting of the hub, in one place; ``.env.example`` lists the same names.

Values come from the environment, then from ``.env`` in the working directory. A wrong value stops the
start with the setting's name and what to do.
"""

import os
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1"})
_MOST_WORKERS = 4
"""That are started where nobody says how many."""


class LegalNotice(StrEnum):
    """What a shop in the European Union has to publish."""

    IMPRINT = "imprint"
    PRIVACY = "privacy"
    TERMS = "terms"


def worker_a_core() -> int:
    """How many workers suit this machine."""
    return min(os.cpu_count() or 1, _MOST_WORKERS)


class Settings(BaseSettings):
    """Settings as typed values. Field descriptions are what an operator reads."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True)

    data_dir: Path = Field(Path(".data"), alias="LETSBE_DATA_DIR", description="Folder of all local data.")
    runtime_dir: Path = Field(
        Path(".runtime"), alias="LETSBE_RUNTIME_DIR", description="Folder of installed programs (OpenClaw)."
    )
    hub_host: str = Field("127.0.0.1", alias="LETSBE_HUB_HOST", description="Address the hub listens on.")
    hub_port: int = Field(8000, alias="LETSBE_HUB_PORT", ge=1, le=65535, description="Port of the hub.")
    hub_workers: int = Field(
        0,
        alias="LETSBE_HUB_WORKERS",
        ge=0,
        le=64,
        description="Worker processes behind the port; 0: one with SQLite, else one a core and four at most.",
    )
    public_url: str = Field(
        default_factory=lambda values: f"http://localhost:{values.get('hub_port', 8000)}",
        alias="LETSBE_PUBLIC_URL",
        description="Address under which browsers and servers reach the hub; by default this machine.",
    )
    admin_url: str = Field(
        "",
        alias="LETSBE_ADMIN_URL",
        description="Address of the back office on a host of its own; empty to have it at the hub's.",
    )
    imprint_url: str = Field(
        "", alias="LETSBE_IMPRINT_URL", description="Address of your imprint, linked in the footer."
    )
    privacy_url: str = Field(
        "", alias="LETSBE_PRIVACY_URL", description="Address of your privacy notice, linked in the footer."
    )
    terms_url: str = Field(
        "", alias="LETSBE_TERMS_URL", description="Address of your terms, linked in the footer."
    )
    database_url: SecretStr = Field(
        SecretStr(""),
        alias="DATABASE_URL",
        description="postgresql://user:password@host/name; empty for SQLite in the data folder.",
    )
    redis_url: SecretStr = Field(
        SecretStr(""),
        alias="REDIS_URL",
        description="redis://, rediss:// or unix:// URL of Redis or Valkey; empty for the embedded one.",
    )
    embedded_redis_port: int = Field(
        6390, alias="LETSBE_REDIS_PORT", ge=1, le=65535, description="Port of the embedded Redis."
    )
    payment_gateway: Literal["practice"] = Field(
        "practice",
        alias="LETSBE_PAYMENT_GATEWAY",
        description="How orders are paid; with `practice` no money moves.",
    )
    server_provider: Literal["local"] = Field(
        "local", alias="LETSBE_SERVER_PROVIDER", description="Who makes customers' servers."
    )
    local_tenant_limit: int = Field(
        3, alias="LETSBE_LOCAL_TENANT_LIMIT", ge=1, le=20, description="Servers that `local` runs at most."
    )
    model_url: str = Field(
        "",
        alias="LETSBE_MODEL_URL",
        description="OpenAI-compatible address, e.g. https://openrouter.ai/api/v1; empty for practice.",
    )
    model_key: SecretStr = Field(SecretStr(""), alias="LETSBE_MODEL_KEY", description="Key of the model.")
    model_name: str = Field(
        "", alias="LETSBE_MODEL_NAME", validate_default=True, description="Model to use there, by its id."
    )
    session_days: int = Field(
        30, alias="LETSBE_SESSION_DAYS", ge=1, le=365, description="Days that a sign-in lasts."
    )
    session_idle_days: int = Field(
        14, alias="LETSBE_SESSION_IDLE_DAYS", ge=1, le=365, description="Days after which an unused one ends."
    )
    requires_second_factor: bool = Field(
        False,
        alias="LETSBE_REQUIRE_SECOND_FACTOR",
        description="Demand a second factor of every customer's people; else each customer's owner says.",
    )
    breached_passwords: str = Field(
        "",
        alias="LETSBE_BREACHED_PASSWORDS",
        description="File of stolen passwords (Have I Been Pwned, ordered by hash); empty for none.",
    )
    smtp_url: SecretStr = Field(
        SecretStr(""),
        alias="LETSBE_SMTP_URL",
        description="smtps://user:password@host for mail; empty to keep it in the data folder (practice).",
    )
    asks_for_mailed_codes: bool = Field(
        default_factory=lambda values: bool(values["smtp_url"].get_secret_value()),
        alias="LETSBE_MAILED_CODES",
        description="Mail a code to whoever signs in with a new browser and no second factor; by default "
        "where mail goes out.",
    )
    mail_from: str = Field(
        "LetsBe Biz <hello@letsbe.invalid>", alias="LETSBE_MAIL_FROM", description="Sender of mail."
    )
    allows_local_webhooks: bool = Field(
        default_factory=lambda values: _is_loopback(values.get("public_url", "")),
        alias="LETSBE_LOCAL_WEBHOOKS",
        description="Webhooks may go to this machine by plain http; by default where the hub is local.",
    )
    metrics_token: SecretStr = Field(
        SecretStr(""),
        alias="LETSBE_METRICS_TOKEN",
        description="Bearer token that opens /metrics, 16 characters or more; empty for no metrics.",
    )
    jobs_port: int = Field(
        0,
        alias="LETSBE_JOBS_PORT",
        ge=0,
        le=65535,
        description="Port for health and metrics of the jobs process; 0 for none.",
    )
    otlp_url: str = Field(
        "",
        alias="LETSBE_OTLP_URL",
        description="Where traces go by OTLP/HTTP, e.g. http://127.0.0.1:4318; empty for no traces.",
    )
    trusted_proxies: str = Field(
        "",
        alias="LETSBE_TRUSTED_PROXIES",
        description="Networks of your own proxies, with commas; only these may say who sent a request.",
    )
    key_rate: int = Field(
        60, alias="LETSBE_KEY_RATE", ge=1, le=100_000, description="Requests per minute with one API key."
    )
    session_rate: int = Field(
        600, alias="LETSBE_SESSION_RATE", ge=10, le=100_000, description="Requests per minute of one sign-in."
    )
    address_rate: int = Field(
        1_200,
        alias="LETSBE_ADDRESS_RATE",
        ge=10,
        le=1_000_000,
        description="Requests per minute of an address.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", alias="LETSBE_LOG_LEVEL", description="What is logged: debug, info, warning or error."
    )

    @field_validator(
        "public_url", "admin_url", "imprint_url", "privacy_url", "terms_url", "model_url", "otlp_url"
    )
    @classmethod
    def _is_http_address(cls, value: str, info: ValidationInfo) -> str:
        is_left_out = info.field_name != "public_url" and not value
        if not is_left_out and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @field_validator("model_name")
    @classmethod
    def _is_named_where_needed(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("model_url") and not value:
            raise ValueError("name the model to use at LETSBE_MODEL_URL")
        return value

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not value.get_secret_value().startswith("postgresql://"):
            raise ValueError("must be a postgresql:// address, or empty for SQLite in the data folder")
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url and not url.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError(
                "must be a redis://, rediss:// or unix:// address, or empty for the embedded Redis"
            )
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_smtp(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not value.get_secret_value().startswith(("smtp://", "smtps://")):
            raise ValueError("must start with smtps:// or smtp://, or be empty for the practice outbox")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        try:
            _networks(value)
        except ValueError:
            raise ValueError("must be networks such as 10.0.0.0/8,fd00::/8, or empty") from None
        return value

    @field_validator("metrics_token")
    @classmethod
    def _is_long_enough(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and len(value.get_secret_value()) < 16:
            raise ValueError("must have 16 characters or more, or be empty for no metrics")
        return value

    @property
    def keys_dir(self) -> Path:
        """0700: the hub's own keys."""
        return self.data_dir / "keys"

    @property
    def tenants_dir(self) -> Path:
        """Homes of the servers that the local provider makes."""
        return self.data_dir / "tenants"

    @property
    def mail_dir(self) -> Path:
        """Where the practice outbox keeps mail."""
        return self.data_dir / "mail"

    def allowed_origins(self) -> frozenset[str]:
        """
        Origins whose pages may change anything or open the stream.

        The public address and the back office's; on a machine of one's own also its other names, since people
        type both.
        """
        return _origins(self.public_url) | self.staff_origins()

    def staff_origins(self) -> frozenset[str]:
        """Origins whose pages may change anything on behalf of staff."""
        return _origins(self.staff_url)

    @property
    def staff_url(self) -> str:
        """Where the back office is."""
        return self.admin_url or self.public_url

    @property
    def worker_count(self) -> int:
        """
        Workers to start.

        On a machine of one's own a second one would cost seconds at each start and 140 MB, for answers that
        nobody reads; with PostgreSQL others rely on the hub, and a worker more is what crowds feel most.
        """
        if self.hub_workers:
            return self.hub_workers
        return worker_a_core() if self.database_url.get_secret_value() else 1

    @property
    def is_https(self) -> bool:
        """Whether browsers reach the hub over https, so that cookies may ask for it."""
        return self.public_url.startswith("https://")

    def trusted_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Whose ``X-Forwarded-For`` is believed."""
        return _networks(self.trusted_proxies)

    @property
    def is_practice_model(self) -> bool:
        return not self.model_url

    @property
    def cautions(self) -> list[str]:
        """What is right for trying the hub out and wrong once customers come; a sentence each."""
        told = []
        if self.allows_local_webhooks:
            told.append(
                "Webhooks and push messages may go to this machine (LETSBE_LOCAL_WEBHOOKS, or a local "
                "LETSBE_PUBLIC_URL). Set LETSBE_LOCAL_WEBHOOKS=false before customers come."
            )
        if not _is_loopback(self.public_url) and not all(map(self.legal_url, LegalNotice)):
            told.append(
                "Imprint, privacy notice or terms are not published. Set LETSBE_IMPRINT_URL, "
                "LETSBE_PRIVACY_URL and LETSBE_TERMS_URL before customers come."
            )
        return told

    def legal_url(self, notice: LegalNotice) -> str:
        """Where the operator publishes it; empty where they do not."""
        return {
            LegalNotice.IMPRINT: self.imprint_url,
            LegalNotice.PRIVACY: self.privacy_url,
            LegalNotice.TERMS: self.terms_url,
        }[notice]

    def async_database_url(self) -> str:
        """The URL for ``Database``, with the async driver named."""
        url = self.database_url.get_secret_value()
        if not url:
            return f"sqlite+aiosqlite:///{self.data_dir.resolve() / 'hub.db'}"
        return url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def is_database_a_file(self) -> bool:
        """Whether it is SQLite, and so lies on a disk of this machine."""
        return self.async_database_url().startswith("sqlite")

    def sync_database_url(self) -> str:
        """The same database for what is not asynchronous: migrations, the workflow engine."""
        return self.async_database_url().replace("sqlite+aiosqlite://", "sqlite://", 1)


def _origins(url: str) -> frozenset[str]:
    parts = urlsplit(url)
    names = {parts.hostname or ""}
    if names & _LOOPBACK_NAMES:
        names |= _LOOPBACK_NAMES
    port = f":{parts.port}" if parts.port else ""
    return frozenset(f"{parts.scheme}://{name}{port}" for name in names)


def _is_loopback(url: str) -> bool:
    return (urlsplit(url).hostname or "") in _LOOPBACK_NAMES


@lru_cache(maxsize=8)
def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


class BadSettings(SystemExit):
    """Stops the start; prints each wrong setting by name, never its value."""


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """
    The settings of this process.

    Raises:
        BadSettings: Something is wrong; its text names the settings and the remedy.
    """
    try:
        return Settings()
    except ValidationError as exc:
        lines = [
            f"  {problem['loc'][0]}: {problem['msg']}"
            for problem in exc.errors(include_input=False, include_url=False)
            # A default that could not be worked out follows from another wrong value.
            if problem["type"] != "default_factory_not_called"
        ]
        text = "\n".join(lines)
        raise BadSettings(f"These settings cannot be used:\n{text}\nSee .env.example.") from None
