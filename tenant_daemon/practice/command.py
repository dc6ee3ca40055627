"""``python -m tenant_daemon practice``: the practice model as a process."""

import argparse
from typing import Any

import uvicorn

from tenant_daemon.home import TenantHome
from tenant_daemon.practice.pacing import RATE_VARIABLE, TRACE_VARIABLE, Pace
from tenant_daemon.practice.server import PracticeServer
from tenant_daemon.practice.site import PracticeSite
from tenant_daemon.settings import load_settings


def add_parser(subparsers: Any) -> None:
    """Add ``practice``."""
    parser = subparsers.add_parser(
        "practice",
        help="the practice model: answers where no language model is connected",
        description=(
            "Speaks the OpenAI format on the loopback address, understands a handful of requests and "
            "acts through the same tool calls as a real model. "
            f"{RATE_VARIABLE} sets its pace, {TRACE_VARIABLE} a file for the times of its tokens."
        ),
    )
    parser.add_argument(
        "--port",
        type=int,
        help="listen here, without a tenant's home: the practice website then forgets its posts at the end",
    )


def run(args: argparse.Namespace) -> int:
    """Serve until a signal ends it."""
    if args.port:
        port, site = args.port, PracticeSite()
    else:
        home = TenantHome(args.home)
        port, site = load_settings(home).ports.practice, PracticeSite(home.root / "practice-site.json")
    config = uvicorn.Config(
        PracticeServer(port, site, Pace.from_environment()).app(),
        host="127.0.0.1",
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        # Longer than whoever asks keeps a connection: a request must not meet its closing.
        timeout_keep_alive=75,
    )
    server = uvicorn.Server(config)
    server.run()
    return 0 if server.started else 1
