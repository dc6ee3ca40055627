"""Archives: what goes in is read, where it comes out is written."""

import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.paths.names import PASSED_OVER, may_name_secrets
from tenant_daemon.policy.paths.places import FROM_INPUT
from tenant_daemon.policy.paths.roots import is_below
from tenant_daemon.policy.programs.containers import note_brought_trees
from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.options import Reading, read_options
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import RESTS, REVIEWS
from tenant_daemon.policy.programs.values import (
    follow_links,
    note_kept_rights,
    note_moved_links,
    note_moved_settings,
)

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_OLD_STYLE: Final = re.compile(r"[A-Za-z]+")
_PLAIN_REMOTE: Final = re.compile(r"(?:[a-z0-9_-]+@)?[A-Za-z0-9][A-Za-z0-9.-]*:{1,2}[A-Za-z0-9._/~-]*")
_REMOTE: Final = re.compile(r"[^/]*:")
_SEVEN_FLAGS: Final = frozenset({"-y", "-aoa", "-aos", "-aou", "-bd", "-bsp0", "-bso0"})


def _tar(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """
    tar, also in its old spelling (``tar czf a.tgz b``).

    Creating reads the named files and writes the archive; extracting writes below the current folder or
    ``-C``; listing reads.
    """
    if judge.arguments and not judge.arguments[0].startswith("-"):
        spelled = _spelled_out(judge.arguments, profile)
        if spelled is None:
            judge.unknown("tar.letters", "It is not clear what its first word means.")
            return
        reading = read_options(spelled, profile)
        judge.flags(profile, reading)
    archives = reading.values("-f", "--file")
    if not archives and reading.has("-c", "--create", "-t", "--list"):
        # Without a name it is the output or the input, as Debian and Alpine build it.
        archives = ["-"]
    if len(archives) != 1 or not archives[0] or _REMOTE.match(archives[0]):
        judge.unknown("tar.archive", "It is not clear which archive is meant.")
        return
    _tar_mode(judge, reading, archives[0])


def _spelled_out(args: list[str], profile: Profile) -> list[str] | None:
    """
    ``tar cfC a.tar DIR b`` as ``tar -c -f a.tar -C DIR b``.

    A first word without a dash is letters to tar in any case, each with its value from the words behind it.

    Returns:
        None when it is not clear which word belongs to which letter.
    """
    letters, *rest = args
    if _OLD_STYLE.fullmatch(letters) is None:
        return None
    spelled: list[str] = []
    for letter in letters:
        flag = profile.flags.get(f"-{letter}")
        if flag is None:
            return None
        spelled.append(flag.name)
        if not flag.takes_next:
            continue
        if not rest or (rest[0].startswith("-") and rest[0] != "-"):
            return None
        spelled.append(rest.pop(0))
    return spelled + rest


def _tar_mode(judge: "CommandJudge", reading: Reading, archive: str) -> None:
    folders = reading.values("-C", "--directory")
    base = folders[0] if folders else "."
    modes = [
        reading.has("-t", "--list"),
        reading.has("-x", "--extract", "--get"),
        reading.has("-c", "-r", "-u", "--create", "--append", "--update"),
    ]
    if sum(modes) != 1 or len(folders) > 1:
        judge.unknown("tar.mode", "It is not clear what happens with the archive.")
    if modes[0]:
        KINDS["read"](judge, archive)
    if modes[1]:
        KINDS["read"](judge, archive)
        if reading.has("-O", "--to-stdout"):
            _shown_members(judge, reading.positionals)
        else:
            _unpack_into(judge, base)
    if modes[2]:
        if archive != "-":
            KINDS["write"](judge, archive)
        for name in reading.positionals:
            KINDS["copytree"](judge, name if name.startswith("/") or base == "." else f"{base}/{name}")
        _tar_without_secrets(judge, reading.positionals)


def _tar_without_secrets(judge: "CommandJudge", names: list[str]) -> None:
    """What lies in an archive is nobody's file any more, so files of passwords stay out of it."""
    if not _packs_folders(judge, names):
        return
    excluded = [f"--exclude={pattern}" for pattern in PASSED_OVER]
    if judge.program == "bsdtar":
        judge.unknown("tar.secrets", "It would pack files that hold secrets, too.")
    elif judge.arguments[0].startswith("-"):
        judge.insert(*excluded)
    else:
        # The letters of the old spelling have to stand first.
        judge.env += (("TAR_OPTIONS", " ".join(excluded)),)


def _packs_folders(judge: "CommandJudge", names: list[str]) -> bool:
    return not judge.is_in_container and not all(judge.places.resolve(name).is_regular for name in names)


def _shown_members(judge: "CommandJudge", names: list[str]) -> None:
    """Files of an archive that are shown at once, by their names."""
    if any(may_name_secrets(name) for name in names):
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "path.secret",
            "Shows files of an archive that hold secrets.",
            risk="Passwords could get to the language model.",
            unknown=True,
        )


