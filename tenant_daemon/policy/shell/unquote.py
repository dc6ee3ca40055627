"""
Quote removal for one word, equal to what ``shlex.split`` and bash give for it.

Anything that would make bash compute something (expansion, substitution, braces, tilde) marks the word as
dynamic: it is never guessed.
"""

import re
from typing import Final

from tenant_daemon.policy.shell.script import Word

_PLAIN: Final = re.compile(r"[A-Za-z0-9_./:@%+,=^-]*\Z")
_GLOB: Final = frozenset("*?[")
_IN_DOUBLE_QUOTES: Final = frozenset('$`"\\\n')
_BRACE_LIST: Final = re.compile(r"\{[^{}]*(?:,|\.\.)[^{}]*\}")


def unquote(source: str) -> Word:
    """The word that this source text stands for."""
    if _PLAIN.match(source):
        return Word(source)
    return _Unquoting(source).word()


class _Unquoting:
    """One pass over the source. ``bare`` collects what stands outside quotes, for the brace check."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.out: list[str] = []
        self.bare: list[str] = []
        self.is_glob = False

    def word(self) -> Word:
        dynamic = Word(self.source, is_dynamic=True)
        source, at, size = self.source, 0, len(self.source)
        if source[0] == "~":
            return dynamic
        while at < size:
            char = source[at]
            if char == "'":
                end = source.find("'", at + 1)
                if end < 0:
                    return dynamic
                self.out.append(source[at + 1 : end])
                self.bare.append(" ")
                at = end + 1
            elif char == '"':
                end = self._double_quoted(at + 1)
                if end < 0:
                    return dynamic
                at = end
            elif char == "\\":
                if at + 1 >= size or source[at + 1] == "\n":
                    return dynamic
                self.out.append(source[at + 1])
                self.bare.append(" ")
                at += 2
            elif char in "$`\n":
                return dynamic
            else:
                self.is_glob |= char in _GLOB
                self.out.append(char)
                self.bare.append(char)
                at += 1
        if _BRACE_LIST.search("".join(self.bare)) is not None:
            return dynamic
        text = "".join(self.out)
        # A quoted star beside a bare one cannot be told apart any more: leave it to a person.
        if self.is_glob and len(self.bare) != len(text):
            return dynamic if _has_quoted_glob(self.bare, text) else Word(text, is_glob=True)
        return Word(text, is_glob=self.is_glob)

    def _double_quoted(self, at: int) -> int:
        """Take in up to the closing quote; the place after it, or -1 when it would be computed."""
        source = self.source
        self.bare.append(" ")
        while at < len(source):
            char = source[at]
            if char == '"':
                return at + 1
            if char in "$`":
                # A dollar before a quote, a blank or the end stands for itself in bash as well.
                follower = source[at + 1 : at + 2]
                if char == "`" or follower not in (" ", '"', "", "/", "%", ".", ",", "\n"):
                    return -1
                self.out.append(char)
                at += 1
            elif char == "\\":
                follower = source[at + 1 : at + 2]
                if follower == "\n":
                    return -1
                self.out.append(follower if follower in _IN_DOUBLE_QUOTES else char + follower)
                at += 2
            else:
                self.out.append(char)
                at += 1
        return -1


def _has_quoted_glob(bare: list[str], text: str) -> bool:
    return sum(char in _GLOB for char in text) != sum(char in _GLOB for char in bare)
