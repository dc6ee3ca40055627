"""Checks of a tenant's server, each with the remedy in plain words."""

import asyncio
import json
import shutil
import socket
import stat
import subprocess
from collections.abc import Iterator
from typing import Final

import httpx

from tenant_daemon.audit import AuditTrail
from tenant_daemon.diagnosis import Finding, Weak, Wrong, counted, finding, typed
from tenant_daemon.doctor_guards import check_closed, check_policy, check_redaction, check_sandbox
from tenant_daemon.doctor_proxy import check_proxy
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.applied_config import AppliedConfig, stopped_by_owner
from tenant_daemon.hub_client.enrolment import read_enrolment
from tenant_daemon.hub_client.local_door import LinkAway, read_status
from tenant_daemon.kit.pid_file import running_pid
from tenant_daemon.openclaw.environment import OPENCLAW_VERSION
from tenant_daemon.settings import HUB_KEY_SECRET, TenantSettings, load_settings
from tenant_daemon.vault import Vault

_TIMEOUT_SECONDS: Final = 10.0
_LEAST_FREE_BYTES: Final = 1_000_000_000


def examine(home: TenantHome) -> Iterator[Finding]:
    """Do every check, in the order in which to repair."""
    settings: list[TenantSettings] = []

    def check_settings() -> str:
        settings.append(load_settings(home))
        return str(home.settings_file)

    yield finding("settings", check_settings)
    yield finding("home", lambda: _home_is_private(home))
    yield finding("enrolment", lambda: read_enrolment(home).tenant_id)
    yield finding("vault", lambda: _vault_opens(home))
    yield finding("audit", lambda: _audit_is_intact(home))
    yield finding("disk", lambda: _disk_has_room(home))
    yield finding("policy", check_policy)
    yield finding("redaction", check_redaction)
    user = settings[0].execution.user if settings else ""
    yield finding("sandbox", lambda: check_sandbox(user, running_pid(home.pid_file)))
    yield finding("closed", check_closed)
    if settings:
        yield finding("proxy", lambda: check_proxy(home, settings[0]))
        yield finding("node", lambda: _node_runs(settings[0]))
        yield finding("openclaw", lambda: _openclaw_is_pinned(settings[0]))
        yield finding("model", lambda: _model_is_set(settings[0]))
        yield finding("hub", lambda: _hub_answers(settings[0]))
        yield finding("ports", lambda: _ports_are_usable(home, settings[0]))
    yield finding("config", lambda: _config_is_there(home))
    yield finding("daemon", lambda: _daemon_is_ready(home))


def _home_is_private(home: TenantHome) -> str:
    # The group of the user that commands run as may go through the home, no more (execution/identity.py).
    for folder, closed in ((home.root, 0o067), (home.keys_dir, 0o077)):
        if stat.S_IMODE(folder.stat().st_mode) & closed:
            raise Wrong(f"{folder} can be read by others: chmod 700 {folder}")
    return str(home.root)


def _vault_opens(home: TenantHome) -> str:
    if not home.vault_db.exists():
        raise Wrong(f"there is none yet, enrol first: {typed(home, 'enrol')}")
    vault = Vault.open(home)
    try:
        names = {info.name for info in vault.list()}
    finally:
        vault.close()
    if HUB_KEY_SECRET not in names:
        raise Wrong(f"the hub's key is missing, enrol again: {typed(home, 'enrol')}")
    return counted(len(names), "secret")


def _audit_is_intact(home: TenantHome) -> str:
    found = AuditTrail.open(home).verify()
    if not found.is_intact:
        raise Wrong(
            f"broken at entry {found.first_broken} ({found.problem}); nothing runs until somebody has looked "
            "into what changed it"
        )
    return f"{counted(found.count, 'entry')}, unbroken"


def _disk_has_room(home: TenantHome) -> str:
    free = shutil.disk_usage(home.root).free
    if free < _LEAST_FREE_BYTES:
        raise Wrong(f"only {free // 1_000_000} MB are free, at least 1000 MB are needed: make room")
    return f"{free // 1_000_000} MB free"


def _node_runs(settings: TenantSettings) -> str:
    node = settings.openclaw.node
    try:
        with node.open("rb") as file:
            is_program = file.read(4) == b"\x7fELF"
        answer = subprocess.run(  # noqa: S603 - the program is named in our own settings
            [node, "--version"], capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as exc:
        raise Wrong(f"{node} does not run: install node there or set openclaw.node") from exc
    if not is_program:
        # A script would start the real node as its child, which then outlives everything that watches it.
        raise Wrong(f"{node} is a script: set openclaw.node to the program that it starts")
    return answer.stdout.strip()


def _openclaw_is_pinned(settings: TenantSettings) -> str:
    manifest = settings.openclaw.package_dir / "package.json"
    try:
        version = json.loads(manifest.read_text("utf-8"))["version"]
    except (OSError, ValueError, KeyError) as exc:
        raise Wrong(f"{manifest} cannot be read: install openclaw@{OPENCLAW_VERSION} there") from exc
    if version != OPENCLAW_VERSION:
        raise Wrong(f"version {version} is installed, this daemon is made for {OPENCLAW_VERSION}")
    return str(version)


def _model_is_set(settings: TenantSettings) -> str:
    if settings.is_practice_model:
        raise Weak("none is set, so agents answer by the practice model, which knows a handful of requests")
    return settings.model.url


def _hub_answers(settings: TenantSettings) -> str:
    try:
        answer = httpx.get(f"{settings.hub_url}/healthz", timeout=_TIMEOUT_SECONDS, trust_env=False)
    except httpx.HTTPError as exc:
        problem = f"{settings.hub_url} cannot be reached ({type(exc).__name__})"
        raise Wrong(f"{problem}: is this server online? Meanwhile the rules held here stay in force") from exc
    if not answer.is_success:
        raise Wrong(f"{settings.hub_url} answered {answer.status_code}: try again in a few minutes")
    return settings.hub_url


def _ports_are_usable(home: TenantHome, settings: TenantSettings) -> str:
    ports = settings.ports.model_dump()
    if running_pid(home.pid_file) is not None:
        return "in use by this daemon"
    taken = [f"{name} ({port})" for name, port in ports.items() if _is_taken(port)]
    if taken:
        raise Wrong(f"taken by another program: {', '.join(taken)}; change [ports] in {home.settings_file}")
    return ", ".join(str(port) for port in ports.values())


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _config_is_there(home: TenantHome) -> str:
    config = AppliedConfig(home.config_file).current
    if config is None:
        raise Wrong("none came from the hub yet: it comes by itself once daemon and hub are right")
    stopped = stopped_by_owner(config)
    if stopped:
        raise Weak(f"version {config.version}; {stopped}")
    return f"version {config.version}, {counted(len(config.agents), 'agent')}"


def _daemon_is_ready(home: TenantHome) -> str:
    pid = running_pid(home.pid_file)
    if pid is None:
        raise Wrong(f"does not run, start it: {typed(home, 'run')}")
    try:
        status = asyncio.run(read_status(home))
    except LinkAway as exc:
        raise Wrong(f"process {pid} runs, but {exc}; see {home.logs_dir / 'link.log'}") from exc
    if not status.get("is_ready"):
        raise Wrong(f"agents cannot work yet, see which part is not ready: {typed(home, 'status')}")
    return f"process {pid}, agents can work"
