"""What SQL statements do: read, change, destroy, or reach out of the database."""

import re
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.sql.functions import PURE
from tenant_daemon.policy.sql.tokens import Token, UnclearSql, split_statements
from tenant_daemon.policy.verdict import Verdict
from tenant_daemon.policy.wordlist import word_set

_SECRET_NAME: Final = re.compile(
    r".*pass(?:word|wd|wort|phrase)(?!_(?:changed|updated|reset|expire[sd]?|set)).*|(?:.*_)?(?:pass|pw)(?:_hash)?"
    r"|(?:.*_)?(?:pwd|secret|api_?key|private_?key|access_?token|refresh_?token"
    r"|auth_?token|token"
    r"|token_hash|otp_secret|totp_secret|salt|credentials?|activation_key|secret_?key|signing_?key"
    r"|session_?key)s?(?:_?(?:hash|digest|enc|encrypted|value|plain|b64|pem))?"
    r"|(?:sub|srv)?conninfo|umoptions|srvoptions|pg_authid|pg_shadow|pg_user_mappings?|authentication_string|rolpassword|passwd|user_privileges"
    r"|mysql_native_password",
    re.IGNORECASE,
)
# Functions that only compute. Any other name followed by a parenthesis asks.
_BEFORE_NAMES: Final = frozenset(
    {"into", "table", "exists", "with", "recursive", "index", "key", "references", "constraint", "view"}
)
_ACCOUNT_TABLES: Final = word_set(
    "user global_priv db tables_priv columns_priv proxies_priv servers password_history slave_master_info"
)
_PUBLIC_COLUMNS: Final = word_set(
    "published is_published published_at publish_at is_public visible_to_public send_at scheduled_at sent_at"
)
_PUBLISHING: Final = word_set("published publish scheduled sent sending public running queued live")
_SENDING: Final = re.compile(
    r"(?:\w+_)?(?:e?mails?|mail_queue|outbox|newsletters?|campaigns?|sms|messages?|notifications?"
    r"|invitations?|invites?"
    r"|webhooks?|bookings?)(?:_queue|_recipients?|_outbox)?"
)
_PEOPLE: Final = re.compile(
    r"(?:\w+_)?(?:users?|roles?|permissions?|accounts?|admins?|members?|sessions?|api_keys?|privileges"
    r"|grants|logins?)"
    r"|is_(?:admin|superuser|staff|owner)|user_level|wp_capabilities"
)
# Which of somebody's roles it is about cannot be told from its number.
_ROLES_OF_PEOPLE: Final = re.compile(
    r"\w*groups?_users?_rel|(?:\w+_)?(?:role_users?|users?_roles?|users?_groups|users?_user_permissions)"
    r"|model_has_(?:roles|permissions)|user_role_mapping"
)
_POWER: Final = re.compile(r".*(?:admin|super|owner\b|\broot\b|capabilities|user_level).*", re.DOTALL)
_POWER_COLUMN: Final = re.compile(
    r"is_?(?:admin|superuser|super|staff|owner)|superuser|admin|role|role_id|user_level"
)
_SITE_OPTIONS: Final = word_set(
    "siteurl home admin_email new_admin_email default_role users_can_register active_plugins template"
    " stylesheet wp_user_roles"
)
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
_READS: Final = frozenset({"select", "values", "table", "show", "describe", "desc", "explain", "with"})
_FRAME: Final = frozenset({"begin", "commit", "rollback", "start", "end", "savepoint", "release", "use"})
_RUN_BY_ANALYZE: Final = frozenset({"select", "with", "insert", "update", "delete", "replace", "values"})
# They come with what passwords were made into.
_SHOWN_ACCOUNTS: Final = frozenset({"user", "grants"})
_REACHES_OUT: Final = word_set(
    """
    copy load outfile dumpfile program execute prepare call do attach detach grant revoke kill flush
    handler install uninstall shutdown reset discard listen notify import export backup restore security
    reassign cluster checkpoint lock unlock set change purge source system
    """
)
_COPY_OPTIONS: Final = word_set(
    "with csv header format text delimiter null quote escape as true false on off encoding force_quote"
)
_EXPLAIN_OPTIONS: Final = word_set(
    "analyze verbose costs settings generic_plan buffers serialize wal timing summary memory format"
    " text json yaml xml on off true false ,"
)
_HARMLESS_SETTINGS: Final = frozenset(
    {"timezone", "statement_timeout", "lock_timeout", "names", "search_path", "time"}
)
_CRITICAL_OBJECTS: Final = word_set(
    """
    database schema role user group owned extension function procedure trigger event language server
    tablespace subscription publication policy rule operator aggregate cast type system default foreign
    wrapper mapping
    """
)
_MULTIPLYING: Final = frozenset({"repeat", "lpad", "rpad", "generate_series", "space"})
_MOST_DIGITS: Final = 7
_PRAGMAS: Final = word_set(
    "table_info table_xinfo table_list index_list index_info foreign_key_list database_list "
    "integrity_check quick_check "
    "page_count page_size freelist_count compile_options user_version encoding journal_mode"
)