def _zip(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """``zip -x PATTERN... @`` stands before everything else; ``@`` ends the patterns."""
    if reading.has("-r", "--recurse-paths") and _packs_folders(judge, reading.positionals[1:]):
        patterns = (*PASSED_OVER, *(f"*/{name}" for name in PASSED_OVER if not name.startswith("*")))
        judge.insert("-x", *patterns, "@")


def _seven_pack(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    if _packs_folders(judge, reading.positionals[1:]):
        judge.insert(*(f"-xr!{name}" for name in PASSED_OVER))


def _unpack_into(judge: "CommandJudge", folder: str) -> None:
    """Whatever is in the archive is written below the folder; that is harmless in the workspace alone."""
    place = judge.places.write(folder, makes_folder=True)
    note_kept_rights(judge)
    judge.places.brings_links = judge.places.brings_settings = True
    if not is_below(place.path, judge.places.roots.workspace):
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "archive.outside",
            f"Unpacks an archive into {place.path}, over what is there.",
            risk="Files of the server could be replaced.",
            unknown=True,
        )


def _copy_tree(judge: "CommandJudge", value: str) -> None:
    """Everything below goes into an archive that agents can read."""
    if value == FROM_INPUT or value.startswith(("-", "@")):
        judge.unknown("argument.unknown-path", "It touches files that are named only while it runs.")
    else:
        KINDS["readtree"](judge, value)


def _copy_followed(judge: "CommandJudge", value: str) -> None:
    """The same for programs that pack what a link leads to."""
    _copy_tree(judge, value)
    if judge.places.resolve(value).is_folder:
        follow_links(judge, [value])


def _seven_unpack(judge: "CommandJudge", argv: list[str]) -> None:
    """``7z x ARCHIVE -oFOLDER``."""
    names = [word for word in argv if not word.startswith("-")]
    folders = [word[2:] for word in argv if word.startswith("-o")]
    others = [word for word in argv if word.startswith("-") and not word.startswith("-o")]
    if not names or len(folders) > 1 or not _SEVEN_FLAGS.issuperset(others):
        judge.unknown("7z.unpack", "What becomes of the archive is not known here.")
        return
    KINDS["read"](judge, names[0])
    _unpack_into(judge, folders[0] if folders else ".")


def _unzip(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    if reading.has("-p", "-c"):
        _shown_members(judge, reading.positionals[1:])
    if reading.has("-l", "-v", "-t", "-Z", "-p", "-c") or profile.rule_id != "unzip":
        return
    if not reading.has("-d"):
        _unpack_into(judge, ".")


def _rsync_source(judge: "CommandJudge", value: str) -> None:
    if _is_remote(judge, value):
        return
    _copy_tree(judge, value.rstrip("/") or "/")
    note_moved_links(judge, [value])
    note_moved_settings(judge, [value])


def _rsync_filter(judge: "CommandJudge", value: str) -> None:
    """``- *.tmp`` and ``+ */``; every other rule may read more of them from a file."""
    if re.fullmatch(r"[-+][!/sr]{0,3} [^\n]+", value) is None:
        judge.unknown("rsync.filter", "The rule may be read from a file.")


def _rsync_mode(judge: "CommandJudge", value: str) -> None:
    """``D755,F644``: for folders and for files."""
    for part in value.split(","):
        KINDS["mode"](judge, part.lstrip("DF"))


def _rsync_target(judge: "CommandJudge", value: str) -> None:
    if _is_remote(judge, value):
        return
    if judge.reading.has("-a", "-p", "--archive", "--perms"):
        note_kept_rights(judge)
    note_brought_trees(judge, judge.reading.positionals[:-1], value)
    # In a container it is not the folder alone that is new.
    place = judge.places.write(value.rstrip("/") or "/", makes_folder=not judge.is_in_container)
    if place.path == judge.places.roots.workspace and judge.verdict.tier >= Tier.RED:
        judge.verdict.note(
            Tier.CRITICAL_RED, "path.delete-all", "Could delete everything in the workspace.", unknown=True
        )


def _rsync_list(judge: "CommandJudge", value: str) -> None:
    if not _is_remote(judge, value):
        judge.places.list(value.rstrip("/") or "/")


def _is_remote(judge: "CommandJudge", value: str) -> bool:
    if _REMOTE.match(value) is None:
        return False
    judge.verdict.note(
        Tier.YELLOW,
        "rsync.remote",
        "Copies to or from another computer.",
        risk="Data could leave the server.",
        external=True,
        unknown=_PLAIN_REMOTE.fullmatch(value) is None,
    )
    return True


_ONLY_LOOKS: Final = ("-l", "-t", "--list", "--test")
_CHANGES: Final = ("-d", "-z", "--decompress", "--uncompress", "--compress")


def _packing(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Of ``-t`` and ``-d`` the last counts, but for gzip; lz4 packs with ``-l``, and writes to a second."""
    if not reading.has(*_ONLY_LOOKS) or reading.has("-c", "--stdout", "--to-stdout"):
        return
    is_lz4 = profile.rule_id == "lz4" and (reading.has("-l") or len(reading.positionals) > 1)
    is_gzip = profile.rule_id in ("gzip", "gunzip", "pigz")
    if is_lz4 or (reading.has(*_CHANGES) and not is_gzip):
        judge.unknown("packing.modes", "It may pack or unpack what it would only look at.")


KINDS.update(
    {
        "copytree": _copy_tree,
        "copyfollowed": _copy_followed,
        "rsyncsource": _rsync_source,
        "rsynctarget": _rsync_target,
        "rsynclist": _rsync_list,
        "rsyncfilter": _rsync_filter,
        "rsyncmode": _rsync_mode,
        "unpackinto": lambda judge, value: _unpack_into(judge, value),
    }
)
RESTS["sevenunpack"] = _seven_unpack
REVIEWS.update({"tar": _tar, "unzip": _unzip, "zip": _zip, "sevenpack": _seven_pack, "packing": _packing})
