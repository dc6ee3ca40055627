"""
Setups that a program does as they say, with more rights than the agent: compose files, those of web servers.

One of the tools' own may be used. One in the workspace could have been written by the agent.
"""

import os
import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.paths.roots import is_below
from tenant_daemon.policy.programs.containers import docker_copy
from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import GUARDS, REVIEWS

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_MAKING_NO_FILES: Final = frozenset(
    {"docker", "docker-compose", "echo", "printf", "sleep", "true", "date", "ls", "cat", "head", "tail",
     "grep", "sort", "df", "free", "ss", "systemctl", "journalctl", "test", "wc", "uniq", "cut", "tr", "jq",
     "nl", "tac", "stat", "du", "ps", "id", "whoami", "hostname", "uptime", "uname", "pwd", "which", "column",
     "basename", "dirname", "seq", "nproc", "lsblk", "netstat", "egrep"}
)  # fmt: skip
"""Programs that make files only where they say so (``path.write``)."""
_COMPOSE_NAMES: Final = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
_BRINGING_IN: Final = re.compile(
    # JSON may spell any letter by its number.
    r"import|output|storage|load|exec|\\u|\{\s*\$|\{(?:env|file|system)\b",
    re.IGNORECASE,
)
_NAMING_FILES: Final = re.compile(r"files?\b|[\\!]", re.IGNORECASE)
"""Settings of measurements that lead to other files, by any spelling of YAML."""
_LINT_SETTINGS: Final = (".yamllint", ".yamllint.yaml", ".yamllint.yml")
_EXTENDING: Final = re.compile(
    r"(?<!\S)extends:[ \t]*['\"]?(?:default|relaxed)['\"]?[ \t]*(?:\#.*)?$", re.MULTILINE
)
_MOST_OF_A_SETUP: Final = 65_536


def _compose_file(judge: "CommandJudge", value: str) -> None:
    """A setup of the agent's own could give a container the whole server; one of the tools' may be used."""
    place = judge.places.list(value)
    roots = judge.places.roots
    if is_below(place.path, roots.workspace) or not roots.has_readable(place.path):
        _note_own_setup(judge)


def _compose_env(judge: "CommandJudge", value: str) -> None:
    """What is filled into a setup: a file of the agent's own could name other folders and images."""
    places = judge.places
    path = places.resolve(value).path
    roots = places.roots
    is_of_tools = path.rpartition("/")[2].endswith(".env") and roots.has_readable(path)
    if is_below(path, roots.workspace) or not is_of_tools or judge.is_in_container:
        _note_own_setup(judge)


def _compose_config(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """``docker compose config`` fills the passwords in, unless it is asked for names alone."""
    _compose_read(judge, profile, reading)
    if not reading.given:
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "compose.config",
            "Shows the setup of the tools with the passwords filled in.",
            unknown=True,
        )


def _setups_here(judge: "CommandJudge") -> list[str]:
    """
    Where compose looks for its file without ``-f``: in the current folder, then above it.

    `.env` beside it can name another file (COMPOSE_FILE).
    """
    cwd, workspace = judge.places.cwd, judge.places.roots.workspace
    if judge.has_compose_file or not is_below(cwd, workspace):
        return []
    inner = cwd[len(workspace) :].split("/")
    folders = [workspace + "/".join(inner[:depth]) for depth in range(1, len(inner) + 1)]
    return [f"{folder}/{name}" for folder in folders for name in (*_COMPOSE_NAMES, ".env")]


