"""Names that are looked up on the internet: ``dig``, ``ping``, ``openssl s_client``."""

import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.judgement import is_shared_suffix
from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.web.address import BadAddress, parse_host
from tenant_daemon.policy.wordlist import word_set

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9-]{0,19})", re.IGNORECASE)
_SAYS_NOTHING: Final = (["echo"], ["echo", ""], ["echo", "-n"], ["echo", "Q"], ["true"], ["printf", ""])
_TLS_PORTS: Final = frozenset(
    {"443", "8443", "25", "465", "587", "110", "995", "143", "993", "4190", "636", "853"}
)
_DOMAIN: Final = re.compile(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]+")
_PUBLIC_CERTIFICATE: Final = re.compile(
    r"/etc/letsencrypt/(?:live|archive)/[A-Za-z0-9][\w.-]*/(?:fullchain|cert|chain)\d*\.pem"
)
# What people call their computers, and what is asked about a domain. Any other name in front of somebody
# else's domain is one that its owner waits to be asked about.
_HOST_WORD: Final = re.compile(
    r"(?:www|mail|mx|smtp|imap|pop3?|webmail|email|relay|autodiscover|autoconfig|ns|dns|resolver|ntp|time|api|app|apps"
    r"|cdn|static|assets|img|images|media|files|download|downloads|dl|mirror|deb|ftp|archive|security|packages|registry"
    r"|repo|git|docs|wiki|help|support|status|blog|news|shop|store|cloud|chat|cal|calendar|erp|crm|stats|id|auth|login"
    r"|sso|account|accounts|admin|portal|my|m|mobile|dev|test|staging|stage|beta|demo|vpn|remote|gateway|proxy|server|host"
    r"|web|db|monitor|analytics|forum|community|jobs|pay|checkout|secure|s3|storage|backup|hub|meet|video|newsletter"
    r"|lists|tables|forms|flows|sign|ci|errors|plane|cms|vault|pool|letsencrypt|acme)(?:-?\d{1,2})?"
    r"|_(?:dmarc|domainkey|acme-challenge|mta-sts|smtp|tls|tcp|udp|sips?|autodiscover|imaps?|submissions?|caldavs?|carddavs?"
    r"|https?|ldap|kerberos|xmpp-(?:client|server)|matrix|minecraft)|default|selector\d|dkim\d?|google|k\d|s\d",
)
_RECORD_TYPES: Final = word_set(
    "a aaaa any caa cname dnskey ds mx naptr ns ptr rrsig soa spf srv sshfp tlsa txt in svcb https"
)
# Who asks these is not heard by more people than with the server's own: the name is what could carry data.
_WELL_KNOWN_SERVERS: Final = word_set(
    "@127.0.0.1 @127.0.0.53 @localhost @1.1.1.1 @1.0.0.1 @8.8.8.8 @8.8.4.4 @9.9.9.9 @149.112.112.112"
)
_DIG_OPTION: Final = re.compile(
    r"\+(?:no)?(?:short|trace|tcp|noall|all|answer|dnssec|stats|cmd|comments|question|authority|additional"
    r"|multiline|recurse|nssearch|identify|ttlid|ttlunits|qr|time=\d|tries=\d|retry=\d)"
)


def _lookup(judge: "CommandJudge", value: str) -> None:
    """
    A name to be looked up.

    Whoever owns a domain sees what is asked about it, so a name can carry data out: only short, ordinary
    names pass, the rest is external.
    """
    try:
        host, ip = parse_host(value.rstrip("."))
    except BadAddress as exc:
        judge.verdict.note(Tier.RED, "lookup.name", str(exc), external=True, unknown=True)
        return
    if ip is not None or host == "localhost" or host in judge.context.internal_names:
        return
    labels = host.split(".")
    is_ordinary = (
        len(labels) <= 4
        and all(_is_ordinary_label(label) for label in labels)
        # Data in front of a domain: spelled in two cases, or long and not made of words.
        and value in (value.lower(), value.upper())
        and not any(_looks_encoded(label) for label in labels[:-2])
        and (_is_expected(labels) or judge.context.is_tools_name(host))
    )
    if not is_ordinary:
        judge.verdict.note(
            Tier.YELLOW,
            "lookup.data",
            "Asks the internet about a name that could carry data.",
            risk="Data could leave the server inside the name.",
            external=True,
        )


