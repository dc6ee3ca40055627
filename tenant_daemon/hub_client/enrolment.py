"""
A fresh server trades its one-time token for a place at the hub.

The order is such that it can be repeated after a failure anywhere: keys and the vault first, then the hub,
then the API key, and last the file that says that this home is enrolled.
"""

import base64
import json
from dataclasses import dataclass, field
from typing import Final

import httpx
import structlog
from nacl.public import PrivateKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tenant_daemon import __version__
from tenant_daemon.contracts.enrolment import EnrolmentGranted, EnrolmentRequest
from tenant_daemon.contracts.version import PROTOCOL_VERSION
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.settings_file import write_settings
from tenant_daemon.kit.private_file import write_private
from tenant_daemon.local_tokens import LOCAL_TOKENS, local_token
from tenant_daemon.openclaw.environment import OPENCLAW_VERSION
from tenant_daemon.settings import HUB_KEY_SECRET, UPSTREAM_KEY_SECRET, TenantSettings
from tenant_daemon.vault import Vault

REGISTER_PATH: Final = "/api/v1/tenant/register"
_TIMEOUT_SECONDS: Final = 30.0
_JSON: Final = {"Content-Type": "application/json"}
_ACTOR: Final = "daemon:enrol"

log = structlog.get_logger()


class EnrolmentFailed(Exception):
    """It did not work; says what to do, never a secret."""


class Enrolled(BaseModel):
    """``enrolment.json``."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    tenant_id: str
    link_url: str = Field(pattern=r"^wss?://")


@dataclass(frozen=True)
class Secrets:
    """What must not be in a file or an argument."""

    token: str = field(repr=False)
    model_key: str = field(default="", repr=False)


def enrol(home: TenantHome, settings: TenantSettings, secrets: Secrets) -> Enrolled:
    """
    Enrol this home at the hub of its settings.

    Raises:
        EnrolmentFailed: The hub refused or cannot be reached; nothing that counts was left behind.
    """
    home.create()
    for name in LOCAL_TOKENS:
        local_token(home, name)
    vault = Vault.open(home)
    try:
        granted = _register(settings.hub_url, secrets.token, sealing_public_key(home))
        vault.put(HUB_KEY_SECRET, granted.api_key, actor=_ACTOR, note="given by the hub at enrolment")
        if secrets.model_key:
            vault.put(UPSTREAM_KEY_SECRET, secrets.model_key, actor=_ACTOR, note="key of the model")
    finally:
        vault.close()
    write_settings(home, settings)
    enrolled = Enrolled(tenant_id=granted.tenant_id, link_url=granted.link_url)
    write_private(home.enrolment_file, enrolled.model_dump_json(indent=1))
    log.info("enrolment.done", tenant_id=enrolled.tenant_id)
    return enrolled


def read_enrolment(home: TenantHome) -> Enrolled:
    """
    What the hub granted.

    Raises:
        EnrolmentFailed: This home is not enrolled.
    """
    try:
        return Enrolled.model_validate_json(home.enrolment_file.read_bytes())
    except FileNotFoundError:
        raise EnrolmentFailed(f"{home.root} is not enrolled. Run `python -m tenant_daemon enrol`.") from None
    except ValidationError:
        raise EnrolmentFailed(f"{home.enrolment_file} is damaged. Enrol again.") from None


def follow_hub(home: TenantHome, link_url: str) -> None:
    """
    Remember that the hub has moved to another address. What the server is there stays as it is.

    Raises:
        EnrolmentFailed: This home is not enrolled, or the address is none of a link.
    """
    enrolled = read_enrolment(home)
    if enrolled.link_url == link_url:
        return
    try:
        moved = Enrolled(tenant_id=enrolled.tenant_id, link_url=link_url)
    except ValidationError:
        raise EnrolmentFailed(f"--link-url must begin with ws:// or wss://, not {link_url}") from None
    write_private(home.enrolment_file, moved.model_dump_json(indent=1))
    log.info("enrolment.hub_moved", tenant_id=moved.tenant_id)


def sealing_public_key(home: TenantHome) -> str:
    """The X25519 key, base64, that browsers seal secrets to; its private half is made when missing."""
    path = home.keys_dir / "sealing.key"
    if not path.exists():
        write_private(path, base64.b64encode(bytes(PrivateKey.generate())).decode())
    private = PrivateKey(base64.b64decode(path.read_text("ascii")))
    return base64.b64encode(bytes(private.public_key)).decode()


def _register(hub_url: str, token: str, public_key: str) -> EnrolmentGranted:
    try:
        request = EnrolmentRequest(
            token=token,
            daemon_version=__version__,
            openclaw_version=OPENCLAW_VERSION,
            protocol_version=PROTOCOL_VERSION,
            sealing_public_key=public_key,
        )
    except ValidationError:
        raise EnrolmentFailed("The token is not one of the hub's: it has 20 to 200 characters.") from None
    url = hub_url.rstrip("/") + REGISTER_PATH
    try:
        answer = httpx.post(
            url, content=request.model_dump_json(), headers=_JSON, timeout=_TIMEOUT_SECONDS, trust_env=False
        )
    except httpx.HTTPError as exc:
        raise EnrolmentFailed(f"The hub at {hub_url} cannot be reached ({type(exc).__name__}).") from None
    return _granted(answer)


def _granted(answer: httpx.Response) -> EnrolmentGranted:
    try:
        content = json.loads(answer.content)
        if answer.is_success and content["success"] is True:
            return EnrolmentGranted.model_validate(content["data"])
        message = str(content["error"]["message"])[:300]
    except (ValueError, KeyError, TypeError, RecursionError):
        # The cause would print the answer, which may hold the key.
        message = f"its answer ({answer.status_code}) is not one of a hub"
    raise EnrolmentFailed(f"The hub did not enrol this server: {message}")
