"""What SQL statements do: read, change, destroy, or reach out of the database."""

import re
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.sql.calls import judge_functions
from tenant_daemon.policy.sql.meaning import judge_meaning, note_catalogue
from tenant_daemon.policy.sql.secrets import is_account_table, judge_names, note_accounts, note_shown
from tenant_daemon.policy.sql.tokens import Token, UnclearSql, split_statements
from tenant_daemon.policy.verdict import Verdict
from tenant_daemon.policy.wordlist import word_set

_CHANGES: Final = {
    "insert": (Tier.YELLOW, "Adds records."),
    "replace": (Tier.YELLOW, "Replaces records."),
    "update": (Tier.YELLOW, "Changes records."),
    "merge": (Tier.RED, "Deletes records."),
    "delete": (Tier.RED, "Deletes records."),
    "truncate": (Tier.RED, "Empties a table."),
    "drop": (Tier.RED, "Deletes a part of the database."),
    "alter": (Tier.RED, "Changes how the database is built."),
    "create": (Tier.YELLOW, "Adds a part to the database."),
    "rename": (Tier.RED, "Renames a part of the database."),
    "vacuum": (Tier.YELLOW, "Tidies the database up."),
    "analyze": (Tier.YELLOW, "Tidies the database up."),
    "reindex": (Tier.YELLOW, "Tidies the database up."),
    "optimize": (Tier.YELLOW, "Tidies the database up."),
    "refresh": (Tier.YELLOW, "Calculates a view anew."),
    "comment": (Tier.YELLOW, "Describes a part of the database."),
}
_DROPPED: Final = frozenset({"table", "view", "index", "sequence"})
_RISKS: Final = {
    "update": "What stood there before cannot be brought back.",
    "alter": "Programs that use it may stop working.",
    "rename": "Programs that use it may stop working.",
}
_READS: Final = frozenset({"select", "values", "table", "show", "describe", "desc", "explain", "with"})
_FRAME: Final = frozenset({"begin", "commit", "rollback", "start", "end", "savepoint", "release", "use"})
_RUN_BY_ANALYZE: Final = frozenset({"select", "with", "insert", "update", "delete", "replace", "values"})
# They come with what passwords were made into.
_SHOWN_ACCOUNTS: Final = frozenset({"user", "grants"})
# What was written into the database, statement by statement, passwords included.
_SHOWN_STATEMENTS: Final = frozenset({"binlog", "relaylog"})
# A table whose records lie in a file or on another server.
_ENGINES: Final = frozenset({"innodb", "myisam", "aria", "memory"})
_ELSEWHERE: Final = frozenset({"connection", "directory", "file_name", "option_file"})
_REACHES_OUT: Final = word_set(
    """
    copy load outfile dumpfile program execute prepare call do attach detach grant revoke kill flush
    handler install uninstall shutdown reset discard listen notify import export backup restore security
    reassign cluster checkpoint lock unlock set change purge source system
    """
)
_COLUMNS: Final = frozenset(
    {
        "source",
        "system",
        "change",
        "security",
        "program",
        "import",
        "export",
        "backup",
        "restore",
        "reset",
        "lock",
    }
)
"""Words that are also what people call a column; none of them begins anything in the midst of a statement."""
_BEFORE_COLUMNS: Final = word_set(
    "select distinct by where and or not on when then else case as between like having set"
    " , ( . = < > <> != <= >="
)
_COPY_OPTIONS: Final = word_set(
    "with csv header format text delimiter null quote escape as true false on off encoding force_quote"
)
_EXPLAIN_OPTIONS: Final = word_set(
    "analyze verbose costs settings generic_plan buffers serialize wal timing summary memory format"
    " text json yaml xml on off true false ,"
)
_HARMLESS_SETTINGS: Final = frozenset(
    {"timezone", "statement_timeout", "lock_timeout", "search_path", "time"}
)
# In alphabets of two bytes the second can be a quote: a client would take the SQL apart otherwise than here.
_PLAIN_ALPHABET: Final = re.compile(
    r"""set names ['"]?(?:utf-?8(?:mb[34])?|unicode|latin-?[19]|ascii|sql_ascii|default)['"]?"""
    r"""(?: collate ['"]?\w+['"]?)?""",
    re.IGNORECASE | re.ASCII,
)
# Whose it is, or what it is copied from, is not said.
_NEW_ROOM: Final = re.compile(
    r"create (?:schema|database)(?: if not exists)? (?!pg_|mysql\b|if\b|authorization\b)[a-z_]\w{0,62}"
    r"(?:(?: default)? (?:character set|charset|collate)(?: =)? [a-z]\w{2,40}"
    r"|(?: with)? encoding(?: =)? '[\w-]{3,12}')*+",
    re.IGNORECASE | re.ASCII,
)
_CRITICAL_OBJECTS: Final = word_set(
    """
    database schema role user group owned extension function procedure trigger event language server
    tablespace subscription publication policy rule operator aggregate cast type system default foreign
    wrapper mapping
    """
)
# In a text that cannot be read for sure: `root@localhost` and the like stand in statements about accounts.
_POWERFUL: Final = re.compile(
    r"\b(?:(?:create|alter|drop|rename)\s+(?:user|role|database|schema)|grant|revoke|set\s+(?:global\s+)?password"
    r"|set\s+global|flush\s+privileges|mysql\.(?:user|db|global_priv)|pg_(?:shadow|authid))\b",
    re.IGNORECASE,
)
_SAYING_NOTHING: Final = frozenset(
    {"true", "false", "not", "and", "or", "null", "is", "limit", "exists", "in"}
)
_PRAGMAS: Final = word_set(
    "table_info table_xinfo table_list index_list index_info foreign_key_list database_list "
    "integrity_check quick_check "
    "page_count page_size freelist_count compile_options user_version encoding journal_mode"
)


