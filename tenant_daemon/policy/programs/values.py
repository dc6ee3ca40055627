"""Kinds of argument values that are small languages or need more than a path judge."""

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.paths.names import PASSED_OVER, may_name_secrets
from tenant_daemon.policy.paths.places import FROM_INPUT
from tenant_daemon.policy.paths.resolve import resolve
from tenant_daemon.policy.paths.roots import is_below
from tenant_daemon.policy.paths.trees import holds_links, holds_settings, is_plain_tree
from tenant_daemon.policy.programs.containers import note_brought_in, note_brought_trees
from tenant_daemon.policy.programs.dumps import note_copied
from tenant_daemon.policy.programs.kinds import KINDS, is_shown_folder, note_backups
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS
from tenant_daemon.policy.programs.signs import begins_like_picture

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_RECURSIVE: Final = ("-r", "-R", "-a", "--recursive", "--archive")
_MODE: Final = re.compile(r"0?[0-7]{3}|[ugoa]*[-+=][rwxX]*(?:,[ugoa]*[-+=][rwxX]*)*")
_WORLD_WRITABLE: Final = re.compile(r"0?[0-7]{2}[2367]|.*[oa][+=][rxX]*w.*")
_DD: Final = re.compile(r"(bs|ibs|obs|cbs|count|skip|seek|status|conv|iflag|oflag)=[A-Za-z0-9,_]+")
_JQ_REACHES_OUT: Final = re.compile(
    r"(?<![.\w])(?:env|input_filename|import|include|modulemeta|(?:str|xml|props|base64)?_?load\w*|from_file|system|eval|strenv|envsubst|getpath_file|debug_file)\b|\$(?:\s|#[^\n]*\n)*+ENV|\$__prog"
)
NO_SECRETS: Final = re.compile(r"(?:docker-)?compose\.(?:ya?ml|y\*ml)|\*\.(?:log|md|css|html?)")
_DATE: Final = re.compile(r"\+.*|(?:19|20)\d\d|\d{1,2}|[a-z]{3,9}", re.DOTALL)


def _page_read(judge: "CommandJudge", value: str) -> None:
    """``less +COMMAND`` runs a command of its own."""
    if re.fullmatch(r"\+(?:\d+|[FG])", value) is not None:
        return
    if value.startswith("+"):
        judge.unknown("pager.command", "The pager would run a command of its own.")
    else:
        KINDS["read"](judge, value)


def _more_read(judge: "CommandJudge", value: str) -> None:
    """A word that ``more`` could take for one of its own commands is no file."""
    if value.startswith("!"):
        judge.unknown("pager.command", "The pager would run a command of its own.")
    _page_read(judge, value)


def _mode(judge: "CommandJudge", value: str) -> None:
    if _MODE.fullmatch(value) is None:
        judge.verdict.note(
            Tier.CRITICAL_RED, "chmod.special", f"Sets the special right “{value}”.", unknown=True
        )
    elif _WORLD_WRITABLE.fullmatch(value) is not None:
        judge.verdict.note(Tier.RED, "chmod.everyone", "Lets everybody change the files.")


_REPLACES_LINKS: Final = ("-n", "--no-dereference", "-T", "--no-target-directory")
_KEEPING_FOLDERS: Final = frozenset({"mkdir", "ls", "echo", "test", "true"})
"""After any other program a folder may be gone, and the link lie where it was."""


def _link_source(judge: "CommandJudge", value: str) -> None:
    """Who writes through a link writes to its target: a link out of the workspace is like touching that."""
    places = judge.places
    folder = _link_folder(judge)
    named = value if folder is None or value.startswith("/") else f"{folder}/{value}"
    place = places.resolve(named)
    climbs = ".." in value.split("/")
    if climbs and not _KEEPING_FOLDERS.issuperset(judge.before):
        folder = None
    if not is_below(place.path, places.roots.workspace) or (climbs and folder is None):
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "link.outside",
            f"Makes a link to {value}, outside the agent's own folder.",
            unknown=True,
        )
    places.read(named)
    places.guard_setting(place.path)
    # What is below the folder is then found under a second name; moved, the link would lead elsewhere.
    places.brings_settings |= place.is_folder or not place.exists
    places.brings_links |= climbs or (place.is_folder and holds_links(place.path))