def judge_sql(verdict: Verdict, text: str, *, has_dollars: bool = False) -> None:
    """Note what every statement in the text does; the strictest counts."""
    try:
        statements = split_statements(text, has_dollars=has_dollars)
    except UnclearSql as exc:
        verdict.note(Tier.RED, "sql.unclear", str(exc), unknown=True)
        return
    if not statements:
        verdict.note(Tier.RED, "sql.empty", "There is no SQL in it.", unknown=True)
    for statement in statements:
        _judge_statement(verdict, statement)


def _judge_statement(verdict: Verdict, tokens: list[Token]) -> None:
    words = [token.text for token in tokens if token.kind == "word"]
    first = words[0] if words and tokens[0].text in (words[0], "(") else ""
    if first == "explain" and (inner := _explained(tokens)):
        _judge_statement(verdict, inner)
        return
    if first == "analyze" and (inner := _analyzed(verdict, tokens)):
        _judge_statement(verdict, inner)
        return
    _judge_names(verdict, tokens)
    if first == "pragma":
        _judge_pragma(verdict, tokens)
    elif first == "use" and words[1:2] == ["mysql"]:
        verdict.note(
            Tier.CRITICAL_RED, "sql.secret-column", "Looks into the accounts of the database.", unknown=True
        )
    elif first in _FRAME:
        verdict.note(Tier.GREEN, "sql.frame", "Frames other statements.", general=True)
        if set(words) & (_CHANGES.keys() | _REACHES_OUT):
            verdict.note(Tier.RED, "sql.unknown", "What the SQL does is not known here.", unknown=True)
    elif first == "set" and len(words) > 1 and words[1] in _HARMLESS_SETTINGS:
        verdict.note(Tier.GREEN, "sql.setting", "Sets something for this connection.", general=True)
    elif first == "copy" and _judge_copy_out(verdict, tokens):
        pass
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
        return all(token.kind in ("word", "quoted") or token.text in ".,()" for token in source)
    if source[-1].text != ")" or len(source) < 3:
        return False
    _judge_statement(verdict, source[1:-1])
    return True


def _judge_read(verdict: Verdict, first: str, words: list[str], tokens: list[Token]) -> None:
    verdict.note(Tier.GREEN, "sql.read", "Reads from the database.", general=True)
    inner = set(words[1:])
    if first in ("show", "describe", "desc"):
        if first == "show" and inner & _SHOWN_ACCOUNTS:
            verdict.note(
                Tier.CRITICAL_RED, "sql.secret-column", "Shows the accounts of the database.", unknown=True
            )
        return
    _judge_functions(verdict, tokens)
    reaching = inner & _REACHES_OUT
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
        _note_catalogue(verdict)
    following = set(words[1:4])
    if first in ("create", "alter", "drop") and following & _CRITICAL_OBJECTS:
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
    if first == "update" and "where" not in words and "merge" not in words:
        tier, says = Tier.RED, "Changes every record of a table."
    if first == "delete" and "where" not in words:
        says = "Deletes every record of a table."
    if first in ("insert", "replace", "update", "merge"):
        _judge_meaning(verdict, tokens)
    risk = "What is deleted cannot be brought back." if tier >= Tier.RED else ""
    verdict.note(tier, f"sql.{first}", says, risk=risk)
    _judge_functions(verdict, tokens)
    if first in ("vacuum", "analyze", "optimize", "reindex", "refresh") and "into" in words:
        _note_unknown(verdict, "into")
    reaching = (set(words[1:]) & _REACHES_OUT) - {"set", "do", "load", "change", "source", "system", "lock"}
    if reaching:
        _note_unknown(verdict, min(reaching))


def _renames_column(words: list[str]) -> bool:
    """``ALTER TABLE a RENAME COLUMN b TO c`` and nothing else."""
    at = words.index("rename") if "rename" in words else 0
    return at in (2, 3, 4) and words[1] == "table" and words[at + 1 : at + 2] == ["column"]