def judge_sql(verdict: Verdict, text: str, *, is_postgres: bool = False) -> None:
    """Note what every statement in the text does; the strictest counts."""
    try:
        statements = split_statements(text, is_postgres=is_postgres)
    except UnclearSql as exc:
        verdict.note(Tier.RED, "sql.unclear", str(exc), unknown=True)
        if _POWERFUL.search(text) is not None:
            says = "Changes who may do what in the database, or deletes all of it."
            verdict.note(Tier.CRITICAL_RED, "sql.guardrail", says, unknown=True)
        return
    if not statements:
        verdict.note(Tier.RED, "sql.empty", "There is no SQL in it.", unknown=True)
    for statement in statements:
        judge_statement(verdict, statement)


def judge_statement(verdict: Verdict, tokens: list[Token]) -> None:
    """Note what one statement does, given as its tokens."""
    words = [token.text for token in tokens if token.kind == "word"]
    if "uescape" in words:
        # Another sign than the backslash: what a name or a text says cannot be seen from it.
        verdict.note(Tier.RED, "sql.unclear", "The SQL has names in it that cannot be read.", unknown=True)
    first = words[0] if words and tokens[0].text in (words[0], "(") else ""
    if first == "explain" and (inner := _explained(tokens)):
        judge_statement(verdict, inner)
        return
    if first == "analyze" and (inner := _analyzed(verdict, tokens)):
        judge_statement(verdict, inner)
        return
    judge_names(verdict, tokens)
    if first == "pragma":
        _judge_pragma(verdict, tokens)
    elif first == "use" and words[1:2] == ["mysql"]:
        verdict.note(
            Tier.CRITICAL_RED, "sql.secret-column", "Looks into the accounts of the database.", unknown=True
        )
    elif first in _FRAME:
        verdict.note(Tier.GREEN, "sql.frame", "Frames other statements.", general=True)
        # `START REPLICA` begins more than a transaction.
        if set(words) & (_CHANGES.keys() | _REACHES_OUT) or (
            first == "start" and words[1:2] != ["transaction"]
        ):
            verdict.note(Tier.RED, "sql.unknown", "What the SQL does is not known here.", unknown=True)
    elif first == "set" and (_HARMLESS_SETTINGS.intersection(words[1:2]) or _keeps_alphabet(tokens)):
        verdict.note(Tier.GREEN, "sql.setting", "Sets something for this connection.", general=True)
    elif first == "copy" and (_judge_copy_out(verdict, tokens) or _judge_copy_in(verdict, tokens)):
        pass
    elif first in ("check", "checksum") and words[1:2] == ["table"] and _names_only(tokens):
        verdict.note(Tier.GREEN, "sql.check", "Checks tables.", general=True)
    elif first in _READS:
        _judge_read(verdict, first, words, tokens)
    elif first in _CHANGES:
        _judge_change(verdict, first, words, tokens)
    else:
        _note_unknown(verdict, first)


