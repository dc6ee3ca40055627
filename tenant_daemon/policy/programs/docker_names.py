"""The names that docker prints of its own things, which may go on to docker itself."""

import re
from typing import Final

from tenant_daemon.policy.programs.library import load_library
from tenant_daemon.policy.programs.options import read_options

_QUIET: Final = re.compile(r"-[aln]*q[aln]*f?|--quiet|--services")
_ID_FORMAT: Final = re.compile(r"\{\{ ?\.(?:Names?|ID) ?\}\}")
_PROJECT_FLAG: Final = re.compile(r"-[fp]|--(?:file|project-name|project-directory|profile)(?:=.+)?")
_NAME_FILTER: Final = re.compile(
    r"(?:name=|label=com\.docker\.compose\.(?:project|service)=)\^?/?([a-z][a-z0-9_-]{2,40})\$?"
)
# Parts of the names of what protects the server: a filter for one of them could find it.
_GUARDRAIL_WORDS: Final = (
    *("letsbe", "openclaw", "safety", "wrapper", "secrets-proxy", "secrets_proxy", "tenant-daemon"),
    *("tenant_daemon", "gateway", "vault", "redact", "audit", "sshd", "fail2ban", "firewall", "ufw"),
)


def are_docker_ids(argv: list[str]) -> bool:
    """Whether a command prints nothing but what docker calls its things."""
    if argv[:1] != ["docker"] or not {"ps", "ls", "images", "list"} & set(_without_project(argv)[1:4]):
        return False
    for place, arg in enumerate(argv):
        if arg.startswith("--format"):
            value = arg.partition("=")[2] or "".join(argv[place + 1 : place + 2])
            return _ID_FORMAT.fullmatch(value) is not None
    return any(_QUIET.fullmatch(arg) is not None for arg in argv[2:])


def _without_project(argv: list[str]) -> list[str]:
    """``docker compose ps -q`` without the flags that say which project it is about."""
    at = 2
    while argv[1:2] == ["compose"] and argv[at : at + 1] and _PROJECT_FLAG.fullmatch(argv[at]) is not None:
        at += 1 if "=" in argv[at] else 2
    return argv if at == 2 else [*argv[:2], *argv[at:]]


def docker_name(argv: list[str]) -> str:
    """The name that stands for all that ``docker ps -q --filter name=NAME`` lists; empty if nothing does."""
    profile = load_library()["docker"].subs["ps"]
    reading = read_options(argv[2:], profile) if argv[:2] == ["docker", "ps"] else None
    if reading is None or reading.unknown or reading.positionals:
        return ""
    found = [_NAME_FILTER.fullmatch(value) for value in reading.values("-f", "--filter")]
    names = [match[1] for match in found if match is not None]
    # Several filters of a kind are joined by "or".
    if len(names) != 1 or any(word in names[0] or names[0] in word for word in _GUARDRAIL_WORDS):
        return ""
    return names[0]
