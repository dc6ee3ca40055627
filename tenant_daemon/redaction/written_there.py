"""
What programs, styles, templates and translations write where a secret could stand, and is none.

Reason: what stands behind a name such as ``password`` or ``token`` is mostly a piece of something: the next
selector of a style, a member of a class, the rest of minified code, the word for it in another language. A
secret is none of these, whatever the name says.
"""

import re
import unicodedata
from typing import Final

from tenant_daemon.redaction.likelihood import is_made_by_chance

_LEAST_LETTERS: Final = 3
_LETTERS_TO_DIGIT: Final = 4
_LETTERS: Final = frozenset({"Lo", "Lm", "Mn", "Mc"})
"""Letters of scripts that have no capitals, and the marks on them."""

_WRITTEN: Final = re.compile(
    # ``[type=password]:focus~.password-view``, a selector of a style.
    r"(?=[a-z.:#-]*[~>+])[a-z-]*(?:[~>+.:#]{1,3}[a-z-]+)+"
    # ``Token::TYPE_*``, of which the name takes the first colon.
    r"|:[A-Z][A-Za-z_]*\*?(?:\|[\w:\\]+)*|!\$[A-Za-z_].*"
    # ``password: required|notIn:[``, the rules of a form.
    r"|[a-z_]{3,20}(?::[\w,.\[]{0,20})?(?:\|[A-Za-z_]*(?::[\w,.\[]{0,20})?)+"
    # ``"token": "npm:^4.0.0"``, which release of what has that name.
    r"|(?:npm|workspace|catalog|link|portal|patch|jsr):[@~^*\w./-]+|[@a-z/.-]+@(?:[a-z]+:)?[~^]?\d+(?:\.\d+){1,2}(?:-[\w.]+)?"
    r"|[a-z-]+-\d+(?:\.\d+){1,3}[\w.-]*\.(?:tgz|tar\.gz|zip|whl|gem|crate|jar)(?:#[0-9a-f]{8,})?"
    # ``secrets.0.data.isValid``, and where the word stops: ``s.0.data``
    r"|s?(?:\.(?:\d{1,3}|[a-z]+[A-Za-z]*)){2,}"
    # ``{{password}}{{/if}}</p>``
    r"|\{\{[#/\w]{0,40}|(?:\{\{[^{}]{1,60}\}\}|\{%[^%]{1,60}%\}|</?[a-z][a-z0-9]{0,10}/?>)+"
    # What goes on behind an empty value in minified code: ``secret:""}},{id:"x"``.
    r"|[}\])]{1,4}[,;:{\[(].*|:?[A-Za-z_$]{1,2}[}\])]{1,4}\w*"
    # Where something is, which lets nobody in.
    r"|[a-z]{2,8}://[\w.-]+(?::\d{1,5})?(?:/[A-Za-z_.-]*\d{0,3})*(?:#[\w-]*)?"
    # A language and where it is spoken; words in a row; an index; a name that obscured code has.
    r"|[a-z]{2,3}[_-](?:\d{3}|[A-Z]{2})|[^\W\d_]{2,}(?:,[^\W\d_]{2,}){2,}|(?:UNIQ|IDX|FK|PK|UK)_[0-9A-F]{8,32}|_0x[0-9a-f]{2,8}(?:[-+*^&|%]\w*)?"
    # ``echo "ENABLE_IPV6=false" >> .env``
    r"|#?[A-Z][A-Z0-9_]*=(?:[A-Za-z]?[a-z]{0,12}|[\da-f.:/]*)"
    # ``new_password3`` as code and forms number their fields; ``getApiToken``, ``mockedS3SecretAccessKey``.
    r"|(?:new|old|user|my|test|confirm|the)?_?pass(?:word|wort)_?\d{0,2}"
    r"|[a-z]{2,}(?:[A-Z][a-z]+|[A-Z]\d?(?=[A-Z]))*(?:Key|Token|Secret|Password|KeyId|SecretId|Credential)s?"
    # A test in Go as its output names it; a class of a style whose name was made unique.
    r"|(?:Test|Example|Benchmark|Fuzz)(?:[A-Z][a-z]+)+(?:_[A-Za-z]+)*(?:/[\w#-]+)*|[A-Z]?[A-Za-z]+(?:_[A-Za-z]+)?__[\w-]{5,6}"
    # Filled in when something is built: ``@db.password@``.
    r"|@[A-Za-z][\w.-]*@"
)
_COMPOUND: Final = re.compile(
    r"[^\W\d_]\pLOWER+-\pLOWER+|[A-Z]-[^\W\d_]{3,}".replace(r"\pLOWER", r"[^\W\d_A-Z]")
)
"""``Client-geheim``, ``App-passord``, ``E-Mail``: what a form says of a field."""
_DRAWN: Final = -7.0
"""Bits by which such a compound is told from letters drawn by chance."""


def is_written_there(value: str) -> bool:
    """Whether a value is such a piece."""
    if not value.isascii() and _is_text_without_capitals(value):
        return True
    if _WRITTEN.fullmatch(value) is not None:
        return True
    return _COMPOUND.fullmatch(value) is not None and not is_made_by_chance(value.replace("-", ""), _DRAWN)


def _is_text_without_capitals(value: str) -> bool:
    """
    Whether a value is words of a script without capitals, ``パスワードを編集``.

    Some of these put no blanks between words. What somebody chose for a password there has more digits.
    """
    digits = sum(map(str.isdigit, value))
    letters = sum(unicodedata.category(character) in _LETTERS for character in value)
    return letters >= max(_LEAST_LETTERS, _LETTERS_TO_DIGIT * digits) and letters * 2 >= len(value)
