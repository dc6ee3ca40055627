"""``python -m tenant_daemon enrol``."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.enrolment import EnrolmentFailed, Secrets, enrol
from tenant_daemon.kit.terminal import complain, say
from tenant_daemon.settings import Model, OpenClaw, Ports, TenantSettings, TracesTo
from tenant_daemon.vault import VaultLocked

_DESCRIPTION: Final = """\
Trade a one-time token for a place at the hub, and prepare this home.

Reads one JSON object from standard input, so that no secret is ever an argument:
  {"hub_url": "https://hub.example", "token": "...", "tenant_name": "...", "model_key": "..."}
model_key is optional. Can be repeated: a failure leaves nothing that counts as enrolled."""


class _Input(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    hub_url: str = Field(pattern=r"^https?://")
    token: SecretStr
    tenant_name: str = Field(min_length=1, max_length=63)
    model_key: SecretStr = SecretStr("")


def add_parser(subparsers: Any) -> None:
    """Add ``enrol``."""
    parser = subparsers.add_parser(
        "enrol",
        help="trade a one-time token for a place at the hub",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    defaults, openclaw = Ports(), OpenClaw()
    for name in Ports.model_fields:
        parser.add_argument(f"--{name}-port", type=int, default=getattr(defaults, name), metavar="PORT")
    parser.add_argument("--model-url", default="", help="OpenAI-compatible address; empty: practice model")
    parser.add_argument("--model-name", default="", help="model to ask for there")
    parser.add_argument("--traces-url", default="", help="OTLP/HTTP collector of traces; empty: none")
    parser.add_argument("--openclaw-dir", type=Path, default=openclaw.package_dir, help="OpenClaw's package")
    parser.add_argument("--node", type=Path, default=openclaw.node, help="the node program that runs it")


def run(args: argparse.Namespace) -> int:
    """Enrol; 0 when this home is enrolled, 2 for wrong input, 1 when the hub did not take it."""
    try:
        given = _Input.model_validate(json.loads(sys.stdin.buffer.read(65_536)))
        settings = _settings(args, given)
    except ValidationError as exc:
        problems = exc.errors(include_input=False, include_url=False, include_context=False)
        for problem in problems:
            complain(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}")
        return 2
    except ValueError:
        complain("standard input must hold one JSON object; see --help")
        return 2
    secrets = Secrets(given.token.get_secret_value(), given.model_key.get_secret_value())
    try:
        enrolled = enrol(TenantHome(args.home), settings, secrets)
    except (EnrolmentFailed, VaultLocked) as exc:
        complain(str(exc))
        return 1
    say(f"Enrolled as {enrolled.tenant_id}.")
    return 0


def _settings(args: argparse.Namespace, given: _Input) -> TenantSettings:
    return TenantSettings(
        tenant_name=given.tenant_name,
        hub_url=given.hub_url,
        ports=Ports(**{name: getattr(args, f"{name}_port") for name in Ports.model_fields}),
        model=Model(url=args.model_url, name=args.model_name or Model().name),
        traces=TracesTo(otlp_url=args.traces_url),
        openclaw=OpenClaw(package_dir=args.openclaw_dir.absolute(), node=args.node.absolute()),
    )
