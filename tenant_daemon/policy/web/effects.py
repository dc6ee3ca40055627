"""What a request does to a business tool, by method, path and body; the rules are in ``effects/*.toml``."""

import re
from typing import Final
from urllib.parse import unquote_plus

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.paths.names import is_app_secret_name, is_secret_name
from tenant_daemon.policy.verdict import Verdict
from tenant_daemon.policy.web.address import Address
from tenant_daemon.policy.web.bodies import (
    Body,
    is_clear,
    is_sent_as_json,
    read_as_form,
    read_body,
    with_query,
)
from tenant_daemon.policy.web.effect_rules import EffectRule, rules_about
from tenant_daemon.policy.web.everyday import is_everyday
from tenant_daemon.policy.web.route import Route, read_route
from tenant_daemon.policy.web.rpc import Procedure, judge_procedure
from tenant_daemon.policy.web.targets import names_another_server

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT", "SEARCH"})
_CHANGES: Final = frozenset(
    {"POST", "PUT", "PATCH", "MKCOL", "MKCALENDAR", "COPY", "MOVE", "PROPPATCH", "LOCK", "UNLOCK"}
)
_WRITES: Final = frozenset({"POST", "PUT", "PATCH"})
_OF_STORAGE: Final = frozenset({"MKCOL", "MKCALENDAR", "COPY", "MOVE", "PROPPATCH", "LOCK", "UNLOCK"})
_STORAGE_PATH: Final = re.compile(r"/(?:web|cal|card)?dav/|/remote\.php/|/webdav", re.IGNORECASE)
# Some tools change things on a GET; their addresses say so.
_CHANGING_PATH: Final = re.compile(
    r"/(?:(?:delete|remove|destroy|purge|reset|cancel|revoke|create|install|uninstall|enable|disable)(?:-[a-z]+){0,2}"
    r"|logout|log-out|signout|sign-out|shutdown|restart|unsubscribe|cron|wp-cron|approve|reject|resolve|confirm|accept"
    r"|decline|reload|update|upgrade|migrate|execute|run|trigger|activate|deactivate|stop|train|undelete|restore|retry|rescan|rebuild|reindex|admin-ajax|admin-post)"
    r"(?:/|\Z)",
    re.IGNORECASE,
)
_CHANGING_QUERY: Final = re.compile(
    r"\.php.*[?&](?:action|do|op|task)=(?!(?:view|list|get|show|search)(?:&|\Z))"
    r"|[?&](?:action|do|cmd|op|task)=[\w.-]*"
    r"(?:delete|trash|remove|purge|reset|logout|save|create|update|add|set|send|publish|approve|accept|reject|decline|confirm|cancel|run|exec|install)",
    re.IGNORECASE,
)
_COPY: Final = re.compile(r"(?:\.(?:bak|old|orig|save|swp|\d)|~)+\Z", re.IGNORECASE)
# A table may be called by any name; it is no file.
_TABLE: Final = re.compile(r"/api/v\d/(?:db/data|tables|data)/", re.IGNORECASE)
_PATH_PARAMETER: Final = re.compile(r";[^/]*")
_ENDING: Final = re.compile(r"(?:\.(?:json|xml|html?|php|do|action))+\Z", re.IGNORECASE)
# What follows behind a script is handed to it: `xmlrpc.php/x` is `xmlrpc.php`.
_SCRIPT: Final = re.compile(r"(?<!/index)(?<!/remote)(?<!/v1)(?<!/v2)\.php(?=/)", re.IGNORECASE)
_METHOD_OVERRIDE: Final = re.compile(r"(?:^|[?&\"])(?:_method|x-http-method-override)\b", re.IGNORECASE)


