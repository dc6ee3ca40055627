"""
DuckDB, in which any text and any name may be that of a file.

``FROM 'sales.csv'``, ``FROM "sales.csv"`` and ``FROM sales.csv`` all read the file, so whatever could name
one is judged as one. Files may be named in full only: a name that is put together while it runs asks.
"""

import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS
from tenant_daemon.policy.sql.statements import judge_sql, judge_statement
from tenant_daemon.policy.sql.tokens import Token, UnclearSql, split_statements
from tenant_daemon.policy.wordlist import word_set

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_READERS: Final = word_set(
    """
    read_csv read_csv_auto sniff_csv read_json read_json_auto read_ndjson read_ndjson_auto read_parquet
    parquet_scan parquet_schema parquet_metadata
    """
)
"""Functions whose first argument is a file's name, followed by settings."""
_PURE: Final = word_set(
    """
    strptime try_strptime date_diff datetrunc datepart today isodow epoch epoch_ms dayofweek monthname list
    list_value list_sort list_distinct list_contains list_aggregate len quantile quantile_cont
    approx_count_distinct arg_max arg_min max_by min_by try_cast exclude columns regexp_extract
    regexp_extract_all regexp_full_match string_split str_split struct_pack bool product favg fsum kurtosis
    skewness mad contains prefix suffix strip_accents range rows epoch_us yearweek
    """
)
"""What DuckDB calculates with and other databases do not know."""
_REACHING: Final = frozenset({"glob", "database", "schema", "json_each", "json_tree"})
"""Names that are harmless in other databases, or mean nothing there."""
_NAMES_A_FILE: Final = frozenset(
    {"from", "join", "table", "describe", "desc", "summarize", "pivot", "unpivot", "show"}
)
_PATH_SIGN: Final = re.compile(r"[./~*?\[{\\]")
_PATTERN_SIGN: Final = re.compile(r"[*?\[{]")
_PATTERN: Final = re.compile(
    r"(?P<folder>(?:[\w ./-]*/)?)[\w -]*\*[\w -]*\.(?:csv|tsv|json|ndjson|jsonl|parquet)(?:\.gz)?"
)
_META: Final = re.compile(r"\.(?:tables|schema|headers? (?:on|off)|mode \w+|timer (?:on|off)|databases)\s*")
_OWN_LINE: Final = re.compile(r"^[ \t]*(?:\.|/|go\b)", re.IGNORECASE | re.MULTILINE)
_COPY_OPTIONS: Final = word_set(
    "with format csv parquet json header delimiter delim sep true false compression gzip zstd snappy array"
)


def _duckdb(judge: "CommandJudge", value: str) -> None:
    text = value.strip()
    if text.startswith("."):
        if _META.fullmatch(text) is None:
            judge.verdict.note(
                Tier.CRITICAL_RED,
                "duckdb.meta",
                "The duckdb command may write files or run programs.",
                unknown=True,
            )
        return
    try:
        statements = split_statements(text, is_postgres=True)
    except UnclearSql:
        statements = []
    if not statements:
        judge_sql(judge.verdict, text, is_postgres=True)
    for tokens in statements:
        _statement(judge, tokens)


def _statement(judge: "CommandJudge", tokens: list[Token]) -> None:
    if tokens[0].text == "copy" and (target := _copied(tokens)):
        query, name = target
        _note_files(judge, query)
        judge_statement(judge.verdict, _plain_calls(judge, _as_select(query)))
        judge.verdict.note(Tier.YELLOW, "duckdb.copy", "Writes what it reads into a file.")
        judge.places.write(name)
        judge.table_files = (*judge.table_files, name)
        return
    _note_files(judge, tokens)
    judge_statement(judge.verdict, _plain_calls(judge, _as_select(tokens)))


def _copied(tokens: list[Token]) -> tuple[list[Token], str] | None:
    """The query and the file of ``COPY (QUERY) TO 'FILE' (OPTIONS)``; None when it is anything else."""
    depth, at = 0, 0
    for place, token in enumerate(tokens[1:], 1):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0:
            at = place
            break
    head, options = tokens[at + 1 : at + 3], tokens[at + 3 :]
    is_to = [token.text if token.kind == "word" else token.kind for token in head] == ["to", "string"]
    is_plain = all(
        token.text in _COPY_OPTIONS if token.kind == "word" else token.kind == "string" or token.text in "(),"
        for token in options
    )
    if tokens[1].text != "(" or at < 3 or not is_to or not is_plain:
        return None
    return tokens[2:at], _unquoted(head[1].text)


def _as_select(tokens: list[Token]) -> list[Token]:
    """``FROM x`` and ``SUMMARIZE x`` as what they are: a query of everything."""
    first = tokens[0].text if tokens[0].kind == "word" else ""
    everything = [Token("word", "select"), Token("sign", "*")]
    if first == "from":
        return [*everything, *tokens]
    if first in ("summarize", "pivot", "unpivot"):
        if tokens[1:2] and tokens[1].text in ("select", "with"):
            return tokens[1:]
        return [*everything, Token("word", "from"), *tokens[1:]]
    return tokens


