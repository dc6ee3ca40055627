"""Arguments of git."""

import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.paths.names import is_app_secret_name, may_name_secrets
from tenant_daemon.policy.paths.places import FROM_INPUT
from tenant_daemon.policy.paths.roots import is_below
from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS
from tenant_daemon.policy.programs.repository import check_elsewhere, parted
from tenant_daemon.policy.programs.words import choice

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_URL: Final = re.compile(
    r"(?:https://|ssh://(?:[a-z0-9]+@)?|[a-z0-9]+@)[A-Za-z0-9.-]+(?::\d+)?[:/][A-Za-z0-9._~/-]+"
)
_REMOTE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# A release: `v1.2.0`, `2026.11.1-rc.1`.
_VERSION: Final = re.compile(r"v?\d+(?:\.\d+)+(?:-?(?:alpha|beta|rc)\.?\d*)?")
_REFERENCE: Final = re.compile(r"[A-Za-z0-9@.][A-Za-z0-9@._/^~{}+*-]*")
_HARMLESS_SETTING: Final = re.compile(
    r"(?i:(?:commit|tag)\.gpgsign|log\.showsignature)=(?:false|no|off|0)"
    r"|(?i:color\.[a-z.]+|advice\.[a-z]+|core\.quotepath"
    r"|core\.autocrlf|diff\.(?:noprefix|mnemonicprefix|renames|context|colormoved)|status\.[a-z]+"
    r"|merge\.conflictstyle|pull\.(?:rebase|ff)|log\.(?:date|abbrevcommit|decorate)|core\.abbrev)=[a-z0-9]{0,20}"
    r"|(?i:core\.pager|pager\.[a-z]+)=(?:cat|false)?|(?i:user\.name)=[\w .-]+|(?i:user\.email)=[\w.@+-]+"
    r"|(?i:init\.defaultbranch)=[\w-]+"
)
_SETTABLE: Final = frozenset(
    {"user.name", "user.email", "init.defaultbranch", "pull.rebase", "color.ui", "core.autocrlf"}
)


def _git_argument(judge: "CommandJudge", value: str) -> None:
    """A revision, a path in the repository, or ``REVISION:PATH``."""
    if value == FROM_INPUT:
        judge.unknown("argument.unknown-path", "It touches files that are named only while it runs.")
        return
    # What exists under this name, git takes for a path, even outside a repository.
    if value.startswith("/") or value == ".." or "../" in value or judge.places.resolve(value).exists:
        # Git reads a link as a link, so it does not matter what was unpacked before.
        places = judge.places
        was_unsettled, places.is_unsettled = places.is_unsettled, False
        places.read(value)
        places.is_unsettled = was_unsettled
    name = value.rpartition(":")[2].rpartition("/")[2]
    is_tools = not is_below(judge.places.cwd, judge.places.roots.workspace)
    if may_name_secrets(name) or (is_tools and is_app_secret_name(name)):
        judge.verdict.note(
            Tier.CRITICAL_RED, "path.secret", f"Touches {name}, a file that holds secrets.", unknown=True
        )


def _lines_of_file(judge: "CommandJudge", value: str) -> None:
    """``-L 1,5:FILE``."""
    _git_argument(judge, value.rpartition(":")[2])


def _branch_name(judge: "CommandJudge", value: str) -> None:
    if value not in ("-", ".") and _REFERENCE.fullmatch(value) is None:
        judge.unknown("git.reference", f"“{value}” is not a plain name for a branch.")


def _git_folder(judge: "CommandJudge", value: str) -> None:
    """``-C``: paths that follow are in the repository's own folder, as after ``cd``."""
    if judge.is_in_container:
        KINDS["containerdir"](judge, value)
        return
    place = judge.places.list(value)
    judge.places.cwd = place.path
    roots = judge.places.roots
    if is_below(place.path, roots.workspace):
        return
    if roots.has_readable(place.path):
        check_elsewhere(judge, parted(judge.arguments)[1], place.path)
    else:
        judge.unknown("git.elsewhere", "Works on a repository outside the agent's own folder.")


def _git_url(judge: "CommandJudge", value: str) -> None:
    if _URL.fullmatch(value) is None:
        judge.unknown("git.url", "The repository's address is not a plain one.")


def _git_remote(judge: "CommandJudge", value: str) -> None:
    if _REMOTE.fullmatch(value) is None:
        _git_url(judge, value)


def _push_reference(judge: "CommandJudge", value: str) -> None:
    if value.startswith((":", "+")):
        judge.verdict.note(Tier.RED, "git.push-over", "Deletes or overwrites a branch where others see it.")
    elif _REFERENCE.fullmatch(value.replace(":", "/", 1)) is None:
        judge.unknown("git.reference", f"“{value}” is not a plain name for a branch.")