def _explained(tokens: list[Token]) -> list[Token]:
    """The statement after ``EXPLAIN (COSTS OFF, ...)``, which counts as if it ran; else nothing."""
    texts = [token.text for token in tokens]
    if texts[1:2] != ["("] or ")" not in texts:
        return []
    end = texts.index(")")
    return tokens[end + 1 :] if set(texts[2:end]) <= _EXPLAIN_OPTIONS else []


def _analyzed(verdict: Verdict, tokens: list[Token]) -> list[Token]:
    """The statement after MariaDB's ``ANALYZE [FORMAT=JSON]``, which it runs; nothing for a table."""
    places = [place for place, token in enumerate(tokens) if place and token.text in _RUN_BY_ANALYZE]
    if not places:
        return []
    if {token.text for token in tokens[1 : places[0]]} - {"format", "=", "json", "traditional"}:
        _note_unknown(verdict, "analyze")
    return tokens[places[0] :]


def _judge_copy_out(verdict: Verdict, tokens: list[Token]) -> bool:
    """``COPY ... TO STDOUT``: a table is read, a query does what it does; False when it is anything else."""
    words = [token.text if token.kind == "word" else "" for token in tokens]
    at = next((i for i in range(2, len(words) - 1) if words[i : i + 2] == ["to", "stdout"]), 0)
    if not at or not set(filter(None, words[at + 2 :])) <= _COPY_OPTIONS:
        return False
    source = tokens[1:at]
    if source[0].text != "(":
        verdict.note(Tier.GREEN, "sql.read", "Reads from the database.", general=True)
        if len(source) == 1 and is_account_table(source[0].text):
            note_accounts(verdict)
        note_shown(verdict, [Token("word", "table"), *source])
        return all(token.kind in ("word", "quoted") or token.text in ".,()" for token in source)
    if source[-1].text != ")" or len(source) < 3:
        return False
    judge_statement(verdict, source[1:-1])
    return True


def _judge_copy_in(verdict: Verdict, tokens: list[Token]) -> bool:
    """``COPY TABLE FROM STDIN``: the client's input becomes records; False when it is anything else."""
    words = [token.text if token.kind == "word" else "" for token in tokens]
    at = next((i for i in range(2, len(words) - 1) if words[i : i + 2] == ["from", "stdin"]), 0)
    table = tokens[1:at]
    if not at or not set(filter(None, words[at + 2 :])) <= _COPY_OPTIONS:
        return False
    if table[0].text == "(" or any(t.kind not in ("word", "quoted") and t.text not in ".,()" for t in table):
        return False
    added = split_statements("values (1)")[0]
    judge_statement(verdict, [Token("word", "insert"), Token("word", "into"), *table, *added])
    return True


