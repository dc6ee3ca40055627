"""
Which package may import which, and why.

Read from the source with ``ast``, so that an import inside a function counts as well.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

LAYERS = [
    {"letsbe_app.ui", "letsbe_app.api", "letsbe_app.hub", "letsbe_app.jobs", "letsbe_app.sample"},
    {"letsbe_app.backoffice"},
    {"letsbe_app.shop"},
    {"letsbe_app.fleet", "letsbe_app.webhooks", "letsbe_app.notify"},
    {"letsbe_app.workforce"},
    {"letsbe_app.people"},
    {"letsbe_app.relay", "letsbe_app.db", "letsbe_app.kit", "letsbe_app.telemetry"},
]
"""Rooms of the hub from top to bottom; an import goes to the same row or below."""


@dataclass(frozen=True)
class Rule:
    """Modules that start with ``who`` may not import what starts with ``what``, except in ``unless``."""

    who: str
    what: str
    reason: str
    unless: tuple[str, ...] = ()


RULES = [
    Rule("tenant_daemon", "letsbe_app", "the daemon installs on a customer's server without the hub"),
    Rule("tenant_daemon", "reflex", "the daemon installs on a customer's server without Reflex"),
    Rule("tenant_daemon", "sqlmodel", "the daemon has few dependencies"),
    Rule(
        "tenant_daemon.contracts",
        "tenant_daemon",
        "the wire is standard library and pydantic only",
        unless=("tenant_daemon.contracts",),
    ),
    Rule("tenant_daemon.policy", "tenant_daemon.safety", "decisions do not know who acts on them"),
    Rule("tenant_daemon.policy", "httpx", "decisions are pure: no network"),
    Rule("tenant_daemon.redaction", "httpx", "decisions are pure: no network"),
    *(
        Rule("tenant_daemon.egress", f"tenant_daemon.{room}", "the proxy is told what it needs to know")
        for room in ("audit", "execution", "hub_client", "policy", "safety", "vault")
    ),
    Rule("letsbe_app", "alembic", "migrations are a command, not a library", unless=("letsbe_app.__main__",)),
    Rule("letsbe_app.kit", "sqlmodel", "the kit knows nothing of tables"),
]

REFLEX_ROOMS = ("letsbe_app.ui", "letsbe_app.letsbe_app", "letsbe_app.__main__")
ENDPOINTS_OF_REDIS = ("letsbe_app.relay",)


def modules() -> Iterator[tuple[str, Path]]:
    for package in ("letsbe_app", "tenant_daemon"):
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports_of(module: str, path: Path) -> Iterator[str]:
    """Dotted names that a module imports; ``from a import b`` gives ``a.b``, which may be a module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            pytest.fail(f"{module} uses a relative import; write the whole name")


@lru_cache(maxsize=1)
def all_imports() -> list[tuple[str, str]]:
    """Who imports what, in both packages."""
    return [(module, target) for module, path in modules() for target in imports_of(module, path)]


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def layer_of(name: str) -> int | None:
    return next((row for row, rooms in enumerate(LAYERS) if any(is_within(name, r) for r in rooms)), None)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.who}-not-{rule.what}")
def test_rule_holds(rule: Rule) -> None:
    broken = [
        f"{module} imports {target}"
        for module, target in all_imports()
        if is_within(module, rule.who)
        and is_within(target, rule.what)
        and not any(is_within(module, other) and rule.who != other for other in rule.unless)
        and not any(is_within(target, other) for other in rule.unless)
    ]
    assert broken == [], rule.reason


def test_the_proxy_loads_none_of_the_rooms_that_it_does_not_know() -> None:
    """By way of others neither: what its process does not have cannot be turned against the server."""
    code = "import sys, tenant_daemon.egress.command; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True
    )
    unknown = {rule.what for rule in RULES if rule.who == "tenant_daemon.egress"}
    assert [name for name in loaded.stdout.split() if any(is_within(name, room) for room in unknown)] == []


def test_imports_point_downwards() -> None:
    broken = [
        f"{module} imports {target}"
        for module, target in all_imports()
        if (own := layer_of(module)) is not None and (other := layer_of(target)) is not None and other < own
    ]
    assert broken == []


def test_hub_imports_only_the_contracts_of_the_daemon() -> None:
    broken = [
        f"{module} imports {target}"
        for module, target in all_imports()
        if is_within(module, "letsbe_app")
        and is_within(target, "tenant_daemon")
        and not is_within(target, "tenant_daemon.contracts")
    ]
    assert broken == []


def test_only_the_ui_knows_reflex() -> None:
    broken = [
        f"{module} imports {target}"
        for module, target in all_imports()
        if (is_within(target, "reflex") or is_within(target, "reflex_base"))
        and not any(is_within(module, room) for room in REFLEX_ROOMS)
    ]
    assert broken == []


def test_only_the_relay_talks_to_redis() -> None:
    broken = [
        f"{module} imports {target}"
        for module, target in all_imports()
        if is_within(module, "letsbe_app")
        and is_within(target, "redis")
        and not any(is_within(module, room) for room in ENDPOINTS_OF_REDIS)
    ]
    assert broken == []


def test_a_domain_does_not_reach_into_anothers_repository() -> None:
    broken = [
        f"{module} imports {target}"
        for module, target in all_imports()
        if is_within(module, "letsbe_app")
        and (domain := _domain_of_repository(target))
        and not is_within(module, domain)
    ]
    assert broken == []


def _domain_of_repository(target: str) -> str | None:
    head, found, _rest = target.partition(".repository")
    return head if found and head.startswith("letsbe_app.") else None