def _is_expected(labels: list[str]) -> bool:
    """Whether a name is a whole domain or one of the usual computers in it."""
    of_domain = 3 if is_shared_suffix(".".join(labels[-2:])) else 2
    return all(_HOST_WORD.fullmatch(label) is not None for label in labels[:-of_domain])


def _looks_encoded(label: str) -> bool:
    """Whether a label reads like letters that stand for bytes and not like a name."""
    longest = max(map(len, re.split(r"[^bcdfghjklmnpqrstvwxz]+", label)))
    is_hexadecimal = re.fullmatch(r"[0-9a-f]{8,}", label) is not None
    return (
        len(label) > 15
        or is_hexadecimal
        or longest > 5
        or (len(label) >= 8 and re.search(r"\d", label) is not None)
    )


def _tls_host(judge: "CommandJudge", value: str) -> None:
    """
    ``HOST:PORT``; on this server itself nobody outside notices.

    To show a certificate, a handshake by a usual name is enough, which tells as much as looking the name up.
    """
    host, _, port = value.rpartition(":")
    is_given_nothing = judge.stdin_text is None and (
        judge.upstream in _SAYS_NOTHING if judge.upstream else judge.input_file in ("", "/dev/null")
    )
    if host in ("localhost", "127.0.0.1") or value in judge.context.allowed_hosts:
        if not is_given_nothing:
            judge.unknown("openssl.input", "It would send something that cannot be seen here.")
        return
    is_closed = is_given_nothing and bool(judge.upstream or judge.input_file)
    if is_closed and port in _TLS_PORTS and _DOMAIN.fullmatch(host) is not None:
        _lookup(judge, host)
        return
    judge.verdict.note(
        Tier.YELLOW,
        "openssl.outside",
        f"Connects to {value[:80]}.",
        risk="Data could leave.",
        external=True,
    )


def _certificate(judge: "CommandJudge", value: str) -> None:
    """Certificates are public, also where their keys lie beside them."""
    if _PUBLIC_CERTIFICATE.fullmatch(value) is None:
        KINDS["list"](judge, value)


def _getent_key(judge: "CommandJudge", value: str) -> None:
    """A user, a group or a host; whoever owns a domain sees what is asked about it."""
    KINDS["name"](judge, value)
    if "." in value:
        _lookup(judge, value)


def _is_ordinary_label(label: str) -> bool:
    digits = sum(char.isdigit() for char in label)
    return _LABEL.fullmatch(label) is not None and digits <= 3


_MOST_QUESTIONS: Final = 4
"""``dig NAME MX NAME TXT`` asks several things at once, and names its server by an ``@``."""


def _dig_word(judge: "CommandJudge", value: str) -> None:
    if value.lower() in _RECORD_TYPES or _DIG_OPTION.fullmatch(value) is not None:
        return
    if value in _WELL_KNOWN_SERVERS:
        return
    if value.startswith(("@", "+")):
        judge.verdict.note(
            Tier.RED,
            "lookup.server",
            "Asks a name server that it names itself.",
            external=True,
            unknown=True,
        )
        return
    judge.lookups += 1
    if judge.lookups == 2 and f"@{value}" in _WELL_KNOWN_SERVERS and judge.program in ("host", "nslookup"):
        return
    if judge.lookups > (_MOST_QUESTIONS if judge.program in ("dig", "kdig") else 1):
        # The second name is the server to ask: `host NAME SERVER`.
        judge.verdict.note(
            Tier.RED, "lookup.server", "Asks a name server that it names itself.", external=True, unknown=True
        )
        return
    judge.verdict.note(Tier.GREEN, "lookup.one", "Looks up a name on the internet.", general=True)
    _lookup(judge, value)


KINDS["certificate"] = _certificate
KINDS.update({"lookup": _lookup, "tlshost": _tls_host, "digword": _dig_word, "getentkey": _getent_key})
