"""curl and wget on the command line."""

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.kit.ip_ranges import is_local, is_public
from tenant_daemon.policy.paths.places import FROM_INPUT
from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS
from tenant_daemon.policy.web.address import Address, BadAddress, parse_address
from tenant_daemon.policy.web.effects import judge_effect
from tenant_daemon.policy.web.http_calls import check_found
from tenant_daemon.policy.wordlist import word_set

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_DATA_FLAGS: Final = (
    "-d",
    "--data",
    "--data-raw",
    "--data-binary",
    "--data-ascii",
    "--data-urlencode",
    "--json",
)
# Who is named in an appointment gets an invitation to it.
_STORAGE: Final = re.compile(
    r"(?i)(?!.*(?:calendar|caldav|schedul|/(?:in|out)box))(?:.*/(?:web)?dav/|.*/files?/|.*/uploads?/)"
)
_FILED: Final = re.compile(r".*/remote\.php/(?:dav/files|webdav)/")
"""Where a file is put as it is, and nothing is made of what it says."""
_QUOTED: Final = re.compile(r'\s*"((?:[^"\\]|\\.)*)"', re.DOTALL)
_FORM_FLAGS: Final = ("-F", "--form", "--form-string")
_METHOD: Final = re.compile(r"[A-Z]{3,10}")
_HEALTH: Final = re.compile(
    r"/(?:api/|minio/|actuator/|_cluster/)?(?:v\d/)?(?:-/)?(?:health(?:z|y|check|/live|/ready|/cluster)?"
    r"|live(?:z|ness)?|ready(?:z|ness)?|status|ping|version|up|heartbeat|_health|status\.php|server-status|nginx_status|stub_status)/?"
)
_OWN_DOORS: Final = word_set("8100 8110 8200 18789")
"""Ports of the safety system itself."""
# The guardrails' own doors, and services for which every request counts.
_GUARDED_PORTS: Final = word_set(
    "22 25 465 587 2375 2376 2379 2380 3306 4243 5432 6379 8100 8110 8200 10250 10255 11211 18789 27017"
)
_SPEAKING_FLAGS: Final = (
    *("-H", "--header", "-u", "--user", "-b", "--cookie", "--oauth2-bearer"),
    *("-e", "--referer", "-A", "--user-agent"),
)
_REFUSED_HEADER: Final = re.compile(
    r"(?:host|content-length|content-encoding|transfer-encoding|x-http-method[^:]*|[^:]*-override|forwarded|x-real-ip|x-sendfile[^:]*"
    r"|x-(?:original|rewrite|accel)-[^:]*|x-forwarded-(?!proto|port|ssl)[^:]*)\s*[:;]",
    re.IGNORECASE,
)


def _header(judge: "CommandJudge", value: str) -> None:
    if value.startswith("@"):
        judge.places.read(value[1:])
        judge.unknown("curl.header", "Headers that stand in a file could make the request another one.")
    elif _REFUSED_HEADER.match(value):
        judge.unknown("curl.header", "A header would make the request another one.")


def _data(judge: "CommandJudge", value: str) -> None:
    if value.startswith("@") and value != "@-":
        judge.places.read(value[1:])


def _encoded(judge: "CommandJudge", value: str) -> None:
    """``name@file`` reads a file, ``name=text`` does not."""
    before, sign, after = value.partition("@")
    if sign and "=" not in before:
        judge.places.read(after)


def _form(judge: "CommandJudge", value: str) -> None:
    content = value.partition("=")[2]
    if content[:1] in ("@", "<"):
        for name in content[1:].split(";")[0].split(","):
            judge.places.read(name.strip('"'))
    if ";headers=" in content:
        judge.unknown("curl.form", "The form takes headers from a file.")


def _write_out(judge: "CommandJudge", value: str) -> None:
    if value.startswith("@") or "%output{" in value:
        judge.unknown("curl.write-out", "It would read or write another file.")


def _cookie(judge: "CommandJudge", value: str) -> None:
    if "=" not in value:
        judge.places.read(value)


def _wget_output(judge: "CommandJudge", value: str) -> None:
    if value != "-":
        judge.places.write(value)