def _judge_read(verdict: Verdict, first: str, words: list[str], tokens: list[Token]) -> None:
    verdict.note(Tier.GREEN, "sql.read", "Reads from the database.", general=True)
    inner = set(words[1:])
    if first in ("show", "describe", "desc"):
        if first == "show" and inner & (_SHOWN_ACCOUNTS | _SHOWN_STATEMENTS):
            verdict.note(
                Tier.CRITICAL_RED, "sql.secret-column", "Shows the accounts of the database.", unknown=True
            )
        return
    judge_functions(verdict, tokens)
    note_shown(verdict, tokens)
    reaching = _reaching(tokens) if inner & _REACHES_OUT else set[str]()
    if reaching - {"set"} or ("set" in inner and "update" not in inner):
        _note_unknown(verdict, min(reaching))
    for index, word in enumerate(words):
        # `FOR UPDATE` locks rows and changes nothing; `replace(` is a function of strings.
        if index == 0 or word not in _CHANGES or word in ("replace", "comment", "analyze", "rename"):
            continue
        if word == "update" and words[index - 1] in ("for", "key"):
            continue
        _judge_change(verdict, word, words[index:], tokens)
    if "into" in inner and not inner & {"insert", "merge"} and _makes_table(tokens):
        verdict.note(Tier.YELLOW, "sql.into", "Makes a table of what it reads.")
    elif "into" in inner and not inner & {"insert", "merge"}:
        verdict.note(Tier.RED, "sql.into", "Writes what it reads somewhere else.", unknown=True)


def _reaching(tokens: list[Token]) -> set[str]:
    """Words that reach out of the database, but for those that stand where only a column's name can."""
    return {
        token.text
        for place, token in enumerate(tokens)
        if place
        and token.kind == "word"
        and token.text in _REACHES_OUT
        and not (token.text in _COLUMNS and tokens[place - 1].text in _BEFORE_COLUMNS)
    }


def _keeps_alphabet(tokens: list[Token]) -> bool:
    """``SET NAMES utf8mb4``, and other alphabets in which a quote is a byte of its own."""
    return _PLAIN_ALPHABET.fullmatch(" ".join(token.text for token in tokens)) is not None


def _names_only(tokens: list[Token]) -> bool:
    """Whether there are only names in it, one after the other or with commas."""
    return not any(token.text in _REACHES_OUT or token.text == "into" for token in tokens) and all(
        token.kind in ("word", "quoted") or token.text in ".," for token in tokens
    )


def _makes_table(tokens: list[Token]) -> bool:
    """``SELECT ... INTO [TEMP] [TABLE] NAME FROM ...``: once, and the name stands alone."""
    texts = [token.text for token in tokens]
    if texts[:1] != ["select"] or texts.count("into") != 1:
        return False
    at = texts.index("into") + 1
    while texts[at : at + 1] and texts[at] in ("temp", "temporary", "unlogged", "table"):
        at += 1
    is_name = len(tokens) > at + 1 and tokens[at].kind == "word" and not tokens[at].text.startswith("pg_")
    return is_name and texts[at + 1] == "from"


