"""Checks of what stands between the agents and the server: classifier, redaction, sandbox."""

import os
import secrets

from tenant_daemon.diagnosis import Weak, Wrong
from tenant_daemon.execution.call_groups import CallGroups, base_of
from tenant_daemon.execution.hidden_arguments import hides_processes
from tenant_daemon.execution.identity import NoSuchUser, identity_of
from tenant_daemon.execution.network import network_flags
from tenant_daemon.execution.sandbox import SCOPED_SINCE, landlock_version
from tenant_daemon.policy.programs.examples import check_examples
from tenant_daemon.policy.programs.library import load_library
from tenant_daemon.redaction import KnownSecret, Redactor
from tenant_daemon.redaction.engines import HyperscanLiterals
from tenant_daemon.redaction.ruleset import load_rules

_REINSTALL = "install the daemon again"


def check_policy() -> str:
    """The rules load and judge their own examples as they say."""
    try:
        check_examples()
    except ValueError as exc:
        raise Wrong(f"the rules for commands are damaged, {_REINSTALL}: {exc}") from exc
    return f"{len(load_library())} programs known"


def check_redaction() -> str:
    """A secret made up for the purpose is taken out of a text."""
    secret = secrets.token_urlsafe(18)
    try:
        clean = Redactor([KnownSecret("probe", secret)]).redact(f"user x, secret {secret}.")
        rules = len(load_rules())
    except Exception as exc:
        raise Wrong(f"does not work, {_REINSTALL}: {exc or type(exc).__name__}") from exc
    if secret in clean:
        raise Wrong(f"a secret was not taken out of a text, {_REINSTALL}")
    engine = HyperscanLiterals.__name__.removesuffix("Literals").lower()
    return f"{engine}, {rules} patterns; a made-up secret was taken out"


def check_closed() -> str:
    """What is judged when an agent asks for it, and never runs on this server."""
    return "browser scenarios and helpers (sub-agents): judged, and refused when they would run"


def check_sandbox(user: str = "", daemon: int | None = None) -> str:
    """
    What the kernel adds to the rules: which files and whether a network commands reach, as whom, how much.

    Args:
        user: Whom the settings name for commands.
        daemon: The process of a daemon that runs; only then can be told whether calls have groups.
    """
    version, flags = landlock_version(), network_flags()
    missing = []
    try:
        identity = identity_of(user)
    except NoSuchUser as exc:
        raise Wrong(f"[execution] user: {exc}") from exc
    if not version:
        missing.append(
            "this kernel has no Landlock (Linux 5.13 or newer has): commands that nobody was asked about are "
            "held back by the rules alone"
            + ("" if identity else ", and what was approved could read the daemon's own files")
        )
    if not flags:
        missing.append(
            "this kernel gives commands no network of their own: allow user namespaces "
            "(kernel.unprivileged_userns_clone = 1, kernel.apparmor_restrict_unprivileged_userns = 0)"
        )
    if os.geteuid() == 0 and identity is None:
        missing.append(
            "commands run as root: give the daemon a user of its own (User= in its unit), or commands one "
            "([execution] user in daemon.toml)"
        )
    base = base_of(daemon) if daemon is not None else None
    if daemon is not None and base is None:
        missing.append(
            "calls have no control group, so memory is bounded for each process and not for a whole call: "
            "start the daemon by its systemd unit (deploy/tenant, Delegate=)"
        )
    bounded = sorted(CallGroups(base).controllers()) if base is not None else []
    # As root, an approved program for the server keeps root's rights (docs/decisions/0023).
    but = " but an approved one for the server" if os.geteuid() == 0 else ""
    features = {
        f"Landlock {version}: no command{but} can open the daemon's own files": version,
        "no signal to its processes": version >= SCOPED_SINCE,
        "no network for what needs none": flags,
        f"a control group for each call ({', '.join(bounded) or 'without bounds'})": base is not None,
        "processes hidden from other users": hides_processes(),
    }
    in_force = ", ".join(feature for feature, is_there in features.items() if is_there)
    if missing:
        raise Weak("; ".join([*missing, *([f"in force: {in_force}"] if in_force else [])]))
    return in_force