def _link_folder(judge: "CommandJudge") -> str | None:
    """Where a symbolic link will lie, from which it leads on; None where names count from here."""
    reading = judge.reading
    if judge.is_in_container or reading.has("-t") or not reading.has("-s", "--symbolic"):
        return None
    names = reading.positionals
    if reading.has("-r", "--relative") or len(names) != 2:
        return None
    target = judge.places.resolve(names[1])
    if names[1].endswith("/") or (target.is_folder and not reading.has(*_REPLACES_LINKS)):
        return target.path
    return resolve(names[1], judge.places.cwd, follow_last=False).path.rpartition("/")[0]


def _print_format(judge: "CommandJudge", value: str) -> None:
    """``printf -v NAME`` sets a variable in a shell, and computes what stands in its brackets."""
    if value.startswith("-v"):
        judge.unknown("printf.variable", "It would set a variable of a shell.")


def _dd_word(judge: "CommandJudge", value: str) -> None:
    name, _, rest = value.partition("=")
    if name == "if":
        judge.places.read(rest)
    elif name == "of":
        judge.places.write(rest)
    elif _DD.fullmatch(value) is None:
        judge.unknown("dd.unknown", f"What “{value}” does is not known here.")


def _jq(judge: "CommandJudge", value: str) -> None:
    if _JQ_REACHES_OUT.search(value) is not None:
        judge.unknown("jq.reaches-out", "The JSON expression reads more than its input.")


def _jq_or_file(judge: "CommandJudge", value: str) -> None:
    """After ``--arg NAME VALUE`` a filter and files cannot be told apart: each is judged as both."""
    _jq(judge, value)
    KINDS["read"](judge, value)


