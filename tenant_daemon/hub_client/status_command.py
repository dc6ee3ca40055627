"""``python -m tenant_daemon status``."""

import argparse
import asyncio
import json
from typing import Any

from tenant_daemon.contracts.health import Heartbeat
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.local_door import LinkAway, read_status
from tenant_daemon.kit.pid_file import running_pid
from tenant_daemon.kit.terminal import complain, say, table


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
    home = TenantHome(args.home)
    try:
        status = asyncio.run(read_status(home))
    except LinkAway as exc:
        pid = running_pid(home.pid_file)
        complain(f"The daemon runs (process {pid}), but {exc}." if pid else "The daemon does not run.")
        return 1
    say(json.dumps(status, indent=1) if args.json else describe(status))
    return 0 if status.get("is_ready") else 3


def describe(status: dict[str, Any]) -> str:
    """The status as a table for people."""
    hub = "connected" if status.get("is_online") else f"away: {status.get('problem') or 'connecting'}"
    rows = [["hub", "ok" if status.get("is_online") else "--", hub]]
    if status.get("health"):
        health = Heartbeat.model_validate(status["health"])
        rows += [
            [part.name, "ok" if part.is_healthy else "--", part.detail or "healthy"]
            for part in health.components
        ]
        rows.append(["config", "ok" if health.config_version else "--", f"version {health.config_version}"])
        rows.append(["outbox", "ok", f"{health.outbox_depth} messages wait for the hub"])
        rows.append(["audit", "ok", f"{health.audit_count} entries"])
    answer = "Agents can work." if status.get("is_ready") else "Agents cannot work yet; messages wait."
    return f"{table(rows)}\n{answer}"
