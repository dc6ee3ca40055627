"""The small languages of sed and awk: read strictly, anything that is not surely harmless asks."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.programs.kinds import KINDS, note_backups
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS
from tenant_daemon.policy.wordlist import word_set

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

# Blanks are written out: to sed a line break ends a command, and what follows is the next one.
_SED_END: Final = r"(?=[ \t]*(?:[;}\n]|\Z))"
# Where a pattern ends depends on where the brackets in it end. These are read as the standard says;
# a sed that knows no brackets there stops within one, and does not take such a pattern.
_SED_BRACKET: Final = r"\[\^?+\]?+(?:\[:[a-z]++:\]|\[(?![:.=])|[^\]\[\n])*+\]"
_SED_ADDRESS: Final = re.compile(rf"[ \t]*(?:\d+(?:~\d+)?|\$|/(?:[^/\\\n\[]|\\[^\n]|{_SED_BRACKET})*+/I?)")
_SED_SIMPLE: Final = re.compile(rf"(?:[dDFgGhHnNpPxzl=]|[qQ]\d*){_SED_END}")
# The name goes on to the end of the line.
_SED_READ: Final = re.compile(r"[rR][ \t]*(?P<file>[\w./-][\w./@%+,=-]*)(?=\n|\Z)")
_SED_LABEL: Final = re.compile(
    rf"[btT][ \t]*[A-Za-z0-9_]*{_SED_END}|:[ \t]*[A-Za-z0-9_]+(?=[ \t]*(?:[;\n]|\Z))"
)
# A line of text that ends with a backslash goes on in the next one: no command stands there.
_SED_TEXT: Final = re.compile(
    r"[aic][ \t]*(?:\\\\?\Z|(?:\\\n|\\(?![ \t]*(?:[\n\\]|\Z))|(?=[^ \t\n\\]))"
    r"(?:[^\\\n]|\\[^\n]|\\\n)*+(?=\n|\Z))"
)
_SED_FLAGS: Final = re.compile(rf"(?:[gpiImM]|\d+)*{_SED_END}")
_BLANK: Final = re.compile(r"[\s;]*")

_AWK_TOKEN: Final = re.compile(
    r'(?P<blank>[ \t]+|\\\n)|(?P<line>\n|;)|(?P<string>"(?:[^"\\\n]|\\.)*")'
    # `0x1system` is a number and a name to gawk.
    r"|(?P<number>(?:\d++\.?+\d*+|\.\d++)(?:[eE][+-]?\d++)?+(?![A-Za-z_]))"
    r"|(?P<word>[A-Za-z_]\w*)|(?P<op>\|\||&&|[<>=!]=|\+\+|--|[-+*/%^]=|!~|>>|[-+*/%^$~!<>=?:,(){}\[\]|&])"
)
# The one program that a program may be handed to: `print ... | "sort -rn"`.
_AWK_SORT: Final = re.compile(r' *"sort(?: -[nrukhVb0-9,]+)*"(?= *(?:[;}\n]|\Z))')
# A file whose name stands there whole; nothing may be added to it.
_AWK_FILE: Final = re.compile(r' *"(\w[\w.-]*(?:/\w[\w.-]*)*)"(?= *(?:[;}\n]|\Z))')
# To some a backslash in brackets keeps the next character from ending them; to some every `[` opens others.
# Behind `\]` in brackets it makes no difference where they end, as long as nothing but text follows.
_AWK_REGEX: Final = re.compile(
    r"/(?:[^/\\\n\[]|\\.|\[\^?+\]?+(?:\[:[a-z]++:\]|[^\]\[\\\n]|\\[^\]\n])*+(?:\\\][^\]\[\\\n/]*+)?+\])++/"
)
_AWK_REACHES_OUT: Final = frozenset(
    {
        "system",
        "getline",
        "ENVIRON",
        "PROCINFO",
        "ARGV",
        "ARGC",
        "close",
        "fflush",
        "SYMTAB",
        "FUNCTAB",
        "extension",
    }
)


_AWK_CONTROL: Final = frozenset({"if", "while", "for", "switch"})
# After these words a slash begins a pattern.
_AWK_BEFORE_PATTERN: Final = frozenset(
    {"print", "printf", "in", "return", "else", "do", "case", "exit", "delete"}
)


# What a slash behind one of these means differs: mawk begins a pattern after `length`.
_AWK_WITHOUT_OPERANDS: Final = word_set(
    """
    length next nextfile break continue exit return delete do else default case func function BEGIN END
    BEGINFILE ENDFILE rand srand time systime mktime strftime tolower toupper sin cos atan2 exp log sqrt int
    index match split sub gsub gensub substr sprintf
    """
)
# After these a line break ends a statement; after a comma or `&&` it does not.
_AWK_ENDS: Final = frozenset({"operand", ")", "]", "}", "{", ";", "\n", "++", "--", ""})


def files_of_sed(script: str) -> list[str] | None:
    """
    The files that a sed script reads into what it prints.

    Returns:
        None when it may do more than print, delete and replace: write a file, run a command.
    """
    files: list[str] = []
    at, size = 0, len(script)
    while True:
        at = _BLANK.match(script, at).end()  # type: ignore[union-attr]
        if at >= size:
            return files
        if script[at] == "}":
            at += 1
            continue
        for _ in range(2):
            found = _SED_ADDRESS.match(script, at)
            if found is not None:
                at = found.end()
                if at < size and script[at] == ",":
                    at += 1
                    if at < size and script[at] in "+~":
                        at += 1
        while at < size and script[at] in " !\t":
            at += 1
        if at < size and script[at] == "{":
            at += 1
            continue
        read = _SED_READ.match(script, at)
        if read is not None:
            files.append(read["file"])
            at = read.end()
            continue
        end = _sed_command(script, at)
        if end < 0:
            return None
        at = end


def _sed_command(script: str, at: int) -> int:
    """The end of the command that starts here, or -1 when it is not a plain one."""
    if at < len(script) and script[at] in "sy":
        return _sed_substitution(script, at)
    for pattern in (_SED_SIMPLE, _SED_LABEL, _SED_TEXT):
        found = pattern.match(script, at)
        if found is not None:
            return found.end()
    return -1


@lru_cache(maxsize=64)
def _substitution(kind: str, sign: str) -> re.Pattern[str]:
    """What stands between the signs of ``s/PATTERN/TEXT/`` or ``y/ABC/XYZ/``, with the last sign."""
    end = re.escape(sign)
    # Brackets in what `y` replaces are characters to one sed and not to another.
    first = rf"(?:[^\\\n\[{end}]|\\.{'' if kind == 'y' else '|' + _SED_BRACKET})*+"
    return re.compile(rf"{first}{end}(?:[^\\\n{end}]|\\.)*+{end}", re.DOTALL)


def _sed_substitution(script: str, at: int) -> int:
    kind, sign = script[at], script[at + 1 : at + 2]
    # Some count signs in bytes, and would take a part of one that is not ASCII.
    if not sign.isascii() or not sign or sign.isalnum() or sign in "\\\n ;[]^":
        return -1
    found = _substitution(kind, sign).match(script, at + 2)
    if found is None:
        return -1
    if kind == "y":
        return found.end()
    flags = _SED_FLAGS.match(script, found.end())
    return -1 if flags is None else flags.end()


def files_of_awk(program: str) -> list[str] | None:
    """
    The files with fixed names that an awk program prints into.

    Returns:
        None when it may do more than read its input and print: run a command, read another file.
    """
    files: list[str] = []
    at, size = 0, len(program)
    before = word = ""
    prints_at_depth: int | None = None
    # Per open parenthesis: whether it belongs to an `if`, `while` or `for`, after which a pattern may begin.
    parens: list[bool] = []
    while at < size:
        if program[at] == "/" and (before in ("++", "--") or word in _AWK_WITHOUT_OPERANDS):
            # Division or the beginning of a pattern: programs differ.
            return None
        if program[at] == "/" and before not in ("operand", ")", "]"):
            found = _AWK_REGEX.match(program, at)
            kind, text = "string", ""
        else:
            found = _AWK_TOKEN.match(program, at)
            kind, text = (found.lastgroup or "", found[0]) if found else ("", "")
        if found is None:
            return None
        at = found.end()
        if kind == "blank":
            continue
        if text == "|":
            sorting = _AWK_SORT.match(program, at)
            if sorting is None:
                return None
            at, before, word = sorting.end(), "operand", ""
            continue
        if text in _AWK_REACHES_OUT:
            return None
        if text in ("print", "printf"):
            prints_at_depth = len(parens)
        elif text in ("{", "}", ";") or (kind == "line" and before in _AWK_ENDS):
            prints_at_depth = None
        elif text in (">", ">>") and prints_at_depth is not None and len(parens) <= prints_at_depth:
            target = _AWK_FILE.match(program, at)
            if target is None:
                return None
            files.append(target[1])
            at, before, word, prints_at_depth = target.end(), "operand", "", None
            continue
        if text == "(":
            parens.append(word in _AWK_CONTROL)
        is_control_end = text == ")" and bool(parens) and parens.pop()
        word = text if kind == "word" else ""
        if is_control_end:
            before = ""
        else:
            is_operand = kind in ("string", "number", "word") and text not in _AWK_BEFORE_PATTERN
            before = "operand" if is_operand else text
    return files


def _sed(judge: "CommandJudge", value: str) -> None:
    files = files_of_sed(value)
    if files is None:
        judge.unknown("sed.script", "The sed script may write files or run commands.")
    for name in files or ():
        judge.places.read(name)


def _awk(judge: "CommandJudge", value: str) -> None:
    files = files_of_awk(value)
    if files is None:
        judge.unknown("awk.program", "The awk program may write files or run commands.")
    for name in files or ():
        judge.places.write(name)


def _awk_variable(judge: "CommandJudge", value: str) -> None:
    if (
        value.partition("=")[0] in ("", "FS", "OFS", "RS", "ORS", "NR")
        or value.partition("=")[0].isidentifier()
    ):
        return
    judge.unknown("awk.variable", f"“{value}” is not a variable for awk.")


def _sed_review(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """With ``-i.bak`` a second file is written beside each one; several scripts are the lines of one."""
    scripts = reading.values("-e", "--expression")
    if len(scripts) > 1:
        # What ends in a backslash takes the next one for its text, and not for commands.
        _sed(judge, "\n".join(scripts))
    for flag, value in reading.given:
        if flag.name not in ("-i", "--in-place") or value is None:
            continue
        if re.fullmatch(r"[.~_A-Za-z0-9-]{1,12}", value) is None:
            judge.unknown("sed.backup", f"“{value}” is not a plain ending for a backup.")
        is_named = reading.has("-e", "--expression", "-f", "--file")
        note_backups(judge, reading.positionals[0 if is_named else 1 :], [value])
    if reading.has("-i", "--in-place") and reading.has("-e", "--expression"):
        for name in reading.positionals:
            judge.places.write(name)


def _awk_review(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """``var=value`` among the files sets a variable; nothing else to see."""
    if not reading.positionals:
        judge.verdict.note(Tier.RED, "awk.empty", "There is no awk program.", unknown=True)


KINDS.update({"sed": _sed, "awk": _awk, "awkvar": _awk_variable})
REVIEWS.update({"sed": _sed_review, "awk": _awk_review})