def _unquoted(text: str) -> str:
    sign = text[-1]
    return text.lstrip("nN")[1:-1].replace(sign * 2, sign)


def _note_files(judge: "CommandJudge", tokens: list[Token]) -> None:
    """Judge as a file whatever could be one: texts, names between quotes, and names with dots in them."""
    kinds = [token.kind for token in tokens]
    if any(kinds[at : at + 2] == ["string", "string"] for at in range(len(kinds))):
        # Two texts, one behind the other, are one.
        judge.unknown("duckdb.text", "The SQL has a text in it that stands in several pieces.")
    before = ("", "")
    at = 0
    while at < len(tokens):
        kind, start = tokens[at].kind, at
        text = tokens[at].text
        if kind == "string":
            name = _unquoted(text)
            is_read = before[1] in _NAMES_A_FILE or (before[1] == "(" and before[0] in _READERS)
            if is_read or _PATH_SIGN.search(name) is not None:
                _file(judge, name)
        elif kind in ("word", "quoted"):
            parts = [text if kind == "word" else _unquoted(text)]
            while [token.text for token in tokens[at + 1 : at + 2]] == ["."] and len(tokens) > at + 2:
                at += 2
                part = tokens[at]
                parts.append(_unquoted(part.text) if part.kind in ("quoted", "string") else part.text)
            if len(parts) > 1 or (kind == "quoted" and _PATH_SIGN.search(parts[0]) is not None):
                _file(judge, ".".join(parts))
        before = (before[1], tokens[at].text if at == start else "name")
        at += 1


def _file(judge: "CommandJudge", name: str) -> None:
    judge.table_files = (*judge.table_files, name)
    if _PATTERN_SIGN.search(name) is None:
        KINDS["read"](judge, name)
        return
    found = _PATTERN.fullmatch(name)
    if found is None:
        # Patterns of texts (``like 'a*'``) look the same.
        judge.unknown("duckdb.pattern", f"Which files “{name[:60]}” means is known only while it runs.")
    else:
        KINDS["readtree"](judge, found["folder"] or ".")


def _plain_calls(judge: "CommandJudge", tokens: list[Token]) -> list[Token]:
    """The statement with DuckDB's own functions under a name that every database calculates with."""
    plain = list(tokens)
    for at in range(len(tokens) - 1):
        name = tokens[at].text
        if tokens[at].kind != "word" or tokens[at + 1].text != "(":
            continue
        if name in _PURE:
            plain[at] = Token("word", "lower")
        elif name in _READERS:
            rest = tokens[at + 2 : at + 4]
            if len(rest) == 2 and rest[0].kind == "string" and rest[1].text in (",", ")"):
                plain[at] = Token("word", "lower")
        elif name in _REACHING:
            judge.unknown("duckdb.function", f"What the database function {name} reads is not known here.")
    return plain


def _duckdb_review(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    names = reading.positionals
    if len(names) < 2 and not reading.has("-c", "-s"):
        text = judge.stdin_text
        if text is None or _OWN_LINE.search(text) is not None:
            judge.unknown("duckdb.input", "It would take its commands from somewhere not seen here.")
        else:
            _duckdb(judge, text)
    if names and judge.verdict.tier > Tier.GREEN and not reading.has("-readonly"):
        _database(judge, names[0], is_changed=True)
    if names and names[0] not in ("", ":memory:") and not judge.is_in_container:
        _keep_to_files(judge, judge.table_files)


def _keep_to_files(judge: "CommandJudge", files: tuple[str, ...]) -> None:
    """A database file may hold views that read any other file: only those in the query are opened."""
    if any(_PATTERN_SIGN.search(name) for name in files):
        judge.unknown("duckdb.view", "A view in the database could read other files than the query names.")
    if files:
        named = ", ".join("'" + name.replace("'", "''") + "'" for name in dict.fromkeys(files))
        judge.insert("-cmd", f"set allowed_paths = [{named}]")
    judge.insert("-cmd", "set enable_external_access = false")


def _database(judge: "CommandJudge", value: str, *, is_changed: bool = False) -> None:
    if value in ("", ":memory:"):
        return
    if ":" in value:
        judge.verdict.note(
            Tier.RED,
            "duckdb.file",
            "The database is named in a way that could lead elsewhere.",
            external=True,
            unknown=True,
        )
    elif is_changed:
        judge.places.write(value)
    else:
        KINDS["read"](judge, value)


KINDS.update({"sql.duckdb": _duckdb, "duckdbfile": _database})
REVIEWS["duckdb"] = _duckdb_review
