"""``python -m tenant_daemon status``."""

import argparse
import asyncio
import json
from typing import Any

from tenant_daemon.contracts.health import Heartbeat
from tenant_daemon.diagnosis import counted, typed
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.local_door import LinkAway, read_status
from tenant_daemon.hub_client.proxy_client import read_budgets
from tenant_daemon.kit.pid_file import running_pid
from tenant_daemon.kit.terminal import complain, say, table
from tenant_daemon.local_tokens import local_token
from tenant_daemon.settings import load_settings


def add_parser(subparsers: Any) -> None:
    """Add ``status``."""
    parser = subparsers.add_parser(
        "status",
        help="show how the parts of this server are",
        description="Asks the running link. Exit code: 0 agents can work, 3 they cannot yet, 1 nothing runs.",
    )
    parser.add_argument("--json", action="store_true", help="the answer as JSON")


def run(args: argparse.Namespace) -> int:
    """Print the state of every part."""
    home = TenantHome(args.home.absolute())
    try:
        status = asyncio.run(read_status(home))
    except LinkAway as exc:
        pid = running_pid(home.pid_file)
        away = f"The daemon does not run. Start it: {typed(home, 'run')}"
        complain(f"The daemon runs (process {pid}), but {exc}." if pid else away)
        return 1
    port = load_settings(home).ports.proxy
    status["budgets"] = asyncio.run(read_budgets(port, local_token(home, "proxy")))
    say(json.dumps(status, indent=1) if args.json else describe(status))
    return 0 if status.get("is_ready") else 3


def describe(status: dict[str, Any]) -> str:
    """The status as a table for people."""
    hub = "connected" if status.get("is_online") else f"away: {status.get('problem') or 'connecting'}"
    rows = [["hub", _mark(status.get("is_online")), hub]]
    if status.get("health"):
        health = Heartbeat.model_validate(status["health"])
        rows += [
            [part.name, _mark(part.is_healthy), part.detail or _state(part.is_healthy)]
            for part in health.components
        ]
        version = health.config_version
        rows += [
            ["config", _mark(version), f"version {version}" if version else "none came from the hub yet"],
            ["outbox", "ok", _outbox(health.outbox_depth)],
            ["audit", "ok", counted(health.audit_count, "entry")],
        ]
    rows += [["budget", _mark(one["is_left"]), one["text"]] for one in status.get("budgets", [])]
    return f"{table(rows)}\n\n{_conclusion(status)}"


def _mark(is_right: object) -> str:
    return "ok" if is_right else "--"


def _state(is_healthy: bool) -> str:
    return "healthy" if is_healthy else "not ready"


def _outbox(depth: int) -> str:
    return f"{counted(depth, 'message')} still to be sent to the hub" if depth else "empty"


def _conclusion(status: dict[str, Any]) -> str:
    if not status.get("is_ready"):
        return "Agents cannot work yet. What they are asked is kept and done as soon as they can."
    if status.get("stopped"):
        return f"Agents could work, but {status['stopped']}."
    return "Agents can work."