def _judge_change(verdict: Verdict, first: str, words: list[str], tokens: list[Token]) -> None:
    tier, says = _CHANGES[first]
    if first in ("delete", "truncate", "drop", "alter") and any(word.startswith("pg_") for word in words):
        note_catalogue(verdict)
    following = set(words[1:4])
    if first == "create" and _NEW_ROOM.fullmatch(" ".join(token.text for token in tokens)) is not None:
        verdict.note(tier, f"sql.{first}", "Adds an empty part to the database.")
        return
    if first in ("create", "alter", "drop", "rename") and following & _CRITICAL_OBJECTS:
        what = " ".join(words[:3])
        verdict.note(
            Tier.CRITICAL_RED,
            "sql.guardrail",
            f"Changes who may do what in the database, or deletes all of it ({what}).",
            risk="All data in it could be lost, or strangers could get in.",
            unknown=first != "drop",
        )
        return
    if first == "alter" and "add" in words and not {"drop", "owner", "rename"} & set(words):
        tier = Tier.YELLOW
    if first == "alter" and _renames_column(words):
        tier, says = Tier.YELLOW, "Gives a column another name."
    if first == "merge" and "delete" not in words:
        tier, says = Tier.YELLOW, "Adds or changes records."
    if first == "update" and "merge" not in words and not _narrows(tokens):
        tier, says = Tier.RED, "Changes every record of a table."
    if first == "create" and words[1:3] == ["or", "replace"] and "table" in words[3:5]:
        # A table of that name is dropped first, with all that is in it.
        tier, says = Tier.RED, "Puts a new table in the place of one."
    if first == "create" and _lies_elsewhere(tokens):
        _note_unknown(verdict, "create table")
    if first == "delete" and "where" not in words:
        says = "Deletes every record of a table."
    if first in ("insert", "replace", "update", "merge"):
        judge_meaning(verdict, tokens)
    if first in ("create", "insert", "replace"):
        # Under another name nobody would see what is in it.
        note_shown(verdict, tokens)
    if first == "drop" and (named := _dropped(words)):
        says = f"Deletes {named}."
    risk = _RISKS.get(first, "What is deleted cannot be brought back.") if tier >= Tier.RED else ""
    verdict.note(tier, f"sql.{first}", says, risk=risk)
    judge_functions(verdict, tokens)
    if first in ("vacuum", "analyze", "optimize", "reindex", "refresh") and "into" in words:
        _note_unknown(verdict, "into")
    reaching = (set(words[1:]) & _REACHES_OUT) - {"set", "do", "load", "change", "source", "system", "lock"}
    if reaching:
        _note_unknown(verdict, min(reaching))


def _narrows(tokens: list[Token]) -> bool:
    """Whether a condition speaks of a column, and of more than that it is itself (``where a = a``)."""
    texts = [token.text.lower() for token in tokens]
    if "where" not in texts:
        return False
    condition = tokens[texts.index("where") + 1 :]
    columns = [token.text for token in condition if token.kind in ("word", "quoted")]
    sides = [token.text for token in condition if token.text not in ("(", ")")]
    is_itself = len(sides) == 3 and sides[0] == sides[2]
    return not is_itself and any(column not in _SAYING_NOTHING for column in columns)


def _lies_elsewhere(tokens: list[Token]) -> bool:
    """Whether a new table has its records in a file or on another server."""
    texts = [token.text.lower() for token in tokens]
    pairs = zip(texts, texts[1:], [*texts[2:], ""], strict=False)
    return any(
        (word == "engine" and (second if sign == "=" else sign) not in _ENGINES)
        or (word in _ELSEWHERE and (sign == "=" or sign.startswith("'")))
        for word, sign, second in pairs
        if tokens[0].text == "create" and "table" in texts[:5]
    )


def _dropped(words: list[str]) -> str:
    """``DROP TABLE IF EXISTS orders``: what goes away, as it is called."""
    names = [word for word in words[2:] if word not in ("if", "exists", "concurrently")]
    return f"the {words[1]} {names[0]}" if len(words) > 1 and names and words[1] in _DROPPED else ""


def _renames_column(words: list[str]) -> bool:
    """``ALTER TABLE a RENAME COLUMN b TO c`` and nothing else."""
    at = words.index("rename") if "rename" in words else 0
    return at in (2, 3, 4) and words[1] == "table" and words[at + 1 : at + 2] == ["column"]


def _judge_pragma(verdict: Verdict, tokens: list[Token]) -> None:
    name = tokens[1].text.lower() if len(tokens) > 1 else ""
    if (
        name not in _PRAGMAS
        or any(token.text == "=" for token in tokens)
        or (name in ("user_version", "encoding", "journal_mode") and len(tokens) > 2)
    ):
        _note_unknown(verdict, f"pragma {name}")
    else:
        verdict.note(Tier.GREEN, "sql.read", "Reads from the database.", general=True)


def _note_unknown(verdict: Verdict, word: str) -> None:
    verdict.note(
        Tier.CRITICAL_RED,
        "sql.unknown",
        f"What “{word[:30]}” does in the database is not known here, or it reaches out of it.",
        risk="It could read files, run programs or change rights.",
        unknown=True,
    )
