"""
Quote removal for one word, equal to what ``shlex.split`` and bash give for it.

Anything that would make bash compute something (expansion, substitution, braces, tilde) marks the word as
dynamic: it is never guessed. The few expansions that we do ourselves become placeholders (``expansions``).
"""

import re
from collections.abc import Collection
from typing import Final

from tenant_daemon.policy.shell import arithmetic, expansions
from tenant_daemon.policy.shell.parameters import CHANGED, change_in
from tenant_daemon.policy.shell.script import Word
from tenant_daemon.policy.wordlist import word_set

_PLAIN: Final = re.compile(r"[A-Za-z0-9_./:@%+,=^-]*\Z")
_GLOB: Final = frozenset("*?[")
_ENDS_A_WORD: Final = frozenset("` \t\n;&|<>()")
"""Outside quotes none of these is part of a word: where the grammar says so, it has read quotes otherwise."""
_IN_DOUBLE_QUOTES: Final = frozenset('$`"\\\n')
_BRACE_LIST: Final = re.compile(r"\{[^{}]*(?:,|\.\.)[^{}]*\}")
_VARIABLE: Final = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})")
_SUM: Final = re.compile(r"\$\(\(([^()]*(?:\([^()]*\)[^()]*)*)\)\)")
_ESCAPED: Final = re.compile(r"\$'((?:[^'\\]|\\[tn\\'])*)'")
_ESCAPES: Final = {"\\t": "\t", "\\n": "\n", "\\\\": "\\", "\\'": "'"}
_ELEMENT: Final = re.compile(r"\$\{(#?)([A-Za-z_][A-Za-z0-9_]*)\[(@|\*|\d{1,3})\]\}")
_POSITIONAL: Final = re.compile(r"\$(?:([1-9@*#])|\{([1-9@*#])\})")
POSITIONAL: Final = frozenset("123456789@*#")
"""What a function knows of the words that it was called with; they are kept as the array ``0``."""
_OF_THE_PLACE: Final = {"HOME": expansions.HOME, "PWD": expansions.FOLDER}
_OF_THE_ENVIRONMENT: Final = word_set(
    """
    PATH HOME PWD OLDPWD LANG TZ TERM PAGER USER LOGNAME HOSTNAME SHELL UID EUID PPID RANDOM SECONDS LINENO
    IFS SHLVL BASH EPOCHSECONDS SRANDOM DEBIAN_FRONTEND GIT_PAGER SYSTEMD_PAGER OPTIND HOSTTYPE OSTYPE
    MACHTYPE DIRSTACK GROUPS TMPDIR
    """
)
"""What a shell or our executor sets: all else has no value that the line does not give it."""
# Between double quotes a dollar before one of these, or at the end, stands for itself; of those that read a
# text themselves, some shells are stranger.
_AFTER_DOLLAR_ANYWHERE: Final = frozenset(' "/%.,\n')
_AFTER_DOLLAR: Final = frozenset(" \"'/%.,\n|)]}\\:;=+<>&~^")


def unquote(source: str, names: Collection[str] | None = None) -> Word:
    """
    The word that this source text stands for.

    Args:
        names: Variables of the command line's own, which may stand in the word beside ``$HOME``, ``$PWD`` and
            ``~``. None when another program will read the text: then nothing is computed.
    """
    if _PLAIN.match(source):
        return Word(source)
    return _Unquoting(source, names).word()


def has_brace_list(source: str) -> bool:
    """Whether unquoted braces make several words of this one."""
    return "{" in source and _BRACE_LIST.search(source) is not None and not set("'\"\\$`") & set(source)


def unquote_body(text: str, names: Collection[str]) -> Word:
    """The text of a here-document whose end word is not quoted: read as between double quotes."""
    reading = _Unquoting(text, names)
    end = reading.double_quoted(0, ends_at_quote=False)
    return Word(text, is_dynamic=True) if end < 0 else Word("".join(reading.out))


