"""
SQL to words, enough to tell statements apart.

Text that three databases would read differently is refused: executable comments, backslashes in strings
(PostgreSQL's regular expressions may have them), unknown signs, and what only one of them takes for a name,
an operator or a comment.
"""

import re
from typing import Final, NamedTuple

from tenant_daemon.policy.wordlist import word_set

MAX_CHARACTERS: Final = 8_192
MAX_TOKENS: Final = 800

_TOKENS: Final = (
    r"(?P<blank>\s+)"
    r"|(?P<comment>--[^\n]*)"
    r"|(?P<block>/\*(?![mM]?!|\+)[^*]*\*+(?:[^/*][^*]*\*+)*/)"
    r"|(?P<string>[nN]?'(?:[^'\\]|'')*+')"
    r"|(?P<pattern>'(?:[^'\\]|''|\\\\|\\(?!['\\]))*+')"
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


_MATCHING: Final = frozenset({"~", "~*", "!~", "!~*"})
_EXPRESSION_TAKERS: Final = word_set(
    "regexp_replace regexp_match regexp_matches regexp_like regexp_count regexp_substr regexp_instr"
    " regexp_split_to_array regexp_split_to_table"
)
_FAR: Final = 60


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
        if (
            found is None
            or _is_of_another(found, is_postgres=is_postgres)
            or (found["pattern"] and not _is_expression(statements[-1], text[at - 1 : at]))
        ):
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
        elif kind == "pattern":
            statements[-1].append(Token("string", found[0]))
        else:
            statements[-1].append(Token(kind, found[0].lower() if kind == "word" else found[0]))
    return [statement for statement in statements if statement]


def _is_expression(before: list[Token], sign: str) -> bool:
    """
    Whether a string at this place is a regular expression.

    Nothing else is made of its backslashes there, and with none right before a quote it ends at the same one
    in every way of reading them. Behind a letter or ``&`` it would be another kind of string.
    """
    if not before or not (sign.isspace() or sign in "(,~*"):
        return False
    if before[-1].text in _MATCHING:
        return True
    depth = 0
    for place in range(len(before) - 1, max(0, len(before) - _FAR), -1):
        text = before[place].text
        depth += (text == ")") - (text == "(")
        if depth < 0:
            return before[place - 1].text in _EXPRESSION_TAKERS
    return False


def _is_of_another(found: re.Match[str], *, is_postgres: bool) -> bool:
    """Whether this database may read it as something else, and see other words behind it."""
    token = found[0]
    if found["dollars"]:
        # Right behind a name, dollars are a part of it: `a$$; drop table b; --$$`.
        before = found.string[found.start() - 1 : found.start()]
        return not is_postgres or before.isalnum() or before in ("_", "$") or not before.isascii()
    if found["quoted"]:
        return token[0] == "`" and is_postgres
    if found["pattern"]:
        return not is_postgres
    # Wherever it stands, the client of MySQL takes the rest of its line for what ends statements then.
    return not is_postgres and (token in _POSTGRES_SIGNS or token.lower().endswith("delimiter"))
