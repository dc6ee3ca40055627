"""The few calls of interpreters that run no code of the agent's, and business tools that are PHP programs."""

import os
import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.paths.names import is_app_secret_name
from tenant_daemon.policy.paths.roots import is_below
from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import BEFORE_ANSWERING, GUARDS, RESTS, REVIEWS
from tenant_daemon.policy.programs.tables import judge_perl

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_SCRIPTS: Final = re.compile(r"(?:\./|/(?:var/www|opt/apps|app)/(?:[\w-]+/)*)?(occ|artisan|(?:bin/)?console)")
_YARN_SETTINGS: Final = (
    *(".yarnrc", ".yarnrc.yml", ".yarnrc.yaml", ".yarn", ".npmrc"),
    *(".pnpmfile.cjs", ".pnpmfile.mjs", "pnpmfile.js", "pnpm-workspace.yaml"),
)
_SHOWING_SCRIPTS: Final = frozenset({"list-users", "list-balances", "user-stats"})
_COMPARING: Final = ("-eq", "-ne", "-lt", "-le", "-gt", "-ge")
_CALCULATED: Final = re.compile(r"\$\(|`|\w\[")
_GUARDRAIL: Final = re.compile(r"tenant_daemon|\bletsbe|openclaw", re.IGNORECASE)