def _git_branch(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """``git branch NAME`` makes one; with a listing flag the name is a pattern."""
    is_listing = reading.has(
        "-l", "--list", "--contains", "--merged", "--no-merged", "--points-at", "-a", "-r"
    )
    if reading.positionals and not is_listing and judge.verdict.tier < Tier.YELLOW:
        judge.verdict.note(Tier.YELLOW, f"{profile.rule_id}.create", "Makes a branch or a tag.")


def _git_checkout(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """``git checkout NAME`` changes branches; with file names it throws changes away."""
    names = reading.positionals
    for name in names if "--" in judge.arguments else names[1:]:
        _git_argument(judge, name)
    if "--" in judge.arguments and len(names) > 1 and all(map(_is_one_file, names[1:])):
        # What the files are now is kept, since they are named.
        return
    makes_branch = reading.has("-b", "-B", "-c", "-C", "--create", "--orphan", "--track", "-t")
    if (len(names) > 1 and not makes_branch) or any(map(_may_be_file, names)):
        judge.verdict.note(
            Tier.RED,
            "git.discard",
            "May throw away changes that were not recorded.",
            risk="The changes are lost.",
        )


def _may_be_file(name: str) -> bool:
    """Whether a name could be a file's, which would be put back to what was recorded."""
    return (name in (".", "*") or "." in name[1:]) and _VERSION.fullmatch(name) is None


def _git_restore(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Only what ``git add`` has taken up can be let go of without a loss."""
    if not reading.has("-S", "--staged") or reading.has("-W", "--worktree"):
        judge.verdict.note(
            Tier.RED,
            "git.discard",
            "Throws away changes that were not recorded.",
            risk="The changes are lost.",
        )


def _git_remote_url(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    for value in reading.positionals:
        _git_remote(judge, value)
    if profile.rule_id.endswith((".add", ".set-url")):
        judge.unknown("git.destination", "Later uploads would go to another place.")


def _git_remote_show(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """``git remote show NAME`` asks the other side, unless ``-n`` is given."""
    if profile.rule_id.endswith(".show") and reading.positionals and not reading.has("-n"):
        judge.verdict.note(Tier.YELLOW, "git.asks-remote", "Asks the other side.", external=True)


def _config_name(judge: "CommandJudge", value: str) -> None:
    if re.fullmatch(r"[A-Za-z][A-Za-z0-9.-]*", value) is None:
        judge.unknown("git.config", "That is not a plain name of a setting.")


def _git_config(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    names = reading.positionals
    is_reading = reading.has("-l", "--list", "--get", "--get-all", "--get-regexp")
    if names[:1] and names[0] in ("get", "list"):
        return
    if len(names) < 2 and (names or is_reading):
        return
    is_harmless = len(names) == 2 and names[0].lower() in _SETTABLE
    judge.verdict.note(
        Tier.YELLOW if is_harmless else Tier.CRITICAL_RED,
        "git.config",
        "Changes a setting of git." if is_harmless else "Changes a setting that can make git run programs.",
        unknown=not is_harmless,
    )


def _git_setting(judge: "CommandJudge", value: str) -> None:
    """``git -c NAME=VALUE``: what only says how things are shown, or who writes."""
    if _HARMLESS_SETTING.fullmatch(value) is None:
        judge.unknown("git.setting", "The setting can make git run programs or read other files.")


def _is_one_file(name: str) -> bool:
    return re.fullmatch(r"\w[\w ./-]*\.\w+", name) is not None and ".." not in name


def _git_remove(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """With ``--cached`` the files stay where they are."""
    if not reading.has("--cached", "-n", "--dry-run"):
        judge.verdict.note(
            Tier.RED, "git.delete", "Deletes files and records it.", risk="Changes not recorded are lost."
        )


def _git_apply(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    if not reading.has("--check", "--stat", "--numstat", "--summary"):
        judge.verdict.note(Tier.YELLOW, "git.apply", "Changes files by a patch.")
    _git_patches(judge, profile, reading)


def _git_patches(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    if reading.has("--abort", "--skip", "--continue", "--quit"):
        return
    if not reading.positionals or "-" in reading.positionals:
        judge.unknown("git.apply-input", "The patch comes from somewhere not seen here.")


def _git_format(judge: "CommandJudge", value: str) -> None:
    """Other formats are programs that the settings name."""
    if value not in ("tar", "zip", "tar.gz", "tgz"):
        judge.unknown("git.format", f"What the format “{value}” does is not known here.")


KINDS.update(
    {
        "gitarg": _git_argument,
        "gitlines": _lines_of_file,
        "gitformat": _git_format,
        "branchname": _branch_name,
        "gitpage": choice("gitpage", r"[a-z][a-z-]*"),
        "gitdir": _git_folder,
        "gitsetting": _git_setting,
        "giturl": _git_url,
        "gitremote": _git_remote,
        "pushref": _push_reference,
        "configname": _config_name,
    }
)
REVIEWS.update(
    {
        "gitbranch": _git_branch,
        "gitrm": _git_remove,
        "gitapply": _git_apply,
        "gitam": _git_patches,
        "gitcheckout": _git_checkout,
        "gitremoteshow": _git_remote_show,
        "gitrestore": _git_restore,
        "gitremoteurl": _git_remote_url,
        "gitconfig": _git_config,
    }
)
