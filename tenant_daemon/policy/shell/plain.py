"""
Lines of plain words, as most are: programs with bare words and quoted texts, joined by ``|``.

They mean the same to every shell and to ``shlex``, so they are read without the grammar, in a fraction of
the time. A line with any other sign in it, or one that begins with a word of the shell's own, is left to it.
"""

import re
from typing import Final

from tenant_daemon.policy.shell.script import Pipeline, Script, SimpleCommand, Word
from tenant_daemon.policy.wordlist import word_set

_MOST_TOKENS: Final = 64
_BARE: Final = r"[A-Za-z0-9_./:@%+,=-]+"
# Printable ASCII without what ends the quotes or means something between them.
_QUOTED: Final = r"'[ -&(-~]*'|\"[ #%-\[\]-_a-~]*\""
_NAME: Final = r"[A-Za-z0-9_./][A-Za-z0-9_./+-]*"
_COMMAND: Final = rf"{_NAME}(?: +(?:{_BARE}|{_QUOTED}))*"
_LINE: Final = re.compile(rf"{_COMMAND}(?: *\| *{_COMMAND})*")
_TOKEN: Final = re.compile(rf"{_BARE}|{_QUOTED}|\|")
# Words of the shell's own, which the grammar reads.
_OF_SHELL: Final = word_set(
    """
    if then elif else fi for while until do done case esac in select function time coproc . alias bind break
    builtin caller command complete compopt continue declare disown enable eval exec exit export getopts hash
    jobs let local logout mapfile popd pushd read readarray readonly return set shift shopt source suspend
    trap type typeset unalias unset unsetenv wait
    """
)


def read_plain(text: str) -> Script | None:
    """The script of a line that is nothing but plain words; None for every other."""
    if _LINE.fullmatch(text) is None:
        return None
    tokens = _TOKEN.findall(text)
    if len(tokens) > _MOST_TOKENS:
        return None
    commands: list[SimpleCommand] = []
    words: list[Word] = []
    for token in (*tokens, "|"):
        if token == "|":  # noqa: S105 - a pipe
            if words[0].text in _OF_SHELL:
                return None
            commands.append(SimpleCommand(tuple(words)))
            words = []
        else:
            words.append(Word(token[1:-1] if token[0] in "'\"" else token))
    return Script(Pipeline(tuple(commands)))
