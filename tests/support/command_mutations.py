"""Other ways to write a command, most of them seen in published bypasses."""

import random
from collections.abc import Callable
from pathlib import Path

Mutation = Callable[[str, random.Random], str]
_WRAPPERS = (
    "sudo ",
    "sudo -n ",
    "nice ",
    "nice -n 5 ",
    "env ",
    "env -i ",
    "env A=b ",
    "timeout 5 ",
    "timeout -k 1 5 ",
    "nohup ",
    "setsid ",
    "stdbuf -o0 ",
    "xargs ",
    "command ",
    "exec ",
    "time ",
    "ionice -c 3 ",
    "watch ",
    "sudo -u root ",
    "LANG=C ",
    "cd . && ",
    "true && ",
    "ls; ",
    "ls || ",
    "ls | ",
    "flock x ",
    "busybox ",
    "chroot / ",
    "nice nice ",
)
_SUFFIXES = (
    " ",
    " > /dev/null",
    " 2>&1",
    " 2>/dev/null",
    " | cat",
    " | head -1",
    " && ls",
    "; true",
    " || true",
    " < /dev/null",
    " &",
    " # x",
    "\n",
    " > out.txt",
    " --verbose",
    " | tee out.txt",
    " >> log.txt 2>&1",
)


_CORPUS = Path(__file__).parent.parent / "daemon" / "policy" / "corpus"


def hostile_commands() -> list[str]:
    """The hostile lists: commands that mutations keep hostile."""
    texts = [(_CORPUS / name).read_text(encoding="utf-8") for name in ("hostile.txt", "hostile_more.txt")]
    found = [line for text in texts for line in text.splitlines() if line and not line.startswith("#")]
    return [line.replace("␤", "\n") for line in found]


def mutate(command: str, rng: random.Random, depth: int) -> str:
    """Apply some mutations, one after the other."""
    for _ in range(depth):
        command = rng.choice(MUTATIONS)(command, rng)
    return command


def wrap(command: str, rng: random.Random) -> str:
    return rng.choice(_WRAPPERS) + command


def append(command: str, rng: random.Random) -> str:
    return command + rng.choice(_SUFFIXES)


def blanks(command: str, rng: random.Random) -> str:
    return command.replace(" ", rng.choice(("  ", "\t", " \t ")), 1) if " " in command else f" {command}"


def quote_first(command: str, rng: random.Random) -> str:
    first, sign, rest = command.partition(" ")
    if not first.isalnum():
        return f"{command} "
    return rng.choice((f"'{first}'", f'"{first}"', f"{first[0]}''{first[1:]}", f'{first}""')) + sign + rest


def backslash_first(command: str, rng: random.Random) -> str:
    first = command.split()[0]
    if not first.isalpha() or not command.startswith(first):
        return f"{command} "
    at = rng.randrange(len(first))
    return f"{command[:at]}\\{command[at:]}"


def full_path(command: str, rng: random.Random) -> str:
    return rng.choice(("/bin/", "/usr/bin/", "/usr/sbin/", "/usr/bin/../bin/")) + command


def invisible(command: str, rng: random.Random) -> str:
    at = rng.randrange(len(command) + 1)
    return command[:at] + rng.choice("\u200b\u202e\u00a0\x00\x1b\u2066\ufeff") + command[at:]


def in_shell(command: str, rng: random.Random) -> str:
    text = command.replace("'", "'\\''")
    return rng.choice(("sh -c '{}'", "bash -c '{}'", "bash -lc '{}'")).format(text)


def in_list(command: str, rng: random.Random) -> str:
    form = rng.choice(
        ("ls && {}", "{}; ls", "ls | {}", "({})", "{{ {}; }}", "echo $({})", "echo `{}`", "! {}")
    )
    if "`" in form:
        # Without a backslash a second one would end the first, and its words only be printed.
        command = command.replace("\\", "\\\\").replace("`", "\\`")
    return form.format(command)


def in_construct(command: str, rng: random.Random) -> str:
    """Around the command what the classifier takes apart itself."""
    return rng.choice(
        (
            "for i in 1 2; do {}; done",
            "for f in a.txt; do ls $f; {}; done",
            "if true; then {}; fi",
            "if ls; then ls; else {}; fi",
            "if {}; then ls; fi",
            "echo $({})",
            'echo "$({})"',
            "{{ {}; }} > out.txt",
            "({}) 2>/dev/null",
            "X=1; {}",
            "D=$(date +%F); {}",
            "cd .; {}",
            "cd ~ && {}",
            "set -e; {}",
            "ls\n{}",
            "# a remark\n{}",
            "cat <<E\nhello\nE\n{}",
            "true && {{ ls; {}; }}",
            "[ -f a ] || {}",
            "[[ -f a ]] && {}",
            "ls |& head; {}",
            "echo {{a,b}}; {}",
            "wc -w <<< a; {}",
        )
    ).format(command)


def joined_lines(command: str, rng: random.Random) -> str:
    return command.replace(" ", " \\\n ", 1) if " " in command and "<<" not in command else f"{command} "


def by_variable(command: str, rng: random.Random) -> str:
    """The first word, or another one, from a variable or a loop."""
    if set(command) & set("'\"<\n"):
        # Inside quotes it would be another command.
        return f"{command} "
    words = command.split(" ")
    at = rng.randrange(len(words))
    value = words[at]
    name = f"v{rng.randrange(10**6)}"
    if not value or set(value) & set("'\"\\$`*?[]{}()<>|&;~#!\n") or "=" in value:
        return f"{command} "
    words[at] = rng.choice((f"${name}", f"${{{name}}}", f'"${name}"'))
    shown = " ".join(words)
    return rng.choice(
        (f"{name}={value}; {shown}", f"for {name} in {value}; do {shown}; done", f"{name}={value} && {shown}")
    )


MUTATIONS: list[Mutation] = [
    wrap,
    append,
    blanks,
    quote_first,
    backslash_first,
    full_path,
    invisible,
    in_shell,
    in_list,
    in_construct,
    joined_lines,
    by_variable,
]
