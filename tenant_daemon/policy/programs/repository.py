"""
The settings that a git repository brings along.

Settings can make git run programs (filters, drivers, ...). Nobody but git writes to ``.git``, yet an unpacked
archive can bring one. So a repository's own settings are read before git is: only settings that are known to
run nothing pass.
"""

import os
import re
import stat
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.paths.roots import is_below
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.recorded import check_compared, check_secrets
from tenant_daemon.policy.programs.registry import GUARDS, REVIEWS
from tenant_daemon.policy.programs.values import note_moved_settings

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

MAX_CONFIG_BYTES: Final = 65_536
MAX_INDEX_BYTES: Final = 4 * 1024 * 1024
_SUBMODULE_MODE: Final = (0o160000).to_bytes(4)
_SECTION: Final = re.compile(r'\[\s*([A-Za-z0-9.-]+)(?:\s+"[^"\\\n]*")?\s*\]')
_SETTING: Final = re.compile(r"([A-Za-z][A-Za-z0-9-]*)\s*(?:=[^\n]*)?")
_PLANS: Final = ("rebase-merge/git-rebase-todo", "sequencer/todo")
_PLANNED: Final = re.compile(
    r"\s*(?:#.*|(?:p|pick|r|reword|e|edit|s|squash|f|fixup|d|drop|revert|noop)(?:\s.*)?)?$"
)
# What is recorded in a repository can be links, which then lie in the workspace.
_BRINGS_FILES: Final = frozenset(
    {"checkout", "switch", "clone", "pull", "merge", "pop", "apply", "am", "reset", "revert", "cherry-pick",
     "rebase", "restore"}
)  # fmt: skip
_LISTING: Final = frozenset(
    {
        "-a",
        "-r",
        "-v",
        "-vv",
        "-av",
        "-avv",
        "-l",
        "-n",
        "--all",
        "--remotes",
        "--list",
        "--show-current",
        "--verbose",
    }
)
_MAKES_BRANCH: Final = frozenset({"-b", "-c", "--create", "--soft", "--staged", "--mixed"})
_HARMLESS: Final = re.compile(
    r"core\.(?:repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode|symlinks"
    r"|autocrlf|eol|safecrlf|quotepath|abbrev|compression|fsmonitor|hookspath|pager|sshcommand)"
    r"|remote\.(?:url|fetch|pushurl|push|mirror|prune|tagopt|partialclonefilter|promisor)"
    r"|branch\.(?:remote|merge|rebase|description|sort|autosetupmerge|autosetuprebase)"
    r"|user\.(?:name|email|useconfigonly)|author\.(?:name|email)|committer\.(?:name|email)"
    r"|init\.defaultbranch|(?:pull|fetch|push|rebase|merge|status|log|color|advice|column|gc|pack|index|tag)"
    r"\.(?:rebase|ff|prune|default|autosetupremote|autostash|autosquash|conflictstyle|short|branch"
    r"|showuntrackedfiles|date|decorate|abbrevcommit|ui|status|diff|branch|interactive|auto|threads|version|sort"
    r"|detachedhead|pushupdaterejected|stat)"
    r"|submodule\.(?:url|active|path|branch)|extensions\.(?:objectformat|worktreeconfig|partialclone)"
)
"""Section and name, without quotes between. The programs in ``core`` are overruled for each call."""


def _repository(judge: "CommandJudge", args: list[str]) -> None:
    """Look at the repository that git would find from here."""
    if judge.is_in_container:
        return
    if judge.places.brings_settings:
        judge.unknown("git.unsettled", "What git would find is decided by what is unpacked or moved before.")
    bringing = _BRINGS_FILES.intersection(args)
    is_trial = bringing == {"apply"} and "--check" in args
    if bringing and not is_trial and not _MAKES_BRANCH & set(args):
        judge.places.brings_links = True
    folder, words = judge.places.cwd, args
    if args and args[0][:1] == "-":
        folders, words = parted(args)
        for name in folders:
            folder = judge.places.resolve(os.path.join(folder, name)).path
    if "mv" in words:
        note_moved_settings(judge, [os.path.join(folder, arg) for arg in words])
    roots = judge.places.roots
    top, start = roots.workspace, folder
    if "--no-index" in words:
        check_compared(judge, words, start)
    if not is_below(folder, top):
        check_elsewhere(judge, words, folder)
        top = next((root for root in roots.readable if is_below(folder, root)), "")
    while top and is_below(folder, top):
        # A folder like the inside of `.git` is a repository too.
        is_bare = os.path.lexists(f"{folder}/HEAD") and os.path.lexists(f"{folder}/objects")
        is_plain = None if is_bare else _is_plain_repository(f"{folder}/.git")
        if is_bare or is_plain is False:
            judge.verdict.note(
                Tier.CRITICAL_RED,
                "git.own-settings",
                "This repository has settings of its own that could make git run programs.",
                risk="Foreign code could run.",
                unknown=True,
            )
            return
        if is_plain:
            check_secrets(judge, words, folder, start)
            return
        folder = folder.rpartition("/")[0]
    check_compared(judge, words, start)
    if "git" in judge.before:
        # It may be there by then.
        check_secrets(judge, words, roots.workspace, start)