def _yq(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """A word that stands alone is taken for a file when there is one of that name."""
    words = reading.positionals
    behind = judge.arguments.index(words[0]) + 1 if words and words[0] in judge.arguments else 0
    if len(words) == 1 or (behind and judge.arguments[behind : behind + 1] != words[1:2]):
        KINDS["read"](judge, words[0])


def _date_format(judge: "CommandJudge", value: str) -> None:
    if _DATE.fullmatch(value) is None:
        judge.verdict.note(Tier.CRITICAL_RED, "date.set", "Sets the server's clock.", unknown=True)


_KEEPS_LINKS: Final = ("-r", "-R", "-a", "-d", "-P", "--recursive", "--archive", "--no-dereference")


def note_moved_links(judge: "CommandJudge", sources: list[str]) -> None:
    """A link that comes to lie elsewhere may lead elsewhere, and later commands would follow it."""
    places = judge.places
    for source in sources:
        if judge.is_in_container or source == FROM_INPUT or places.brings_links:
            continue
        place = resolve(source.rstrip("/") or "/", places.cwd, follow_last=False)
        if place.exists and holds_links(place.path):
            places.brings_links = True


def note_kept_rights(judge: "CommandJudge") -> None:
    """What root takes over with its rights could be a program that runs as root, whoever starts it."""
    if judge.needs_server and not judge.is_in_container:
        judge.unknown("copy.rights", "As root it would take over rights that programs run with.")


_FOUND: Final = re.compile(r"/found(?:\.\w+)?\Z")


def note_moved_settings(judge: "CommandJudge", sources: list[str]) -> None:
    """Settings inside a folder come to lie where later commands would find them."""
    places = judge.places
    for source in sources:
        if judge.is_in_container or places.brings_settings:
            return
        place = places.resolve(source)
        is_found = source == FROM_INPUT or (not place.exists and _FOUND.search(place.path) is not None)
        places.brings_settings = is_found or (place.is_folder and holds_settings(place.path))


_PICTURE_NAME: Final = re.compile(r"\.(?:png|jpe?g|gif|webp|tiff?|bmp|ico|avif|heic)\Z", re.IGNORECASE)


def _copy(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Copying into a folder makes a file of the same name there: that name is judged too."""
    if reading.has(*_RECURSIVE):
        for source in reading.positionals if reading.has("-t") else reading.positionals[:-1]:
            KINDS["readtree"](judge, source)
    if reading.has("-a", "-p", "--archive", "--preserve"):
        note_kept_rights(judge)
    if reading.has("-L", "-l", "-s", "-H"):
        judge.unknown("copy.links", "It follows or makes links while it copies.")
    names = reading.positionals
    folders = reading.values("-t", "--target-directory")
    is_move = profile.rule_id in ("mv", "git.mv")
    if is_move or reading.has(*_KEEPS_LINKS):
        note_moved_links(judge, names if folders else names[:-1])
    if not folders and len(names) < 2:
        return
    target = folders[0] if folders else names[-1]
    sources = names if folders else names[:-1]
    if is_move or reading.has(*_KEEPS_LINKS):
        note_moved_settings(judge, sources)
    place = judge.places.resolve(target)
    for source in sources if not judge.is_in_container else ():
        if source == FROM_INPUT:
            continue
        found = judge.places.resolve(source)
        # What is no picture becomes none under another name.
        is_named = any(map(_PICTURE_NAME.search, (source, target)))
        is_text = found.is_regular and is_named and not begins_like_picture(found.path)
        if found.path in judge.places.spelled or is_text:
            name = source.rstrip("/").rpartition("/")[2]
            judge.places.spelled.add(f"{place.path}/{name}" if place.is_folder else place.path)
        note_copied(judge, found, target)
    if judge.is_in_container:
        note_brought_in(judge, sources, target)
        if is_move or reading.has(*_RECURSIVE):
            note_brought_trees(judge, sources, target, are_files=is_move)
    if is_move and place.path == "/dev/null":
        judge.unknown("move.device", "What is moved there is gone, and so is what was there.")
    made = [target]
    if folders or len(sources) > 1 or place.is_folder or target.endswith("/"):
        names = [source.rstrip("/").rpartition("/")[2] for source in sources if source != FROM_INPUT]
        made = [f"{target.rstrip('/') or '/'}/{n}" if n not in ("", ".", "..") else target for n in names]
        for name in made:
            judge.places.write(name)
    note_backups(judge, made, reading.values("-S", "--suffix"))


def _patch(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """
    A patch names the files that it changes; the program goes neither out of the folder nor through a link.

    Like an archive, it may bring links and settings. As ``-u`` it is never a script for ``ed``.
    """
    places = judge.places
    if judge.needs_server or judge.is_in_container or not is_below(places.cwd, places.roots.workspace):
        judge.unknown("patch.elsewhere", "It could change files outside the agent's own folder.")
    if judge.upstream:
        judge.unknown("patch.input", "The patch comes from somewhere not seen here.")
    judge.insert("-u")
    places.brings_links = places.brings_settings = True


def _uniq(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """``uniq INPUT OUTPUT``."""
    if len(reading.positionals) > 1:
        judge.places.write(reading.positionals[1])


def _grep_tree(judge: "CommandJudge", value: str) -> None:
    """A tree may hold secrets, but not in files of the names that ``--include`` asks for."""
    names, roots = judge.reading.values("--include"), judge.places.roots
    is_plain = bool(names) and all(NO_SECRETS.fullmatch(name) for name in names)
    # Beside `--exclude` a file that neither fits is read as well.
    if is_plain and not judge.reading.has("--exclude", "--exclude-from") and value != FROM_INPUT:
        place = judge.places.read(value)
        if not judge.is_in_container and roots.has_readable(place.path):
            return
    KINDS["readtree"](judge, value)


def _grep(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """``-e`` and ``-r`` together: every positional is a place to search."""
    if not reading.has("-r", "--recursive", "-R", "--dereference-recursive"):
        return
    _pass_secrets_over(judge, reading)
    has_pattern = reading.has("-e", "-f", "--regexp", "--file")
    if has_pattern and reading.positionals:
        KINDS["readtree"](judge, reading.positionals[0])
    if reading.has("-R", "--dereference-recursive"):
        follow_links(judge, reading.positionals[0 if has_pattern else 1 :] or ["."])


def _pass_secrets_over(judge: "CommandJudge", reading: Reading) -> None:
    """Below a project there often is a file with passwords: going through all of it leaves that one out."""
    if judge.is_in_container:
        return
    # The last pattern that fits decides, and ours come first.
    if any(fnmatchcase(name, pattern) for pattern in reading.values("--include") for name in PASSED_OVER):
        judge.unknown("grep.secrets", "It would go through files that hold secrets, too.")
    judge.insert(*(f"--exclude={pattern}" for pattern in PASSED_OVER))


def _compare(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Folders are gone through, links in them included, and files of passwords left out."""
    is_diff = judge.program in ("diff", "colordiff") and not judge.is_in_container
    if is_diff and reading.has("-r", "--recursive"):
        judge.insert(*(f"--exclude={pattern}" for pattern in PASSED_OVER))
    if not reading.has("--no-dereference"):
        folders = [name for name in reading.positionals if judge.places.resolve(name).is_folder]
        follow_links(judge, folders)


def follow_links(judge: "CommandJudge", starts: list[str]) -> None:
    """It goes through links: only where none leads out of the workspace."""
    workspace = judge.places.roots.workspace
    for start in starts:
        path = judge.places.resolve(start).path if start != FROM_INPUT else ""
        if judge.is_in_container or judge.places.is_unsettled:
            judge.unknown("links.followed", "It follows links, and nobody knows where they lead.")
        elif not is_below(path, workspace) and is_shown_folder(judge, path):
            # Nothing leads out of it: there is no link below.
            continue
        elif not is_below(path, workspace) or not is_plain_tree(path, workspace, as_words=False):
            judge.unknown("links.followed", f"It follows the links below {start}.")


def _encode(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    names = reading.positionals
    if len(names) > 1 and profile.rule_id == "xxd":
        judge.places.write(names[-1])
    elif names and profile.rule_id == "xxd" and judge.arguments.index(names[0]) < len(judge.arguments) - 1:
        # After a file's name everything is the name of another file, which it writes.
        judge.unknown("xxd.target", "It would write to a file that is called like a flag.")


def _convert(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    if profile.rule_id != "iconv":
        for name in reading.positionals:
            judge.places.write(name)


def _plain_read(judge: "CommandJudge", value: str) -> None:
    """For programs to which ``@FILE`` means the arguments that stand in the file."""
    if value.startswith("@"):
        judge.unknown("argument.list", f"The arguments that stand in {value[1:]} are not known here.")
    KINDS["read"](judge, value)


def _name_pattern(judge: "CommandJudge", value: str) -> None:
    if may_name_secrets(value):
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "path.secret",
            f"“{value}” is made to find files that hold secrets.",
            unknown=True,
        )


KINDS.update(
    {
        "moreread": _more_read,
        "plainread": _plain_read,
        "namepattern": _name_pattern,
        "greptree": _grep_tree,
        "mode": _mode,
        "pageread": _page_read,
        "linksource": _link_source,
        "ddword": _dd_word,
        "printformat": _print_format,
        "jq": _jq,
        "jqread": _jq_or_file,
        "dateformat": _date_format,
    }
)
REVIEWS.update(
    {
        "yq": _yq,
        "copy": _copy,
        "uniq": _uniq,
        "patch": _patch,
        "grep": _grep,
        "compare": _compare,
        "encode": _encode,
        "convert": _convert,
    }
)


_SECRET_WORD: Final = re.compile(r"SECRET_REF\([A-Za-z0-9][A-Za-z0-9._-]*\)")
# Wherever a number or a date is put in, it is one.
_PSQL_VARIABLE: Final = re.compile(
    r"ON_ERROR_STOP=(?:1|on)|VERBOSITY=\w+|QUIET=\w+|[a-z][a-z0-9_]*=\d+(?:[.-]\d+)*"
)


def _secret_word(judge: "CommandJudge", value: str) -> None:
    """A password in an argument: a reference to the vault is fine, a password itself never is."""
    if _SECRET_WORD.fullmatch(value) is None:
        judge.unknown("secret.plain", "A password stands in the command; use a reference to the vault.")


def _psql_variable(judge: "CommandJudge", value: str) -> None:
    if _PSQL_VARIABLE.fullmatch(value) is None:
        judge.unknown("psql.variable", "A variable could change what the SQL means.")


_DUMP_NAME: Final = re.compile(r"\.(?:sql|dump|bak|backup|gz|xz|zst|bz2)\Z")


def _dump(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """A dump without a file goes into the answer, with every password hash in it."""
    judge.writes_database_out = True
    is_kept = _DUMP_NAME.search(judge.output) is not None
    is_shown = not is_kept and not bool(reading.values("-f", "--file", "-r", "--result-file"))
    if is_shown and not reading.has("-s", "--schema-only", "--no-data"):
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "dump.shown",
            "Shows a whole database, also the passwords in it.",
            risk="Passwords could get to the language model.",
            unknown=judge.is_alone,
        )


KINDS.update({"secretword": _secret_word, "psqlvar": _psql_variable})
REVIEWS.update({"dump": _dump})
