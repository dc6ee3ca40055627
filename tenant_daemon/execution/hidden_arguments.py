"""
Secrets out of arguments: every user of a server can read those of every program (proc_pid_cmdline(5)).

What the classifier judged is the argument with ``SECRET_REF(name)``. Where the program takes the same value
from its environment or its input, it is passed there; the program and what it does stay the same. Otherwise
the command is refused, unless the server hides processes of other users (``hidepid``).
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tenant_daemon.execution.outcome import ActionFailed
from tenant_daemon.policy.actions import Command

_REFUSED: Final = (
    "A secret cannot be put into the arguments of {program}: other users of this server could read it there. "
    "Set a variable in front of the command (NAME=SECRET_REF(...) {program} ...), write it to a file, or use "
    "the http tool."
)
_HIDDEN: Final = re.compile(r"hidepid=(1|2|4|noaccess|invisible|ptraceable)\b")
_MOUNTS: Final = Path("/proc/mounts")

Resolve = Callable[[str], str]
_Rewrite = Callable[[Command, Resolve], Command | None]


def hides_processes(mounts: Path = _MOUNTS) -> bool:
    """Whether users of this server do not see each other's processes."""
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return False
    of_proc = [line.split() for line in lines if line.split()[1:2] == ["/proc"]]
    return bool(of_proc) and len(of_proc[-1]) > 3 and bool(_HIDDEN.search(of_proc[-1][3]))


def with_hidden_values(command: Command, resolve: Resolve) -> Command:
    """
    The command with its values put in, none of them in an argument that others could see.

    Args:
        command: As it was judged; some of its arguments hold references.
        resolve: Gives a text with its references replaced.

    Raises:
        ActionFailed: The program takes the value in its arguments alone.
    """
    program = command.argv[0].rpartition("/")[2]
    rewrite = _REWRITES.get(program)
    found = rewrite(command, resolve) if rewrite is not None else None
    if found is not None and not _holds_reference(found.argv):
        return found
    if hides_processes():
        return command._replace(argv=tuple(resolve(word) for word in command.argv))
    raise ActionFailed(_REFUSED.format(program=program))


def _holds_reference(argv: Sequence[str]) -> bool:
    return any("SECRET_REF(" in word for word in argv)


def _with_variable(command: Command, argv: Sequence[str], name: str, value: str) -> Command:
    return command._replace(argv=tuple(argv), env=(*command.env, (name, value)))


def _option_to_variable(variable: str, *, joined: Sequence[str], apart: Sequence[str] = ()) -> _Rewrite:
    """For programs that read one password from a variable instead of an option."""

    def rewrite(command: Command, resolve: Resolve) -> Command | None:
        argv: list[str] = []
        value = ""
        words = iter(command.argv)
        for word in words:
            prefix = next((start for start in joined if word.startswith(start) and word != start), None)
            if prefix is not None and "SECRET_REF(" in word:
                value = resolve(word.removeprefix(prefix))
            elif word in apart:
                value = resolve(next(words, ""))
            else:
                argv.append(word)
        return _with_variable(command, argv, variable, value) if value else None

    return rewrite


def _sshpass(command: Command, resolve: Resolve) -> Command | None:
    if len(command.argv) < 3 or command.argv[1] != "-p":
        return None
    return _with_variable(
        command, (command.argv[0], "-e", *command.argv[3:]), "SSHPASS", resolve(command.argv[2])
    )


_POSTGRES: Final = re.compile(r"^(postgres(?:ql)?://[^:@/]*):([^@/]*)(@.*)$")


def _postgres(command: Command, resolve: Resolve) -> Command | None:
    argv, password = [], ""
    for word in command.argv:
        found = _POSTGRES.match(word)
        if found and "SECRET_REF(" in found[2]:
            password, word = resolve(found[2]), found[1] + found[3]
        argv.append(word)
    return _with_variable(command, argv, "PGPASSWORD", password) if password else None


