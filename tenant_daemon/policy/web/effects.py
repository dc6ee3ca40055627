"""What a request does to a business tool, by method, path and body; the rules are in ``effects.toml``."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_plus

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.paths.names import is_app_secret_name, is_secret_name
from tenant_daemon.policy.programs.profile import BadRule
from tenant_daemon.policy.verdict import Verdict
from tenant_daemon.policy.web.address import Address
from tenant_daemon.policy.web.bodies import Body, read_body
from tenant_daemon.policy.web.rpc import Procedure, judge_procedure

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT", "SEARCH"})
_CHANGES: Final = frozenset(
    {"POST", "PUT", "PATCH", "MKCOL", "MKCALENDAR", "COPY", "MOVE", "PROPPATCH", "LOCK", "UNLOCK"}
)
_OF_STORAGE: Final = frozenset({"MKCOL", "MKCALENDAR", "COPY", "MOVE", "PROPPATCH", "LOCK", "UNLOCK"})
_STORAGE_PATH: Final = re.compile(r"/(?:web|cal|card)?dav/|/remote\.php/|/webdav", re.IGNORECASE)
# Some tools change things on a GET; their addresses say so.
_CHANGING_PATH: Final = re.compile(
    r"/(?:delete|remove|destroy|logout|log-out|signout|shutdown|restart|unsubscribe|purge|reset|cron|wp-cron"
    r"|approve|reject|resolve|confirm|cancel|reload|update|admin-ajax|admin-post)(?:/|\Z)",
    re.IGNORECASE,
)
_CHANGING_QUERY: Final = re.compile(
    r"\.php.*[?&](?:action|do|op|task)=(?!(?:view|list|get|show|search)(?:&|\Z))"
    r"|[?&](?:action|do|cmd|op|task)=[\w.-]*"
    r"(?:delete|trash|remove|purge|reset|logout|save|create|update|add|set|send|publish|approve|accept|reject|decline|confirm|cancel|run|exec|install)",
    re.IGNORECASE,
)
_COPY: Final = re.compile(r"(?:\.(?:bak|old|orig|save|swp|\d)|~)+\Z", re.IGNORECASE)
_PATH_PARAMETER: Final = re.compile(r";[^/]*")
_ENDING: Final = re.compile(r"\.(?:json|xml|html?|php|do|action)\Z", re.IGNORECASE)
_METHOD_OVERRIDE: Final = re.compile(r"(?:^|[?&\"])(?:_method|x-http-method-override)\b", re.IGNORECASE)


class EffectRule(NamedTuple):
    """One line of ``effects.toml``."""

    rule_id: str
    methods: frozenset[str]
    path: re.Pattern[str]
    body: re.Pattern[str] | None
    unless_true: str
    """A key of the JSON object; where it is ``true`` in every reading the rule does not speak."""
    tier: Tier
    is_external: bool
    says: str
    lowers: bool
    """The call is a reading one although its method is not; only where nothing stricter matched."""

    def fits(self, method: str, path: str, body: Body) -> bool:
        """Whether this rule speaks about the call."""
        return (
            method in self.methods
            and self.path.search(path) is not None
            and (self.body is None or self.body.search(body.text) is not None)
            and not (self.unless_true and body.is_true(self.unless_true))
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
        unless_true=table.get("unless_true", ""),
        tier=Tier[table.get("tier", "YELLOW")],
        is_external=table.get("external", False),
        says=table["says"],
        lowers=table.get("lowers", False),
    )
    for wanted, examples in ((True, table["match"]), (False, table["not_match"])):
        for example in examples:
            method, path, text = (*example.split(" ", 2), "")[:3]
            if any(rule.fits(method, path, read) for read in read_body(text)) is not wanted:
                raise BadRule(f"{rule.rule_id}: {example!r} should {'' if wanted else 'not '}match")
    return rule


def judge_effect(verdict: Verdict, method: str, address: Address, body: str) -> None:
    """Note what the request does. A body that could be read in several ways counts in each of them."""
    path, query = _plain_path(address), unquote_plus(address.query)
    bodies = read_body(body)
    if not bodies:
        verdict.note(
            Tier.RED, "http.body", "The content looks like JSON, and is none that can be read.", unknown=True
        )
        bodies = [Body(body)]
    procedure = judge_procedure(verdict, method, path, address.query, bodies)
    rules = load_effects()
    if procedure is not Procedure.READ:
        for rule in rules:
            if not rule.lowers and any(rule.fits(method, path + query, body) for body in bodies):
                verdict.note(rule.tier, rule.rule_id, rule.says, external=rule.is_external)
    if method in _OF_STORAGE and _STORAGE_PATH.search(path) is None:
        verdict.note(
            Tier.RED, "http.method", f"What {method} does to this tool is not known here.", unknown=True
        )
    _note_hidden_method(verdict, query, bodies)
    _note_secret_file(verdict, method, address)
    is_lowered = procedure is Procedure.READ or any(
        rule.lowers and all(rule.fits(method, path + query, body) for body in bodies) for rule in rules
    )
    _judge_method(verdict, method, path, query, address, is_lowered=is_lowered)


def _plain_path(address: Address) -> str:
    """The path as a tool would read it: without parameters, endings and doubled slashes."""
    path = _PATH_PARAMETER.sub("", address.path)
    return _ENDING.sub("", re.sub(r"/{2,}", "/", path).rstrip())


def _note_hidden_method(verdict: Verdict, query: str, bodies: list[Body]) -> None:
    if any(_METHOD_OVERRIDE.search(f"{query}&{body.text}") is not None for body in bodies):
        verdict.note(
            Tier.RED,
            "http.method-override",
            "Asks the tool to treat it as another kind of request.",
            unknown=True,
        )


def _note_secret_file(verdict: Verdict, method: str, address: Address) -> None:
    name = _COPY.sub("", address.path.rstrip("/").rpartition("/")[2])
    if method in _READS and (is_secret_name(name) or is_app_secret_name(name)):
        verdict.note(
            Tier.CRITICAL_RED,
            "http.secret-file",
            "Reads a file that usually holds passwords or keys.",
            risk="Whoever reads the answer knows them.",
        )


def _judge_method(
    verdict: Verdict, method: str, path: str, query: str, address: Address, *, is_lowered: bool
) -> None:
    host = address.host
    if method in _READS or (is_lowered and method == "POST"):
        is_odd = (
            _CHANGING_PATH.search(path) is not None
            or _CHANGING_QUERY.search(address.path + query) is not None
        )
        verdict.note(
            Tier.RED if is_odd else Tier.GREEN,
            "http.read-with-effect" if is_odd else "http.read",
            f"Calls {address.path} on {host}, which sounds like a change."
            if is_odd
            else f"Reads from {host}.",
            unknown=is_odd,
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