def parted(args: list[str]) -> tuple[list[str], list[str]]:
    """The folders that git is to go to (``-C``), wherever they stand before its sub-command, and the rest."""
    folders: list[str] = []
    at = 0
    while at < len(args) and args[at].startswith("-"):
        # A setting (`-c`) has a value of its own, behind which another folder may be named.
        if args[at] in ("-C", "-c") and at + 1 < len(args):
            at += 1
            if args[at - 1] == "-C":
                folders.append(args[at])
        at += 1
    return folders, args[at:]


def check_elsewhere(judge: "CommandJudge", words: list[str], folder: str) -> None:
    """Outside the workspace git changes files that no path in its arguments names."""
    sub = judge.library["git"].subs.get(words[0]) if words else None
    if sub is not None and sub.subs:
        sub = sub.subs.get(words[1], sub) if len(words) > 1 else sub
    if words[:1] in (["grep"], ["archive"], ["cat-file"]):
        judge.unknown("git.tree-with-secrets", f"Goes through all that is recorded in {folder}.")
    if sub is None or _only_lists(words):
        return
    if sub.tier > Tier.GREEN or sub.review in ("gitbranch", "gitconfig"):
        judge.unknown("git.elsewhere", f"Changes the repository in {folder}, outside the own folder.")


def _only_lists(words: list[str]) -> bool:
    """Whether ``branch``, ``tag`` or ``config`` is asked for what there is."""
    name, *rest = words
    if name == "config":
        return rest[:1] in (["--get"], ["--get-all"], ["--list"], ["-l"])
    return name in ("branch", "tag") and all(arg in _LISTING for arg in rest)


def _is_plain_repository(path: str) -> bool | None:
    """Whether the settings of the repository run nothing; None where there is none."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return None
    # A file or a link instead of a folder leads to settings somewhere else.
    if not stat.S_ISDIR(mode):
        return False
    try:
        names = os.listdir(path)
    except OSError:
        return False
    if "commondir" in names or any(name.startswith("sharedindex") for name in names):
        return False
    if any(_runs_programs(f"{path}/{name}") for name in _PLANS):
        return False
    is_settled = all(_is_harmless_file(f"{path}/{name}") for name in ("config", "config.worktree"))
    return is_settled and not _has_submodules(f"{path}/index")


def _runs_programs(plan: str) -> bool:
    """Whether what git has yet to do of a rebase or a row of commits is more than taking up commits."""
    try:
        found = os.lstat(plan)
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_CONFIG_BYTES:
            return True
        with open(plan, encoding="utf-8") as file:
            return not all(_PLANNED.match(line) for line in file)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True


def _has_submodules(index: str) -> bool:
    """Git runs itself in submodules, by their own settings: whether an entry may have their mode."""
    try:
        if not stat.S_ISREG(os.lstat(index).st_mode) or os.path.getsize(index) > MAX_INDEX_BYTES:
            return True
        with open(index, "rb") as file:
            return _SUBMODULE_MODE in file.read()
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _is_harmless_file(path: str) -> bool:
    try:
        found = os.lstat(path)
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_CONFIG_BYTES:
            return False
        with open(path, encoding="utf-8") as file:
            return are_harmless_settings(file.read())
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return False


def are_harmless_settings(text: str) -> bool:
    """Whether a git settings file holds only settings that run nothing; an odd line does not pass."""
    section = ""
    for raw in text.split("\n"):
        line = raw.strip()
        if not line or line[0] in "#;":
            continue
        found = _SECTION.match(line)
        if found is not None:
            section = found[1].lower().split(".")[0]
            line = line[found.end() :].strip()
            if not line or line[0] in "#;":
                continue
        setting = _SETTING.fullmatch(line)
        if setting is None or line.endswith("\\"):
            return False
        if _HARMLESS.fullmatch(f"{section}.{setting[1].lower()}") is None:
            return False
    return True


def _listed_by_git(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """
    It has git say which files there are, so that the repository's settings count, and our own as well.

    ``cloc`` always asks it something, and writes the names of archives into a line for a shell.
    """
    if judge.program == "cloc" and any("'" in name for name in reading.positionals):
        judge.unknown("cloc.name", "A name with a quote in it would be read by a shell.")
    if judge.program == "cloc" or reading.has("--git", "--vcs"):
        judge.env += judge.library["git"].env
        _repository(judge, ["ls-files"])
        for name in reading.positionals:
            _repository(judge, ["-C", name, "ls-files"])


GUARDS["git"] = _repository
REVIEWS["listedbygit"] = _listed_by_git