def _judge_meaning(verdict: Verdict, tokens: list[Token]) -> None:
    """Records that are more than records: they publish something, send it, or let somebody in."""
    if any(name.startswith(("pg_", "information_schema")) for name in _tables(tokens)):
        _note_catalogue(verdict)
    strings = {token.text.lstrip("nNeE").strip("'").lower() for token in tokens if token.kind == "string"}
    names = {token.text.strip('"`[]').lower() for token in tokens if token.kind in ("word", "quoted")}
    is_sending = any(_SENDING.fullmatch(name) for name in _tables(tokens)) or bool(names & _PUBLIC_COLUMNS)
    if strings & _PUBLISHING or is_sending:
        verdict.note(
            Tier.YELLOW, "sql.publishes", "Publishes or sends something to people outside.", external=True
        )
    if _gives_power(tokens, names, strings):
        verdict.note(
            Tier.CRITICAL_RED,
            "sql.power",
            "Gives somebody power over a tool, past the tool itself.",
            risk="Strangers could get in and do everything there.",
            unknown=True,
        )
    if any(_PEOPLE.fullmatch(name) for name in names):
        verdict.note(Tier.RED, "sql.people", "Changes who may sign in or what they may do.")


def _gives_power(tokens: list[Token], names: set[str], strings: set[str]) -> bool:
    tables = _tables(tokens)
    if any(_ROLES_OF_PEOPLE.fullmatch(name) for name in tables):
        return True
    if any(name.endswith("options") for name in tables) and strings & _SITE_OPTIONS:
        return True
    if not any(_PEOPLE.fullmatch(name) or name.endswith("usermeta") for name in tables):
        return False
    is_set = any(_POWER_COLUMN.fullmatch(name) for name in names) and "true" in names
    return is_set or any(_POWER.fullmatch(text) for text in strings)


def _note_catalogue(verdict: Verdict) -> None:
    verdict.note(
        Tier.CRITICAL_RED,
        "sql.guardrail",
        "Changes what the database knows of itself.",
        risk="The database may stop working, or strangers may get in.",
        unknown=True,
    )


def _tables(tokens: list[Token]) -> list[str]:
    """The names after ``INTO`` and ``UPDATE``, a schema before them included."""
    names = [token.text.strip('"`[]').lower() for token in tokens]
    found: list[str] = []
    for index, name in enumerate(names):
        if name in ("into", "update"):
            found.extend(names[index + 1 : index + 4])
            found = found if "." in names[index + 1 : index + 4] else found[:-2]
    return found


def _judge_functions(verdict: Verdict, tokens: list[Token]) -> None:
    if any(token.kind == "number" and len(token.text) > _MOST_DIGITS for token in tokens) and any(
        token.text in _MULTIPLYING for token in tokens
    ):
        verdict.note(Tier.RED, "sql.large", "It would calculate more than the server holds.", unknown=True)
    for index in range(len(tokens) - 1):
        token, follower = tokens[index], tokens[index + 1]
        if follower.text != "(" or token.kind not in ("word", "quoted"):
            continue
        # `INSERT INTO orders (a, b)` and `WITH recent (a) AS` name tables, not functions.
        before = tokens[index - 1].text if index else ""
        if before in _BEFORE_NAMES or (before == "on" and tokens[0].text == "create"):
            continue
        behind = tokens[index - 2].text if before == "as" and index > 1 else before
        if behind == ")" and _are_columns(tokens, index + 2):
            continue
        if before == "." and index > 2 and tokens[index - 3].text in ("into", "table"):
            continue
        if token.kind == "quoted" or token.text not in PURE or before == ".":
            verdict.note(
                Tier.RED,
                "sql.function",
                f"What the database function {token.text} does is not known here.",
                unknown=True,
            )


def _are_columns(tokens: list[Token], at: int) -> bool:
    """``(SELECT ...) totals(id, amount)``: names for a table that is made on the way."""
    while at < len(tokens) and tokens[at].kind == "word":
        at += 1
        if at < len(tokens) and tokens[at].text == ")":
            return tokens[at - 1].kind == "word"
        if at >= len(tokens) or tokens[at].text != ",":
            return False
        at += 1
    return False


def _judge_names(verdict: Verdict, tokens: list[Token]) -> None:
    for index, token in enumerate(tokens):
        if token.kind not in ("word", "quoted") or _SECRET_NAME.fullmatch(token.text.strip('"`[]')) is None:
            continue
        # `ALTER ROLE ... PASSWORD` is judged by what it changes; a plain read shows the column.
        verdict.note(
            Tier.CRITICAL_RED,
            "sql.secret-column",
            f"Touches {token.text}, which looks like passwords or keys.",
            risk="Passwords could get to the language model.",
            unknown=index > 0,
        )
        return
    names = [token.text.strip('"`').lower() for token in tokens]
    for index in range(len(names) - 2):
        if names[index : index + 2] == ["mysql", "."] and names[index + 2] in _ACCOUNT_TABLES:
            verdict.note(Tier.CRITICAL_RED, "sql.secret-column", "Touches the accounts table.", unknown=True)


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
