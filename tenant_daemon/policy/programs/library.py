"""The profiles of all programs, read from ``rules/*.toml`` once."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.programs.profile import (
    ArgumentPlan,
    BadRule,
    Profile,
    Style,
    compile_flags,
    compile_plan,
)

RULES_DIR: Final = Path(__file__).parent.parent / "rules"
REST_KINDS: Final = frozenset(
    {
        "command",
        "envcommand",
        "xargs",
        "container",
        "remote",
        "shellargs",
        "phpscript",
        "incontainer",
        "any...",
        "millerchain",
        "perlcode",
        "office",
        "pdftk",
        "ghostscript",
        "sevenunpack",
    }
)
_KEYS: Final = frozenset(
    {
        "says", "tier", "version",
        "risk", "external", "unknown", "style", "numeric", "flags", "args", "args_if", "needs",
        "sub", "shares", "env", "dry", "dry_args", "skip", "spelled", "secrets", "network", "local", "server",
        "review", "match", "not_match", "why",
    }
)  # fmt: skip


@lru_cache(maxsize=1)
def load_library() -> dict[str, Profile]:
    """
    Every profile by program name.

    Raises:
        BadRule: A rule file is malformed. Nothing is classified then.
    """
    library: dict[str, Profile] = {}
    for path in sorted(RULES_DIR.glob("*.toml")):
        with path.open("rb") as file:
            tables = tomllib.load(file)
        for key, table in tables.items():
            for name in key.split("|"):
                if name in library:
                    raise BadRule(f"{path.name}: {name} is described twice")
                try:
                    library[name] = _profile([name], table, {})
                except BadRule as exc:
                    raise BadRule(f"{path.name}: {name}: {exc}") from exc
    return library


def _profile(words: list[str], table: dict[str, Any], inherited: dict[str, Any]) -> Profile:
    strange = table.keys() - _KEYS
    if strange:
        raise BadRule(f"unknown keys {sorted(strange)}")
    if "says" not in table:
        raise BadRule("it does not say what it does")
    style: Style = table.get("style", "gnu")
    env = table.get("env", inherited.get("env", {}))
    shared = {
        "env": env,
        "network": table.get("network", inherited.get("network", False)),
        "local": table.get("local", inherited.get("local", False)),
        "server": table.get("server", inherited.get("server", False)),
        "secrets": table.get("secrets", inherited.get("secrets", "")),
    }
    plan = _plan(table.get("args", ""))
    return Profile(
        rule_id=".".join(words),
        command=" ".join(words),
        says=table["says"],
        tier=_tier(table.get("tier", "GREEN")),
        risk=table.get("risk", ""),
        is_external=table.get("external", False),
        is_unknown=table.get("unknown", False),
        style=style,
        is_numeric=table.get("numeric", False),
        flags=compile_flags(table.get("flags", ""), style, table.get("why", {})),
        plan=plan,
        plans_if=tuple(
            (tuple(frozenset(part.split()) for part in flags.split("&")), _plan(args))
            for flags, args in table.get("args_if", {}).items()
        ),
        dry_flags=frozenset(table.get("dry", "").split()),
        dry_plan=_plan(table["dry_args"]) if "dry_args" in table else None,
        spelled=table.get("spelled", {}),
        skipped=frozenset(table.get("skip", "").split()),
        needs_any=frozenset(table.get("needs", "").split()),
        subs=_subs(words, table.get("sub", {}), shared),
        env=tuple(env.items()),
        secret_flags=frozenset(shared["secrets"].split()),
        needs_network=shared["network"],
        needs_local=shared["local"],
        needs_server=shared["server"],
        version_flags=frozenset(table.get("version", "").split()),
        review=table.get("review", ""),
        own_words=_own_words(style, plan, has_subs="sub" in table or "shares" in table),
        matches=tuple(table.get("match", ())),
        not_matches=tuple(table.get("not_match", ())),
    )


def _own_words(style: Style, plan: ArgumentPlan, *, has_subs: bool) -> int:
    if has_subs or plan.rest is None:
        return 0 if has_subs or style == "posix" else -1
    return len(plan.front)


def _subs(words: list[str], tables: dict[str, Any], shared: dict[str, Any]) -> dict[str, Profile]:
    subs: dict[str, Profile] = {}
    for key, table in tables.items():
        for name in key.split("|"):
            if name in subs:
                raise BadRule(f"{name} is described twice")
            try:
                subs[name] = _profile([*words, name], table, shared)
            except BadRule as exc:
                raise BadRule(f"{name}: {exc}") from exc
    for key, table in tables.items():
        for name in key.split("|"):
            _share(subs, name, table.get("shares", "").split())
    return subs


def _share(subs: dict[str, Profile], name: str, shared: list[str]) -> None:
    """Let a group of sub-commands have some of its siblings: `docker container exec` is `docker exec`."""
    for one in shared:
        if one not in subs or one in subs[name].subs:
            raise BadRule(f"{name}: {one} cannot be shared")
        subs[name].subs[one] = subs[one]


def _tier(name: str) -> Tier:
    try:
        return Tier[name]
    except KeyError:
        raise BadRule(f"not a tier: {name}") from None


def _plan(text: str) -> ArgumentPlan:
    return compile_plan(text, REST_KINDS)