def _compose_up(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """
    Where the agent works there must be no file for compose.

    Neither now, nor made by another part of the same line, which is seen when all of it has been judged
    (``note_made_setup``).
    """
    here = _setups_here(judge)
    if here and (judge.is_in_container or any(map(os.path.lexists, here))):
        _note_own_setup(judge)
    elif here:
        judge.looks_for_setup |= not judge.is_alone


def _compose_read(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """
    Whatever is asked, compose reads the whole file first.

    One of the agent's own can take in others from anywhere, and have words of theirs printed:
    ``image: ${DB_PASSWORD}``.
    """
    if judge.is_in_container:
        return
    here = _setups_here(judge)
    if any(map(os.path.lexists, here)):
        _note_read_setup(judge)
    elif not judge.is_only:
        # What is copied into a folder as a whole has no name that could be seen here.
        judge.relied_on |= {*here, *(path.rpartition("/")[0] for path in here)}


def _note_read_setup(judge: "CommandJudge") -> None:
    """Note that a program with more rights would do what the agent itself has written."""
    judge.unknown(
        "setup.own", "It reads a setup of the agent's own, which can bring in files with passwords."
    )


def _may_have_made_file(judge: "CommandJudge") -> bool:
    """Whether a part of the line may have written a setup that another part of it reads."""
    places = judge.places
    return places.brings_links or places.brings_settings or not judge.relied_on.isdisjoint(places.written)


def note_made_setup(judge: "CommandJudge") -> None:
    """Note when a part of the line may have written the setup that another part of it takes."""
    if judge.looks_for_setup and _may_have_made_setup(judge):
        _note_own_setup(judge)
    if judge.relied_on and _may_have_made_file(judge):
        _note_read_setup(judge)


def _may_have_made_setup(judge: "CommandJudge") -> bool:
    notes = judge.verdict.rule_ids
    return not _MAKING_NO_FILES.issuperset(judge.before) or "path.write" in notes or "path.move" in notes


def _note_own_setup(judge: "CommandJudge") -> None:
    """Note that containers would start as the agent itself has said."""
    judge.verdict.note(
        Tier.CRITICAL_RED,
        "compose.own-setup",
        "Starts containers by a setup that is not one of the tools' own.",
        risk="A container can be given every file of the server.",
        unknown=True,
    )


def _compose_copy(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    _compose_read(judge, profile, reading)
    docker_copy(judge, profile, reading)


def _caddy_setup(judge: "CommandJudge", value: str) -> None:
    """The server's own setup is checked, and nothing of it is shown; any other file is read."""
    if value != "/etc/caddy/Caddyfile":
        KINDS["read"](judge, value)


def _web_setup(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """
    Checking a setup of a web server takes in what it names, and makes its logs, with the server's rights.

    One in the workspace may say nothing of the kind.
    """
    named = (*reading.values("--config", "-c"), *reading.positionals)
    paths = [judge.places.resolve(name).path for name in named or ("Caddyfile", "caddy.json")]
    own = [path for path in paths if is_below(path, judge.places.roots.workspace)]
    if any(map(_brings_in, own)):
        _note_read_setup(judge)
    elif not judge.is_only:
        judge.relied_on |= frozenset(own)


def _measurements(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """What is wrong in a file of rules is shown with the words that are wrong."""
    paths = [judge.places.resolve(name).path for name in reading.positionals]
    own = [path for path in paths if is_below(path, judge.places.roots.workspace)]
    if any(_brings_in(path, _NAMING_FILES) for path in own):
        _note_read_setup(judge)
    elif not judge.is_only:
        judge.relied_on |= frozenset(own)


def _linted(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Settings of the folder may build on any file, and tell what is wrong in that."""
    if judge.program != "yamllint" or judge.is_in_container or reading.has("-d"):
        return
    folder, workspace = judge.places.cwd, judge.places.roots.workspace
    taken: set[str] = set()
    while is_below(folder, workspace):
        here = [f"{folder}/{name}" for name in _LINT_SETTINGS]
        if any(map(_extends_a_file, here)):
            _note_read_setup(judge)
        taken |= {folder, *here}
        folder = folder.rpartition("/")[0]
    if not judge.is_only:
        judge.relied_on |= taken


def _extends_a_file(path: str) -> bool:
    text = _text(path)
    if text is None:
        return True
    return "extends" in _EXTENDING.sub("", text) or "\\" in text or "!" in text


def _ruff(judge: "CommandJudge", args: list[str]) -> None:
    """Settings of the folder may build on any file (``extend``), and it shows what is wrong in that."""
    if args[:1] in (["check"], ["format"]) and not judge.is_in_container:
        judge.insert("--isolated")


def _analyzed(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """A unit's own words for its manual page are given to ``man``, as flags, too: ``man:x(-Cfile)``."""
    if judge.is_in_container:
        return
    if judge.program == "systemd-analyze" and reading.positionals[:1] == ["verify"]:
        judge.insert("--man=no")


def _brings_in(path: str, pattern: re.Pattern[str] = _BRINGING_IN) -> bool:
    """Whether a setup takes in other files, or cannot be read."""
    text = _text(path)
    return text is None or pattern.search(text) is not None


def _text(path: str) -> str | None:
    """What a setup says; None when it cannot be read, and nothing where there is none."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(_MOST_OF_A_SETUP + 1)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, ValueError):
        return None
    return text if len(text) <= _MOST_OF_A_SETUP else None


GUARDS["ruff"] = _ruff
KINDS.update({"composefile": _compose_file, "composeenv": _compose_env, "caddysetup": _caddy_setup})
REVIEWS.update(
    {
        "composeconfig": _compose_config,
        "composeup": _compose_up,
        "composeread": _compose_read,
        "composecp": _compose_copy,
        "websetup": _web_setup,
        "measurements": _measurements,
        "linted": _linted,
        "analyzed": _analyzed,
    }
)
