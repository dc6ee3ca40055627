"""
SQL to words, enough to tell statements apart.

Text that three databases would read differently is refused: executable comments, backslashes in ordinary
strings, unknown signs, and what only one of them takes for a name, an operator or a comment.
"""

import re
from typing import Final, NamedTuple

MAX_CHARACTERS: Final = 8_192
MAX_TOKENS: Final = 800

_TOKENS: Final = (
    r"(?P<blank>\s+)"
    r"|(?P<comment>--[^\n]*)"
    r"|(?P<block>/\*(?![mM]?!|\+)[^*]*\*+(?:[^/*][^*]*\*+)*/)"
    r"|(?P<string>[nN]?'(?:[^'\\]|'')*')"
    r'|(?P<quoted>"(?:[^"\\]|"")*"|`[^`]*`|\[[A-Za-z_][A-Za-z0-9_ ]*\])'
    r"|(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)"
    r"|(?P<dollars>\$(?P<tag>(?:[A-Za-z_][A-Za-z0-9_]*)?)\$[^$\\]*\$(?P=tag)\$)"
    r"|(?P<word>VARIABLE[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)"
    r"|(?P<end>;)"
    r"|(?P<sign>OPERATOR::|\|\||->>|->|#>>|#>|@>|<@|<=>|<>|!=|<=|>=|!~\*?|~\*?|[-+*/%^=<>(),.:?\[\]&|])"
)
# `@@version` is a variable of MySQL; to PostgreSQL it is an operator and a name.
_TOKEN: Final = re.compile(_TOKENS.replace("VARIABLE", "").replace("OPERATOR", "@@|"))
_TOKEN_OR_VARIABLE: Final = re.compile(
    _TOKENS.replace("VARIABLE", r"(?:@@(?:(?:global|session)\.)?)?").replace("OPERATOR", "")
)


class UnclearSql(ValueError):
    """The text has something in it that cannot be read for sure."""


class Token(NamedTuple):
    """``kind`` is ``word`` (lower case), ``quoted``, ``string``, ``number`` or ``sign``."""

    kind: str
    text: str


# `#` begins a comment in MySQL, and in SQLite anything may stand between square brackets.
_POSTGRES_SIGNS: Final = frozenset({"#>", "#>>", "[", "]"})


def split_statements(text: str, *, is_postgres: bool = False) -> list[list[Token]]:
    """
    The statements in a text, each as its tokens.

    Args:
        is_postgres: ``$$text$$`` and ``$name$text$name$`` are strings, ``#>`` an operator, brackets hold
            places of arrays, and a backtick is a sign like any other.

    Raises:
        UnclearSql: Something in it cannot be read for sure.
    """
    if len(text) > MAX_CHARACTERS:
        raise UnclearSql("The SQL is too long to be checked.")
    statements: list[list[Token]] = [[]]
    at = count = 0
    match = (_TOKEN if is_postgres else _TOKEN_OR_VARIABLE).match
    while at < len(text):
        count += 1
        if count > 2 * MAX_TOKENS:
            raise UnclearSql("The SQL has too many parts to be checked.")
        found = match(text, at)
        if found is None or _is_of_another(found, is_postgres=is_postgres):
            raise UnclearSql(f"The SQL has something unclear in it, near “{text[at : at + 12]}”.")
        at = found.end()
        kind = found.lastgroup or ""
        if kind in ("blank", "comment", "block"):
            if "/*" in found[0][2:] or (
                kind == "comment" and not found[0][2:3].isspace() and found[0] != "--"
            ):
                raise UnclearSql("The SQL has a comment in it that databases read differently.")
        elif kind == "end":
            statements.append([])
        elif kind == "dollars":
            size = len(found["tag"]) + 2
            statements[-1].append(Token("string", f"'{found[0][size:-size]}'"))
        else:
            statements[-1].append(Token(kind, found[0].lower() if kind == "word" else found[0]))
    return [statement for statement in statements if statement]


def _is_of_another(found: re.Match[str], *, is_postgres: bool) -> bool:
    """Whether this database may read it as something else, and see other words behind it."""
    token = found[0]
    if found["dollars"]:
        # Right behind a name, dollars are a part of it: `a$$; drop table b; --$$`.
        before = found.string[found.start() - 1 : found.start()]
        return not is_postgres or before.isalnum() or before in ("_", "$") or not before.isascii()
    if found["quoted"]:
        return token[0] == "`" and is_postgres
    # Wherever it stands, the client of MySQL takes the rest of its line for what ends statements then.
    return not is_postgres and (token in _POSTGRES_SIGNS or token.lower().endswith("delimiter"))
