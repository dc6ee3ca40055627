"""The rules of ``effects/*.toml``: read once, each tried on its own examples."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_plus

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.programs.profile import BadRule
from tenant_daemon.policy.web.bodies import Body, read_body, with_query
from tenant_daemon.policy.web.route import read_route

_FOLDER: Final = Path(__file__).parent / "effects"
_PARTS: Final = ("sending", "guests", "doors", "rights", "powers", "destroying", "keys", "reading")


class EffectRule(NamedTuple):
    """One rule."""

    rule_id: str
    methods: frozenset[str]
    path: re.Pattern[str]
    """What it says of the route: names of whole steps, verbs in them, or a pattern."""
    unless_path: re.Pattern[str] | None
    """Where the same words mean something else."""
    query: re.Pattern[str] | None
    body: re.Pattern[str] | None
    hints: tuple[str, ...]
    """Words in small letters: a body without any of them has nothing that the pattern would find."""
    unless_body: re.Pattern[str] | None
    unless_true: str
    """A key of the JSON object; where it is ``true`` in every reading the rule does not speak."""
    tier: Tier
    is_external: bool
    says: str
    risk: str
    lowers: bool
    """The call is a reading one although its method is not; only where nothing stricter matched."""

    def speaks_of(self, paths: tuple[str, ...], query: str) -> bool:
        """Whether an address is one of those that this rule is about."""
        return (
            any(self.path.search(path) is not None for path in paths)
            and (self.query is None or self.query.search(query) is not None)
            and (self.unless_path is None or all(self.unless_path.search(path) is None for path in paths))
        )

    def fits(self, body: Body) -> bool:
        """Whether what is sent to such an address makes this rule speak."""
        if self.hints and not any(map(body.text.lower().__contains__, self.hints)):
            return False
        return (
            (self.body is None or self.body.search(body.text) is not None)
            and (self.unless_body is None or not body.is_all or self.unless_body.search(body.text) is None)
            and not (self.unless_true and body.is_true(self.unless_true))
        )


@lru_cache(maxsize=1)
def load_effects() -> tuple[EffectRule, ...]:
    """
    The rules, each tried on its own examples.

    Raises:
        BadRule: A rule is malformed or does not match what it says.
    """
    tables = [
        table
        for part in _PARTS
        for table in tomllib.loads((_FOLDER / f"{part}.toml").read_text(encoding="utf-8"))["rule"]
    ]
    return tuple(_rule(table) for table in tables)


def rules_about(method: str, paths: tuple[str, ...], query: str) -> list[EffectRule]:
    """The rules that speak of this address; what is sent decides the rest."""
    every, first_look, rules = _rules_for(method)
    is_plain = not any(first_look.search(path) is not None for path in paths)
    return [rule for rule in (every if is_plain else rules) if rule.speaks_of(paths, query)]


@lru_cache(maxsize=32)
def _rules_for(method: str) -> tuple[tuple[EffectRule, ...], re.Pattern[str], tuple[EffectRule, ...]]:
    """Rules of a method about every path, one pattern for the paths of all others, and all of them."""
    rules = tuple(rule for rule in load_effects() if method in rule.methods)
    every = tuple(rule for rule in rules if rule.path.pattern in ("", "."))
    patterns = [f"(?:{rule.path.pattern})" for rule in rules if rule not in every]
    return every, re.compile("|".join(patterns) or r"(?!)", re.VERBOSE | re.IGNORECASE), rules


def _rule(table: dict[str, Any]) -> EffectRule:
    rule = EffectRule(
        rule_id=f"http.{table['id']}",
        methods=frozenset(table["methods"].split()),
        path=_where(table),
        unless_path=_pattern(table, "unless_path"),
        query=_pattern(table, "query"),
        body=_pattern(table, "body"),
        hints=tuple(table.get("hints", "").split()),
        unless_body=_pattern(table, "unless_body"),
        unless_true=table.get("unless_true", ""),
        tier=Tier[table.get("tier", "YELLOW")],
        is_external=table.get("external", False),
        says=table["says"],
        risk=table.get("risk", ""),
        lowers=table.get("lowers", False),
    )
    for wanted, examples in ((True, table["match"]), (False, table["not_match"])):
        for example in examples:
            if _fits_example(rule, example) is not wanted:
                raise BadRule(f"{rule.rule_id}: {example!r} should {'' if wanted else 'not '}match")
    return rule


def _where(table: dict[str, Any]) -> re.Pattern[str]:
    """One pattern over the route: a whole step, the last word of one, any word of one, or something else."""
    ways = []
    if "names" in table:
        ways.append(f"/(?:{_any_of(table['names'])})(?=/|\\Z)")
    if "ends" in table:
        ways.append(f"[/-](?:{_any_of(table['ends'])})(?=/|\\Z)")
    if "verbs" in table:
        ways.append(f"[/-](?:{_any_of(table['verbs'])})(?=[/-]|\\Z)")
    if "path" in table:
        ways.append(table["path"])
    return re.compile("|".join(ways), re.VERBOSE | re.IGNORECASE)


def _any_of(words: str) -> str:
    return "|".join(re.escape(word) for word in words.split())


def _pattern(table: dict[str, Any], name: str) -> re.Pattern[str] | None:
    return re.compile(table[name], re.VERBOSE | re.IGNORECASE) if name in table else None


def _fits_example(rule: EffectRule, example: str) -> bool:
    method, address, text = (*example.split(" ", 2), "")[:3]
    path, mark, query = address.partition("?")
    route = read_route(path, mark + query)
    return (
        method in rule.methods
        and rule.speaks_of(route.paths, unquote_plus(mark + query))
        and any(
            rule.fits(body)
            for body in (with_query(read_body(text), mark + query) if query else read_body(text))
        )
    )