def judge_effect(
    verdict: Verdict, method: str, address: Address, body: str, kinds: tuple[str, ...] = ()
) -> None:
    """
    Note what the request does. A body that could be read in several ways counts in each of them.

    Args:
        verdict: Where it is noted.
        method: In capitals.
        address: Of a listed tool.
        body: As it is sent.
        kinds: The content types that are sent along.
    """
    path, query = _plain_path(address), unquote_plus(address.query)
    bodies = read_body(body) if is_clear(body, kinds) else []
    if not bodies:
        verdict.note(Tier.RED, "http.body", "The content cannot be read as what it looks like.", unknown=True)
        bodies = [Body(body)]
    procedure = judge_procedure(verdict, method, path, address.query, bodies)
    route = read_route(path, address.query)
    spoken = [] if procedure is Procedure.READ else rules_about(method, route.paths, query)
    ways = bodies if is_sent_as_json(kinds) else [*bodies, *read_as_form(body)]
    is_known = _note_effects(verdict, method, address, route, ways, spoken)
    if procedure is Procedure.NONE and not route.is_record:
        _note_other_servers(verdict, address, route, bodies)
    if method in _OF_STORAGE and _STORAGE_PATH.search(path) is None:
        verdict.note(
            Tier.RED, "http.method", f"What {method} does to this tool is not known here.", unknown=True
        )
    _note_hidden_method(verdict, query, bodies)
    _note_secret_file(verdict, method, address)
    is_lowered = procedure is Procedure.READ or any(
        rule.lowers and all(rule.fits(body) for body in bodies) for rule in spoken
    )
    _judge_method(verdict, method, route, query, address, is_lowered=is_lowered)
    is_known |= is_lowered or route.is_record or procedure is not Procedure.NONE
    if method in _WRITES and not is_known:
        _note_unknown(verdict, method, address, route)


def _note_unknown(verdict: Verdict, method: str, address: Address, route: Route) -> None:
    if _STORAGE_PATH.search(address.path) is None and not any(
        is_everyday(method, path) for path in route.paths
    ):
        verdict.note(
            Tier.RED,
            "http.unknown-change",
            f"What {address.path} does on {address.host} is not known here.",
            unknown=True,
        )


def _note_effects(
    verdict: Verdict,
    method: str,
    address: Address,
    route: Route,
    bodies: list[Body],
    spoken: list[EffectRule],
) -> bool:
    """Note what the rules say; whether any of them knows the call."""
    if route.is_record:
        bodies = [Body("")]
    elif address.query and method not in _READS:
        bodies = with_query(bodies, address.query)
    fitting = [rule for rule in spoken if not rule.lowers and any(rule.fits(body) for body in bodies)]
    for rule in fitting:
        verdict.note(rule.tier, rule.rule_id, rule.says, risk=rule.risk, external=rule.is_external)
    return bool(fitting)


def _note_other_servers(verdict: Verdict, address: Address, route: Route, bodies: list[Body]) -> None:
    if names_another_server(address, route.paths[0], bodies):
        verdict.note(
            Tier.YELLOW,
            "http.another-server",
            f"Has {address.host} fetch from another server, or send something there.",
            external=True,
        )


def _plain_path(address: Address) -> str:
    """The path as a tool would read it: without parameters, endings and doubled slashes."""
    path = re.sub(r"/{2,}", "/", _PATH_PARAMETER.sub("", address.path)).rstrip()
    end = "/" if path.endswith("/") else ""
    return _ENDING.sub("", _SCRIPT.sub("", path).rstrip("/")) + end


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
    if _TABLE.match(address.path) is not None:
        return
    if method in _READS and (is_secret_name(name) or is_app_secret_name(name)):
        verdict.note(
            Tier.CRITICAL_RED,
            "http.secret-file",
            "Reads a file that usually holds passwords or keys.",
            risk="Whoever reads the answer knows them.",
        )


def _judge_method(
    verdict: Verdict, method: str, route: Route, query: str, address: Address, *, is_lowered: bool
) -> None:
    host = address.host
    if method in _READS or (is_lowered and method == "POST"):
        is_odd = (
            any(_CHANGING_PATH.search(path) is not None for path in route.paths)
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
