"""What a request does to a business tool, by method, path and body; the rules are in ``effects.toml``."""

import html
import json
import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_plus

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.programs.profile import BadRule
from tenant_daemon.policy.verdict import Verdict
from tenant_daemon.policy.web.address import Address

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT", "SEARCH"})
_CHANGES: Final = frozenset(
    {"POST", "PUT", "PATCH", "MKCOL", "MKCALENDAR", "COPY", "MOVE", "PROPPATCH", "LOCK", "UNLOCK"}
)
_READING_WORDS: Final = re.compile(
    r"/(?:delete|remove|destroy|logout|shutdown|restart|unsubscribe|purge|reset)(?:/|$)"
)
_PATH_PARAMETER: Final = re.compile(r";[^/]*")
_ENDING: Final = re.compile(r"\.(?:json|xml|html?|php|do|action)\Z", re.IGNORECASE)
_METHOD_OVERRIDE: Final = re.compile(r"(?:^|[?&\"])(?:_method|x-http-method-override)\b", re.IGNORECASE)


class EffectRule(NamedTuple):
    """One line of ``effects.toml``."""

    rule_id: str
    methods: frozenset[str]
    path: re.Pattern[str]
    body: re.Pattern[str] | None
    not_body: re.Pattern[str] | None
    tier: Tier
    is_external: bool
    says: str
    lowers: bool
    """The call is a reading one although its method is not; only where nothing stricter matched."""

    def fits(self, method: str, path: str, body: str) -> bool:
        """Whether this rule speaks about the call."""
        return (
            method in self.methods
            and self.path.search(path) is not None
            and (self.body is None or self.body.search(body) is not None)
            and (self.not_body is None or self.not_body.search(body) is None)
        )


@lru_cache(maxsize=1)
def load_effects() -> tuple[EffectRule, ...]:
    """
    The rules, each tried on its own examples.

    Raises:
        BadRule: A rule is malformed or does not match what it says.
    """
    with (Path(__file__).parent / "effects.toml").open("rb") as file:
        tables = tomllib.load(file)["rule"]
    return tuple(_rule(table) for table in tables)


def _rule(table: dict[str, Any]) -> EffectRule:
    rule = EffectRule(
        rule_id=f"http.{table['id']}",
        methods=frozenset(table["methods"].split()),
        path=re.compile(table["path"], re.IGNORECASE),
        body=re.compile(table["body"], re.IGNORECASE) if "body" in table else None,
        not_body=re.compile(table["not_body"], re.IGNORECASE) if "not_body" in table else None,
        tier=Tier[table.get("tier", "YELLOW")],
        is_external=table.get("external", False),
        says=table["says"],
        lowers=table.get("lowers", False),
    )
    for wanted, examples in ((True, table["match"]), (False, table["not_match"])):
        for example in examples:
            method, path, *body = example.split(" ", 2)
            if rule.fits(method, path, body[0] if body else "") is not wanted:
                raise BadRule(f"{rule.rule_id}: {example!r} should {'' if wanted else 'not '}match")
    return rule


def judge_effect(verdict: Verdict, method: str, address: Address, body: str) -> None:
    """Note what the request does. A body that could be read in several ways counts in each of them."""
    path = _plain_path(address)
    texts = body_readings(body)
    if not texts:
        verdict.note(
            Tier.RED, "http.body", "The content looks like JSON, and is none that can be read.", unknown=True
        )
        texts = [body]
    rules = load_effects()
    for rule in rules:
        if not rule.lowers and any(rule.fits(method, path, text) for text in texts):
            verdict.note(rule.tier, rule.rule_id, rule.says, external=rule.is_external)
    if any(_METHOD_OVERRIDE.search(f"{address.query}&{text}") is not None for text in texts):
        verdict.note(
            Tier.RED, "http.method-override", "Asks the tool to treat it as another kind of request."
        )
    is_lowered = any(rule.lowers and all(rule.fits(method, path, text) for text in texts) for rule in rules)
    _judge_method(verdict, method, address, is_lowered=is_lowered)


def _plain_path(address: Address) -> str:
    """Path and query as a tool would read them: decoded, without parameters, endings and doubled slashes."""
    path = _PATH_PARAMETER.sub("", address.path)
    path = _ENDING.sub("", re.sub(r"/{2,}", "/", path).rstrip())
    return path + unquote_plus(address.query)


def _judge_method(verdict: Verdict, method: str, address: Address, *, is_lowered: bool) -> None:
    host = address.host
    if method in _READS or (is_lowered and method == "POST"):
        is_odd = _READING_WORDS.search(address.path) is not None
        verdict.note(
            Tier.RED if is_odd else Tier.GREEN,
            "http.read-with-effect" if is_odd else "http.read",
            f"Calls {address.path} on {host}, which sounds like a change."
            if is_odd
            else f"Reads from {host}.",
        )
    elif method in _CHANGES:
        verdict.note(Tier.YELLOW, "http.change", f"Changes something in {host}.")
    elif method == "DELETE":
        verdict.note(
            Tier.RED,
            "http.delete",
            f"Deletes something in {host}.",
            risk="What is deleted cannot be brought back.",
        )
    else:
        verdict.note(Tier.RED, "http.method", f"The method {method[:20]} is not known here.", unknown=True)


def body_readings(body: str) -> list[str]:
    r"""
    The ways in which a tool may read a body.

    JSON in one spelling, so that ``\u0065mail`` reads as ``email``, and with the first as well as the last of
    two equal keys; a form also decoded, XML also with its character references resolved. None when it begins
    like JSON and is none.
    """
    start = body.lstrip("\ufeff \t\r\n")
    if start[:1] in ("{", "["):
        try:
            last = json.loads(start)
            first = json.loads(start, object_pairs_hook=_first_of_each)
        except (ValueError, RecursionError):
            return []
        return list(dict.fromkeys(map(_one_spelling, (last, first))))
    readings = [body, unquote_plus(body)] if "%" in body or "+" in body else [body]
    return [*readings, html.unescape(body)] if "&#" in body else readings


def _first_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(reversed(pairs))


def _one_spelling(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
