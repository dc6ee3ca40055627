"""``python -m tenant_daemon run``."""

import argparse
import asyncio
from pathlib import Path
from typing import Any

from tenant_daemon.daemon import Daemon
from tenant_daemon.execution.call_groups import settle_in
from tenant_daemon.feed.opening import open_feed
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.canary_alarm import CanaryAlarm
from tenant_daemon.hub_client.distress import tell_plight
from tenant_daemon.hub_client.enrolment import EnrolmentFailed, follow_hub, read_enrolment
from tenant_daemon.kit.pid_file import AlreadyRunning, hold_pid_file
from tenant_daemon.kit.signals import until_signal
from tenant_daemon.kit.terminal import complain
from tenant_daemon.kit.users import UnknownUser
from tenant_daemon.redaction import LiveRedactor
from tenant_daemon.redaction.process_logging import configure_logging
from tenant_daemon.settings import load_settings
from tenant_daemon.vault import Vault


def add_parser(subparsers: Any) -> None:
    """Add ``run``."""
    parser = subparsers.add_parser(
        "run",
        help="start and supervise every part of this server",
        description=(
            "Starts proxy, wrapper, link, OpenClaw and, where no model is set, the practice model; starts "
            "each again when it ends. SIGTERM and Ctrl-C stop all of them within ten seconds; SIGHUP has "
            "OpenClaw's configuration looked at again. Logs are in the home's logs folder."
        ),
    )
    parser.add_argument("--link-url", default="", help="where the hub's link is, if it moved since enrolment")
    parser.add_argument("--feed", type=Path, help="the socket for the proxy, where it cannot reach the home")
    parser.add_argument(
        "--proxy-user", default="", metavar="NAME", help="as whom the proxy runs, if not as this user"
    )


def run(args: argparse.Namespace) -> int:
    """Supervise until a signal ends it; 1 when it cannot be started."""
    home = TenantHome(args.home.absolute())
    settings = load_settings(home)
    home.create()
    try:
        read_enrolment(home)
        with hold_pid_file(home.pid_file):
            if args.link_url:
                follow_hub(home, args.link_url)
            vault = Vault.open(home)
            redactor = LiveRedactor(vault, CanaryAlarm(home, vault).at("log"))
            configure_logging(redactor)
            settle_in()
            # Both concern a proxy that has a unit of its own; one that we start has our user and our home.
            is_own_unit = "proxy" in settings.own_units
            user, path = (args.proxy_user, args.feed) if is_own_unit else ("", None)
            with open_feed(home, settings, vault, proxy_user=user, socket_path=path) as feed:
                daemon = Daemon(home, settings, lambda text: redactor.current().redact(text), feed.look)
                asyncio.run(until_signal(daemon.run()))
    except (EnrolmentFailed, AlreadyRunning, UnknownUser) as exc:
        complain(str(exc))
        return 1
    except Exception as exc:
        if not tell_plight(home, exc):
            raise
        return 1
    return 0