def _curl(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    urls = [*reading.positionals, *reading.values("--url")]
    body = _curl_body(reading)
    if reading.has("-O", "--remote-name"):
        for url in urls:
            judge.places.write(url.split("?")[0].rstrip("/").rpartition("/")[2] or "index.html")
    method = _curl_method(reading)
    if method not in ("GET", "HEAD") and _has_unseen_content(reading, urls):
        _note_unseen(judge, urls)
    if reading.has("-L", "--location"):
        _stay(judge, reading, urls, "--max-redirs")
    _requests(judge, urls, method, body, reading)


def _curl_body(reading: Reading) -> str:
    """What is sent: pieces with ``&`` between them, and those of ``--json`` right behind what there is."""
    body = ""
    for flag, value in reading.given:
        if value is None or flag.name not in (*_DATA_FLAGS, *_FORM_FLAGS):
            continue
        piece = _form_field(value) if flag.name in ("-F", "--form") else value
        body += f"&{piece}" if body and flag.name != "--json" else piece
    return body


def _form_field(text: str) -> str:
    """``name=value`` without what is said of the value behind it, and without its quotes."""
    name, sign, value = text.partition("=")
    quoted = _QUOTED.match(value)
    value = re.sub(r'\\([\\"])', r"\1", quoted[1]) if quoted is not None else value.partition(";")[0]
    return f"{name}{sign}{value}"


def _content_types(reading: Reading) -> tuple[str, ...]:
    """Those that are sent along; without any curl and wget say that it is a form."""
    headers = (value.partition(":") for value in reading.values("-H", "--header"))
    kinds = tuple(value.strip() for name, _, value in headers if name.strip().lower() == "content-type")
    return kinds or (("application/json",) if reading.has("--json") else ())


def _note_unseen(judge: "CommandJudge", urls: list[str]) -> None:
    """To a tool it may mean anything; to a computer outside all of it is sent, whatever it says."""
    if any(_is_known(judge, url) for url in urls):
        judge.verdict.note(
            Tier.YELLOW,
            "curl.unseen-content",
            "What is sent comes from a file or another program and cannot be seen here.",
            risk="It could publish something or send it to people.",
            external=True,
            unknown=True,
        )


def _stay(judge: "CommandJudge", reading: Reading, urls: list[str], flag: str) -> None:
    """A listed tool may lead on to anywhere: the program stops there, and says so, instead of going on."""
    is_known = all(_is_known(judge, url) for url in urls)
    # An address without encryption is there to lead on to the one with it.
    is_known &= flag != "--max-redirs" or all(url.startswith("https://") for url in urls)
    if reading.has(flag) or judge.is_in_container or not is_known:
        judge.verdict.note(
            Tier.YELLOW,
            "web.redirect",
            f"Goes wherever the address leads on to (unless {flag}=0).",
            external=True,
        )
    else:
        judge.insert(*((flag, "0") if flag == "--max-redirs" else (f"{flag}=0",)))


def _is_known(judge: "CommandJudge", url: str) -> bool:
    """Whether it is a listed tool's address, or one of this server itself."""
    try:
        address = parse_address(url if "://" in url else f"http://{url}")
    except (BadAddress, UnicodeDecodeError):
        return False
    is_home = address.host == "localhost" or (address.ip is not None and is_local(address.ip))
    return is_home or address.endpoint in judge.context.allowed_hosts


def _leads_to(place: re.Pattern[str], url: str) -> bool:
    """Whether an address is of such a place as a server would read it, and says so without a way around."""
    path = unquote(unquote(url))
    return ".." not in path and place.match(path) is not None


def _has_unseen_content(reading: Reading, urls: list[str]) -> bool:
    """Whether a request's content is in a file, other than a file that is plainly being stored somewhere."""
    is_stored = all(_leads_to(_STORAGE, url) for url in urls)
    if reading.has("-T", "--upload-file") and not is_stored:
        return True
    if _curl_method(reading) == "PUT" and all(_leads_to(_FILED, url) for url in urls):
        return False
    if any(value.partition("=")[2].startswith("<") for value in reading.values("-F", "--form")):
        return True
    encoded = (value.partition("=")[0] for value in reading.values("--data-urlencode"))
    return any("@" in name for name in encoded) or any(
        value.startswith("@")
        for value in reading.values("-d", "--data", "--data-binary", "--data-ascii", "--json")
    )


def _curl_method(reading: Reading) -> str:
    named = reading.values("-X", "--request")
    if named:
        return named[-1]
    if reading.has("-I", "--head"):
        return "HEAD"
    if reading.has("-T", "--upload-file"):
        return "PUT"
    if reading.has(*_DATA_FLAGS, *_FORM_FLAGS) and not reading.has("-G", "--get"):
        return "POST"
    return "GET"


def _wget(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    named = reading.values("--method")
    body = "&".join(reading.values("--post-data", "--body-data"))
    is_posted = reading.has("--post-data", "--post-file")
    method = named[-1] if named else "POST" if is_posted else "GET"
    if reading.has("--post-file", "--body-file"):
        _note_unseen(judge, reading.positionals)
    if reading.values("--max-redirect") != ["0"] and not _are_health_checks(method, body, reading):
        _stay(judge, reading, reading.positionals, "--max-redirect")
    if not reading.has("-O", "--output-document", "--spider"):
        for url in reading.positionals:
            judge.places.write(url.split("?")[0].rstrip("/").rpartition("/")[2] or "index.html")
    _requests(judge, reading.positionals, method, body, reading)


def _are_health_checks(method: str, body: str, reading: Reading) -> bool:
    """Whether every address is a tool's own word on its health, which leads on to nowhere."""
    try:
        addresses = [parse_address(url if "://" in url else f"http://{url}") for url in reading.positionals]
    except (BadAddress, UnicodeDecodeError):
        return False
    return all(_is_health_check(one, method, body, reading) and one.path != "/" for one in addresses)


def _requests(judge: "CommandJudge", urls: list[str], method: str, body: str, reading: Reading) -> None:
    if not urls or len(urls) > 20 or _METHOD.fullmatch(method) is None:
        judge.unknown("web.no-address", "It is not clear which address is meant.")
    for url in urls:
        text = url if "://" in url else f"http://{url}"
        if FROM_INPUT in url:
            judge.verdict.note(
                Tier.CRITICAL_RED,
                "web.address",
                "Which address is meant is known only while it runs.",
                external=True,
                unknown=True,
            )
            continue
        try:
            if re.search(r"[{}\[\]]", text.partition("://")[2].partition("/")[2]) and not reading.has(
                "-g", "--globoff"
            ):
                raise BadAddress("The address stands for several.")
            address = parse_address(text.partition("#")[0])
        except (BadAddress, UnicodeDecodeError) as exc:
            judge.verdict.note(
                Tier.CRITICAL_RED, "web.address", f"{exc} ({url[:80]})", external=True, unknown=True
            )
            continue
        _one_request(judge, address, method, body, reading)


def _one_request(judge: "CommandJudge", address: Address, method: str, body: str, reading: Reading) -> None:
    if address.endpoint in judge.context.allowed_hosts:
        judge_effect(judge.verdict, method, address, body, _content_types(reading))
        _pin(judge, address, reading)
        return
    note = judge.verdict.note
    is_home = address.host == "localhost" or (address.ip is not None and is_local(address.ip))
    gives_secret = (
        any("SECRET_REF(" in value for _, value in reading.given if value) or "SECRET_REF(" in address.path
    )
    if _is_health_check(address, method, body, reading):
        note(Tier.GREEN, "web.health", f"Asks {address.endpoint} on this server whether it is well.")
    elif is_home:
        note(
            Tier.CRITICAL_RED if str(address.port) in _OWN_DOORS else Tier.RED,
            "web.local-unlisted",
            f"Talks to {address.endpoint} on this server, which is not one of the listed tools.",
            unknown=True,
        )
    elif address.ip is not None and not is_public(address.ip):
        note(
            Tier.CRITICAL_RED,
            "web.internal",
            f"Talks to {address.endpoint} inside the network, which is not one of the listed tools.",
            external=True,
            unknown=True,
        )
    else:
        note(
            Tier.RED if method == "DELETE" else Tier.YELLOW,
            "web.outside",
            f"Sends something to {address.host}."
            if body or method != "GET"
            else f"Fetches from {address.host}.",
            risk="Data could leave the server.",
            external=True,
        )
    if gives_secret or "SECRET_REF(" in address.query:
        note(
            Tier.CRITICAL_RED,
            "secret.sent",
            f"Sends a secret's value to {address.endpoint}.",
            risk="The secret would be known there.",
            unknown=True,
            external=not is_home,
        )


def _pin(judge: "CommandJudge", address: Address, reading: Reading) -> None:
    """A listed name is looked up once, now; curl then connects to what was found and to nothing else."""
    context = judge.context
    if address.ip is not None or address.host == "localhost" or context.resolve is None:
        return
    if judge.is_in_container:
        judge.unknown("web.container", "What the name means inside the container is not known.")
        return
    found = context.resolve(address.host)
    try:
        check_found(address.host, found, context)
    except BadAddress as exc:
        judge.verdict.note(Tier.CRITICAL_RED, "web.rebound", str(exc), external=True, unknown=True)
        return
    if judge.program == "wget" and not _proves_who_it_is(address, reading, judge):
        judge.unknown("wget.name", "wget looks the name up again; curl keeps to what was looked up here.")
    elif found and judge.program == "curl":
        pinned = f"[{found[0]}]" if ":" in found[0] else found[0]
        judge.insert("--resolve", f"{address.host}:{address.port}:{pinned}")


def _proves_who_it_is(address: Address, reading: Reading, judge: "CommandJudge") -> bool:
    """Whether another computer than the one that was looked up could not answer, or may be meant."""
    is_checked = address.scheme == "https" and not reading.has("--no-check-certificate")
    return is_checked or address.host in judge.context.internal_names


def _is_health_check(address: Address, method: str, body: str, reading: Reading) -> bool:
    """Whether this only asks a tool on this server if it is well; a whole page needs a listed tool."""
    if address.host not in ("localhost", "127.0.0.1") or str(address.port) in _GUARDED_PORTS:
        return False
    if method not in ("GET", "HEAD") or body or address.query or reading.has(*_SPEAKING_FLAGS):
        return False
    is_seen = method == "GET" and reading.values("-o", "--output") != ["/dev/null"]
    return _HEALTH.fullmatch(address.path) is not None or (address.path == "/" and not is_seen)


KINDS.update(
    {
        "curlheader": _header,
        "curldata": _data,
        "curlencode": _encoded,
        "curlform": _form,
        "curlwrite": _write_out,
        "curlcookie": _cookie,
        "wgetout": _wget_output,
    }
)
REVIEWS.update({"curl": _curl, "wget": _wget})
