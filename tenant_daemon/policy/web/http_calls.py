"""The ``http`` tool: listed hosts only, looked up once, judged by method, path and body."""

import ipaddress
import json
import re
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.kit.ip_ranges import is_public
from tenant_daemon.policy.actions import HttpCall
from tenant_daemon.policy.judgement import Judgement, PolicyContext
from tenant_daemon.policy.screening import find_hidden_in_name
from tenant_daemon.policy.verdict import Verdict
from tenant_daemon.policy.web.address import Address, BadAddress, parse_address, tidy_address
from tenant_daemon.policy.web.effects import judge_effect
from tenant_daemon.policy.web.rpc.odoo import is_own_key

MAX_BODY_BYTES: Final = 1024 * 1024
_HEADER_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
# They would change where the call goes, how long it is, or which method the tool sees.
_REFUSED_HEADER: Final = re.compile(
    r"host|content-length|content-encoding|transfer-encoding|connection|upgrade|te|trailer|expect|forwarded|via|keep-alive"
    r"|proxy-.*|x-forwarded-.*|x-real-ip|x-original-.*|x-rewrite-.*|x-http-method.*|x-method-override|.*-override"
    r"|x-accel-.*|x-sendfile.*",
    re.IGNORECASE,
)
_EVERYBODY: Final = ipaddress.ip_address("255.255.255.255")
_LOCAL_NAMES: Final = frozenset({"localhost"})


def judge_http(
    method: str, url: str, body: object, headers: dict[object, object] | None, context: PolicyContext
) -> Judgement:
    """A request to a business tool. A body that is not text is sent as JSON."""
    content = body if isinstance(body, str) else "" if body is None else json.dumps(body, ensure_ascii=False)
    if find_hidden_in_name(url) is not None:
        return _refused("http.address", "The address has invisible characters in it.")
    if "SECRET_REF(" in url:
        return _refused("http.secret-in-address", "A secret must not be part of an address.")
    try:
        url = tidy_address(url)
        address = parse_address(url)
    except (BadAddress, UnicodeDecodeError) as exc:
        reason = str(exc) if isinstance(exc, BadAddress) else "The path is not text."
        return _refused("http.address", reason)
    if address.endpoint not in context.allowed_hosts:
        return _unlisted(address, method)
    try:
        ip = look_up_listed(address, context)
        plain_headers = _headers(headers or {})
    except BadAddress as exc:
        return _refused("http.refused", str(exc))
    return _judge_listed(method.upper(), url, address, ip, plain_headers, content)


def _judge_listed(
    method: str, url: str, address: Address, ip: str, headers: tuple[tuple[str, str], ...], body: str
) -> Judgement:
    verdict = Verdict()
    if len(body.encode("utf-8", "replace")) > MAX_BODY_BYTES:
        return _refused("http.too-long", "The body is too long.")
    kinds = tuple(value for name, value in headers if name.lower() == "content-type")
    judge_effect(verdict, method, address, body, kinds)
    if "SECRET_REF(" in body and not (method == "POST" and is_own_key(address.path, body)):
        verdict.note(
            Tier.RED,
            "http.secret-in-body",
            f"Stores a secret's value in {address.host}.",
            risk="Whoever may see that record sees the secret.",
        )
    return verdict.judgement(HttpCall(method, url, ip, address.port, headers, body))


def _unlisted(address: Address, method: str) -> Judgement:
    verdict = Verdict()
    # A name without a dot, such as `localhost`, is a computer of this server's own network.
    is_outside = "." in address.host if address.ip is None else is_public(address.ip)
    if is_outside:
        reason = f"{address.endpoint} is outside this server and is not one of the listed tools."
        verdict.note(Tier.YELLOW, "http.unlisted", reason, external=True, forbidden=True)
    else:
        reason = f"{address.endpoint} is inside the network and is not one of the listed tools."
        verdict.note(Tier.CRITICAL_RED, "http.internal", reason, unknown=True, forbidden=True, external=True)
    return verdict.judgement(None)


def look_up_listed(address: Address, context: PolicyContext) -> str:
    """
    The one IP address that is connected to.

    Raises:
        BadAddress: There is none, or a name that should be public points into the private network (DNS
            rebinding).
    """
    if address.ip is not None:
        return str(address.ip)
    if address.host in _LOCAL_NAMES:
        return "127.0.0.1"
    found = context.resolve(address.host) if context.resolve is not None else ()
    if not found:
        raise BadAddress(f"The name {address.host} cannot be looked up.")
    check_found(address.host, found, context)
    return found[0]


def check_found(host: str, found: tuple[str, ...], context: PolicyContext) -> None:
    """
    Whether a listed name leads where a tool may be.

    Raises:
        BadAddress: It points into the private network without being known as internal, or nowhere sensible.
    """
    for text in found:
        try:
            ip = ipaddress.ip_address(text)
        except ValueError:
            raise BadAddress(f"{host} has an address that cannot be read.") from None
        if ip.is_multicast or ip.is_unspecified or ip.is_link_local or ip == _EVERYBODY:
            raise BadAddress(f"{host} points to {text}, where no tool can be.")
        if not is_public(ip) and host not in context.internal_names:
            raise BadAddress(f"{host} points into the private network ({text}).")


def _headers(headers: dict[object, object]) -> tuple[tuple[str, str], ...]:
    """
    Headers in a plain form.

    Raises:
        BadAddress: One of them would change where the call goes or what it means.
    """
    plain = []
    for name, value in headers.items():
        if not isinstance(name, str) or not isinstance(value, str) or len(headers) > 40:
            raise BadAddress("The headers do not have the right form.")
        if _HEADER_NAME.fullmatch(name) is None or _REFUSED_HEADER.fullmatch(name) is not None:
            raise BadAddress(f"The header {name[:60]!r} must not be set.")
        if not value.isascii() or not value.isprintable() or len(value) > 4_096:
            raise BadAddress(f"The value of the header {name} is not plain text.")
        plain.append((name, value))
    return tuple(plain)


def _refused(rule_id: str, reason: str) -> Judgement:
    verdict = Verdict()
    verdict.note(Tier.CRITICAL_RED, rule_id, reason, unknown=True, forbidden=True, external=True)
    return verdict.judgement(None)