def _python(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """``python3 -m json.tool`` shows JSON; without ``-I`` it could load modules from the current folder."""
    modules = reading.values("-m")
    if judge.is_in_container and reading.positionals[:1] == ["manage.py"] and not reading.given:
        judge.judge(reading.positionals)
        return
    is_first = bool(reading.given) and reading.given[0][0].name == "-m"
    if is_first and len(reading.given) == 1 and not reading.unknown and modules[0] in _MODULES:
        _MODULES[modules[0]](judge, reading.positionals)
        judge.insert("-I")
        return
    if modules != ["json.tool"] or not is_first:
        judge.unknown("python.code", "It would run code.")
        if any(_GUARDRAIL.search(text) for text in (*modules, *reading.positionals)):
            judge.verdict.note(
                Tier.CRITICAL_RED, "command.guardrail", "Touches the safety system itself.", unknown=True
            )
        return
    for place, name in enumerate(reading.positionals):
        if place == 0:
            KINDS["read"](judge, name)
        else:
            judge.places.write(name)
    judge.insert("-I")


def _own_python(judge: "CommandJudge", args: list[str]) -> None:
    """``python3 -m venv FOLDER``: a new folder with a Python of its own, made of the server's."""
    judge.verdict.note(Tier.YELLOW, "python.venv", "Makes a folder for a project's own packages.")
    if len(args) != 1 or args[0].startswith("-") or judge.places.resolve(args[0]).exists:
        judge.unknown("python.venv", "It would change a folder that is there.")
    for name in args:
        KINDS["mkdir"](judge, name)


def _python_packages(judge: "CommandJudge", args: list[str]) -> None:
    judge.judge(["pip", *args])


def _python_archive(judge: "CommandJudge", args: list[str]) -> None:
    """``python3 -m zipfile -l FILE``."""
    if len(args) != 2 or args[0] not in ("-l", "--list"):
        judge.unknown("python.archive", "It would pack or unpack files.")
    for name in args[1:]:
        KINDS["read"](judge, name)


def _python_calendar(judge: "CommandJudge", args: list[str]) -> None:
    for word in args:
        KINDS["int"](judge, word)


_MODULES: Final = {
    "venv": _own_python,
    "pip": _python_packages,
    "zipfile": _python_archive,
    "tarfile": _python_archive,
    "calendar": _python_calendar,
}


def _php(judge: "CommandJudge", argv: list[str]) -> None:
    """PHP runs code; the programs of Nextcloud and of Laravel are known by what they are asked to do."""
    if not argv and len(judge.reading.values("-l")) == 1:
        judge.verdict.note(Tier.GREEN, "php.lint", "Checks the spelling of a program without running it.")
        return
    argv = [*judge.reading.values("-f"), *argv]
    script = _SCRIPTS.fullmatch(argv[0]) if argv else None
    if script is not None and (judge.is_in_container or _is_not_own(judge, argv[0])):
        judge.judge([script[1].removeprefix("bin/"), *argv[1:]])
        return
    judge.unknown("php.code", "It would run code.")


def _perl(judge: "CommandJudge", argv: list[str]) -> None:
    """One substitution over files; everything else is code."""
    if not judge_perl(judge, argv):
        judge.unknown("perl.code", "It would run code.")


def _in_container(judge: "CommandJudge", argv: list[str]) -> None:
    """Programs that run the code of the folder they stand in: that of an image is not the agent's."""
    if not judge.is_in_container:
        judge.unknown("interpreter.own-code", "It would run code from the current folder.")
    if judge.program == "bundle":
        judge.judge(argv)
    else:
        for name in argv:
            KINDS["name"](judge, name)


def _npm_script(judge: "CommandJudge", value: str) -> None:
    """Scripts of an image are its own; these few only show something."""
    if not judge.is_in_container or value not in _SHOWING_SCRIPTS or len(judge.reading.positionals) != 1:
        judge.verdict.note(
            Tier.RED, "npm.script", "Runs what a package calls a script.", external=True, unknown=True
        )


def _yarn(judge: "CommandJudge", args: list[str]) -> None:
    """Yarn and pnpm run the program that a settings file in the folder, or above it, names."""
    folder, workspace = judge.places.cwd, judge.places.roots.workspace
    if not any(arg for arg in args if not arg.startswith("-")) and args not in (["--version"], ["-v"]):
        # `yarn` alone installs.
        judge.verdict.note(Tier.RED, "yarn.install", "Installs packages.", external=True, unknown=True)
    if judge.is_in_container or not is_below(folder, workspace):
        return
    while is_below(folder, workspace):
        if not judge.is_only or any(os.path.lexists(f"{folder}/{name}") for name in _YARN_SETTINGS):
            judge.unknown("yarn.own-code", "It could run code from the agent's own folder.")
            return
        folder = folder.rpartition("/")[0]


def _npm(judge: "CommandJudge", args: list[str]) -> None:
    """Settings that the agent has written itself can name programs and servers."""
    folder, workspace = judge.places.cwd, judge.places.roots.workspace
    if judge.places.brings_settings:
        judge.unknown("npm.own-setup", "It would work by settings that are unpacked or moved before.")
    while not judge.is_in_container and is_below(folder, workspace):
        if os.path.lexists(f"{folder}/.npmrc"):
            judge.unknown("npm.own-setup", "It would work by settings of the agent's own.")
            return
        folder = folder.rpartition("/")[0]


def _package_file(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    if not reading.positionals:
        judge.unknown("npm.facts", "It is not said what is changed.")
    if judge.is_in_container:
        judge.unknown("npm.image", "It would change an application's own description of itself.")
    judge.places.write("package.json")


def _supervisor(judge: "CommandJudge", args: list[str]) -> None:
    """It takes the settings that lie in the current folder, which can name code, before the server's own."""
    folder = judge.places.cwd
    if judge.is_in_container or not is_below(folder, judge.places.roots.workspace):
        return
    names = ("supervisord.conf", "etc/supervisord.conf")
    if not judge.is_only or any(os.path.lexists(f"{folder}/{name}") for name in names):
        judge.unknown("supervisor.own-setup", "It would work by settings of the agent's own.")


def _ruby(judge: "CommandJudge", args: list[str]) -> None:
    """Rails runs the application that stands in the current folder; Bundler the list of its packages."""
    if not judge.is_in_container:
        judge.unknown("rails.own-code", "It would run code from the current folder.")


def _console(judge: "CommandJudge", args: list[str]) -> None:
    """An application's program runs the code of the folder that it stands in; that of an image it may."""
    if not judge.is_in_container:
        judge.unknown("console.own-code", "It would run code from the current folder.")


def _is_not_own(judge: "CommandJudge", name: str) -> bool:
    """Whether the program is none that the agent can have written."""
    place = judge.places.resolve(name)
    is_own = is_below(place.path, judge.places.roots.workspace)
    return not is_own or (judge.is_only and not place.exists)


def _needs_argument(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Without an argument it would take its commands from the input, or show everything."""
    if not reading.positionals:
        judge.unknown(f"{profile.rule_id}.input", "It is not said what it works on.")


def _compared_numbers(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """A shell would calculate both sides of ``-eq``, and run what stands between the brackets of a name."""
    numbers = reading.values(*_COMPARING)
    if numbers and any(_CALCULATED.search(text) for text in (*numbers, *reading.positionals)):
        judge.unknown("test.calculated", "A shell would run what it compares.")


def _dump_file(judge: "CommandJudge", value: str) -> None:
    if value == "-":
        judge.unknown("dump.shown", "Shows a whole database, also the passwords in it.")
    elif judge.is_in_container and not is_app_secret_name(value.rpartition("/")[2]):
        # What is read there later is known by its name alone.
        judge.unknown("dump.name", "A copy of a database needs a name that tells of it, such as copy.sql.")
    judge.places.write(value)


KINDS.update(
    {
        "dumpfile": _dump_file,
        "npmscript": _npm_script,
    }
)
RESTS.update({"phpscript": _php, "perlcode": _perl, "incontainer": _in_container})
GUARDS["npm"] = _npm
GUARDS.update({"console": _console, "bench": _console, "celery": _console})
GUARDS.update(dict.fromkeys(("rails", "rake", "bundle"), _ruby))
GUARDS.update({"supervisorctl": _supervisor, "yarn": _yarn, "pnpm": _yarn})
# They run what a settings file in the folder names.
BEFORE_ANSWERING.update(("yarn", "pnpm", "rails", "bundle"))
REVIEWS["packagefile"] = _package_file
REVIEWS.update({"python": _python, "needsargument": _needs_argument, "testnumbers": _compared_numbers})