def _openssl(command: Command, resolve: Resolve) -> Command | None:
    argv, env = [], list(command.env)
    for word in command.argv:
        if word.startswith("pass:") and "SECRET_REF(" in word:
            name = f"LETSBE_PASS_{len(env)}"
            env.append((name, resolve(word.removeprefix("pass:"))))
            word = f"env:{name}"
        argv.append(word)
    return command._replace(argv=tuple(argv), env=tuple(env))


def _echo(command: Command, resolve: Resolve) -> Command | None:
    """Shells print by themselves, without a program whose arguments could be seen; we do through ``cat``."""
    words = list(command.argv[1:])
    end = "\n"
    if words[:1] == ["-n"]:
        words, end = words[1:], ""
    if not words or words[0].startswith("-") or not _has_free_input(command):
        return None
    text = " ".join(resolve(word) for word in words) + end
    return command._replace(argv=("cat",), stdin_text=text)


_CURL_OPTIONS: Final = {
    "-H": "header",
    "--header": "header",
    "-u": "user",
    "--user": "user",
    "-d": "data",
    "--data": "data",
    "--data-raw": "data-raw",
    "--data-binary": "data-binary",
    "--data-urlencode": "data-urlencode",
    "--json": "json",
    "-F": "form",
    "--form": "form",
    "-b": "cookie",
    "--cookie": "cookie",
    "--oauth2-bearer": "oauth2-bearer",
    "--url": "url",
}


_CURL_SWITCHES: Final = re.compile(
    r"-[sSfLkivgG#]+|--(silent|show-error|fail|location|compressed|insecure|verbose|include|globoff)"
)
"""Options without a value: what follows one of them is an address."""


def _curl(command: Command, resolve: Resolve) -> Command | None:
    """Options with a secret go into a configuration that curl reads from its input (``-K -``)."""
    if not _has_free_input(command) or any(word in {"-K", "--config", "@-", "-T"} for word in command.argv):
        return None
    argv, lines = [command.argv[0]], []
    words = iter(command.argv[1:])
    before = ""
    for word in words:
        is_address = before == "" or bool(_CURL_SWITCHES.fullmatch(before))
        before = word
        name, joined, value = word.partition("=")
        if word in _CURL_OPTIONS:
            value, before = next(words, ""), ""
            if "SECRET_REF(" not in value:
                argv += [word, value]
                continue
            lines.append(_curl_line(_CURL_OPTIONS[word], resolve(value)))
        elif joined and name in _CURL_OPTIONS and "SECRET_REF(" in value:
            lines.append(_curl_line(_CURL_OPTIONS[name], resolve(value)))
        elif is_address and "SECRET_REF(" in word and word.startswith(("http://", "https://")):
            lines.append(_curl_line("url", resolve(word)))
        else:
            argv.append(word)
    return command._replace(argv=(*argv, "-K", "-"), stdin_text="".join(lines))


def _curl_line(name: str, value: str) -> str:
    """A line of curl's configuration; between quotes it knows these escapes (curl(1), --config)."""
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        value = value.replace(plain, escaped)
    return f'{name} = "{value}"\n'


def _has_free_input(command: Command) -> bool:
    return command.stdin_path is None and command.stdin_text is None


_mysql = _option_to_variable("MYSQL_PWD", joined=("-p", "--password="))
_REWRITES: Final[dict[str, _Rewrite]] = {
    "curl": _curl,
    "echo": _echo,
    "openssl": _openssl,
    "sshpass": _sshpass,
    "psql": _postgres,
    "pg_dump": _postgres,
    "mysql": _mysql,
    "mariadb": _mysql,
    "mysqldump": _mysql,
    "mariadb-dump": _mysql,
    "mysqladmin": _mysql,
    "redis-cli": _option_to_variable("REDISCLI_AUTH", joined=(), apart=("-a", "--pass")),
    "valkey-cli": _option_to_variable("REDISCLI_AUTH", joined=(), apart=("-a", "--pass")),
}