class _Unquoting:
    """One pass over the source. ``bare`` collects what stands outside quotes, for the brace check."""

    def __init__(self, source: str, names: Collection[str] | None) -> None:
        self.source = source
        self.names = names
        self.out: list[str] = []
        self.bare: list[str] = []
        self.is_glob = False

    def word(self) -> Word:
        dynamic = Word(self.source, is_dynamic=True)
        source, at, size = self.source, 0, len(self.source)
        if source[0] == "~":
            if self.names is None or not self._is_visible_place(1):
                return dynamic
            self._expand(expansions.HOME)
            at = 1
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
                end = self.double_quoted(at + 1)
                if end < 0:
                    return dynamic
                at = end
            elif char == "\\":
                if at + 1 >= size or source[at + 1] == "\n":
                    return dynamic
                self.out.append(source[at + 1])
                self.bare.append(" ")
                at += 2
            elif char == "$":
                end = self._escaped(at) if source[at + 1 : at + 2] == "'" else self._variable(at)
                if end < 0 and at + 1 < size:
                    return dynamic
                if end < 0:
                    self.out.append(char)
                    self.bare.append(char)
                at = max(end, at + 1)
            elif char in _ENDS_A_WORD:
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

    def double_quoted(self, at: int, *, ends_at_quote: bool = True) -> int:
        """Take in up to the closing quote; the place after it, or -1 when it would be computed."""
        source = self.source
        self.bare.append(" ")
        while at < len(source):
            char = source[at]
            if char == '"' and ends_at_quote:
                return at + 1
            if char == "$":
                end = self._variable(at)
                plain = _AFTER_DOLLAR_ANYWHERE if self.names is None else _AFTER_DOLLAR
                if end < 0 and at + 1 < len(source) and source[at + 1] not in plain:
                    return -1
                if end < 0:
                    self.out.append(char)
                at = max(end, at + 1)
            elif char == "`":
                return -1
            elif char == "\\":
                follower = source[at + 1 : at + 2]
                if follower in ("\n", ""):
                    return -1
                is_escape = follower in _IN_DOUBLE_QUOTES and (ends_at_quote or follower != '"')
                self.out.append(follower if is_escape else char + follower)
                at += 2
            else:
                self.out.append(char)
                at += 1
        return -1 if ends_at_quote else at

    def _escaped(self, at: int) -> int:
        """Take in ``$'\\t'``."""
        found = _ESCAPED.match(self.source, at)
        if self.names is None or found is None:
            return -1
        self.out.append(re.sub(r"\\.", lambda escape: _ESCAPES[escape[0]], found[1]))
        self.bare.append(" ")
        return found.end()

    def _variable(self, at: int) -> int:
        """Take in ``$NAME`` when it is a known one; the place after it, or -1."""
        if self.names is None:
            return -1
        if self.source.startswith("$?", at):
            self._expand(expansions.EXIT_CODE)
            return at + 2
        if self.source.startswith("$((", at):
            return self._sum(at)
        changed = CHANGED.match(self.source, at)
        change = change_in(changed) if changed is not None else ""
        if changed is not None and change and self._has_value(changed[2], change):
            self._expand(expansions.variable(changed[2], change))
            return changed.end()
        if changed is not None and change[2:] and self._is_without_value(changed[2], change):
            self.out.append(change[2:])
            self.bare.append(" ")
            return changed.end()
        special = self._element(at)
        if special:
            return special
        found = _VARIABLE.match(self.source, at)
        name = (found[1] or found[2]) if found is not None else ""
        if name not in _OF_THE_PLACE and name not in expansions.OF_THE_SERVER and name not in self.names:
            return -1
        assert found is not None
        if name in _OF_THE_PLACE and name not in self.names:
            if name == "HOME" and not self._is_visible_place(found.end()):
                return -1
            self._expand(_OF_THE_PLACE[name])
        else:
            self._expand(expansions.variable(name))
        return found.end()

    def _has_value(self, name: str, change: str) -> bool:
        """Whether a value is known here; of ``$PWD`` a part may be cut off."""
        known = self.names or ()
        return name in known or name in expansions.OF_THE_SERVER or (name == "PWD" and change[0] in "%#")

    def _is_without_value(self, name: str, change: str) -> bool:
        """``${1:-x}`` in a line, which is given no words, and variables that nobody has set."""
        return change.startswith(":-") and name not in (self.names or ()) and name not in _OF_THE_ENVIRONMENT

    def _element(self, at: int) -> int:
        """Take in ``${NAME[@]}``, its like, or what a function was called with; 0 when it is none."""
        known = self.names or ()
        found = _ELEMENT.match(self.source, at)
        if found is not None and f"{found[2]}[]" in known and (not found[1] or not found[3].isdecimal()):
            self._expand(expansions.variable(f"{found[2]}[{'#' if found[1] else found[3]}]"))
            return found.end()
        found = _POSITIONAL.match(self.source, at)
        if found is None or (sign := found[1] or found[2]) not in known:
            return 0
        self._expand(expansions.variable(sign if sign.isdecimal() else f"0[{sign}]"))
        return found.end()

    def _sum(self, at: int) -> int:
        found = _SUM.match(self.source, at)
        text = "" if found is None else found[1].replace("$", "")
        known = self.names or ()
        if found is None or not arithmetic.is_sum(expansions.without_outputs(text)):
            return -1
        if any(name not in known for name in arithmetic.variables_in(text)):
            return -1
        self._expand(expansions.total(text))
        return found.end()

    def _expand(self, placeholder: str) -> None:
        self.out.append(placeholder)
        # As if it had been quoted: what is put in there is no pattern.
        self.bare.append(" ")

    def _is_visible_place(self, at: int) -> bool:
        """Whether what follows home is home itself or something in it that is not hidden."""
        follower = self.source[at : at + 2]
        return follower[:1] in ("", '"', " ") or (follower[:1] == "/" and follower[1:] not in (".", "/"))


def _has_quoted_glob(bare: list[str], text: str) -> bool:
    return sum(char in _GLOB for char in text) != sum(char in _GLOB for char in bare)
