"""What SQL statements do: read, change, destroy, or reach out of the database."""

import re
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.sql.tokens import Token, UnclearSql, split_statements
from tenant_daemon.policy.verdict import Verdict
from tenant_daemon.policy.wordlist import word_set

_SECRET_NAME: Final = re.compile(
    r".*pass(?:word|wd|wort|phrase)(?!_(?:changed|updated|reset|expire[sd]?|set)).*|(?:.*_)?(?:pass|pw)(?:_hash)?"
    r"|(?:.*_)?(?:pwd|secret|api_?key|private_?key|access_?token|refresh_?token"
    r"|auth_?token|token"
    r"|token_hash|otp_secret|totp_secret|salt|credentials?|activation_key|secret_?key|signing_?key"
    r"|session_?key)s?(?:_?(?:hash|digest|enc|encrypted|value|plain|b64|pem))?"
    r"|pg_authid|pg_shadow|pg_user_mappings?|authentication_string|rolpassword|passwd|user_privileges"
    r"|mysql_native_password",
    re.IGNORECASE,
)
# Functions that only compute. Any other name followed by a parenthesis asks.
_PURE: Final = word_set(
    """
    count sum avg min max coalesce nullif greatest least round floor ceil ceiling abs mod power sqrt sign
    trunc random lower upper length char_length character_length octet_length trim ltrim rtrim btrim
    substr substring left right replace concat concat_ws position strpos instr lpad rpad repeat reverse
    split_part initcap translate format chr ascii regexp_replace regexp_matches regexp_match regexp_like
    to_char to_date to_timestamp to_number date time datetime strftime julianday unixepoch date_trunc
    date_part date_bin extract age now current_date current_time current_timestamp clock_timestamp curdate
    curtime date_format date_add date_sub datediff timestampdiff from_unixtime unix_timestamp year month
    day hour minute second dayofweek week weekday last_day make_date make_interval justify_days interval
    cast convert if ifnull iif isnull nvl case decode exists any all some in values array array_agg
    array_length array_to_string string_agg group_concat json_agg jsonb_agg json_object_agg
    json_build_object jsonb_build_object json_extract json_value json_query json_array_length json_each
    json_array json_object jsonb_array_elements json_array_elements jsonb_array_elements_text jsonb_pretty
    to_json to_jsonb row_to_json json_extract_path_text jsonb_extract_path_text json_group_array
    json_group_object unnest generate_series row_number rank dense_rank ntile lag lead first_value
    last_value percentile_cont percentile_disc stddev variance bool_and bool_or over partition filter
    within grouping sets rollup cube using on as and or not when then else from join where having by union
    select distinct limit offset with lateral union all intersect except is between like ilike similar
    pg_size_pretty pg_database_size pg_total_relation_size pg_relation_size pg_table_size pg_indexes_size
    pg_stat_get_live_tuples pg_postmaster_start_time pg_is_in_recovery pg_get_indexdef pg_get_viewdef
    pg_get_constraintdef pg_get_expr format_type obj_description col_description version current_database
    current_schema current_user session_user database schema user quote_ident to_regclass typeof
    total_changes changes hex md5 sha1 sha2 crc32 numeric decimal varchar char int integer bigint text
    timestamp boolean float double key index primary unique default check references into table only
    materialized recursive conflict duplicate add column columns constraint uuid gen_random_uuid found_rows
    """
)
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
_CHANGES: Final = {
    "insert": (Tier.YELLOW, "Adds records."),
    "replace": (Tier.YELLOW, "Replaces records."),
    "update": (Tier.YELLOW, "Changes records."),
    "merge": (Tier.RED, "Changes many records at once."),
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
_PRAGMAS: Final = word_set(
    "table_info table_xinfo table_list index_list index_info foreign_key_list database_list "
    "integrity_check quick_check "
    "page_count page_size freelist_count compile_options user_version encoding journal_mode"
)


def judge_sql(verdict: Verdict, text: str) -> None:
    """Note what every statement in the text does; the strictest counts."""
    try:
        statements = split_statements(text)
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
    _judge_names(verdict, tokens)
    if first == "pragma":
        _judge_pragma(verdict, tokens)
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
    if "into" in inner and not inner & {"insert", "merge"}:
        verdict.note(Tier.RED, "sql.into", "Writes what it reads somewhere else.", unknown=True)


def _judge_change(verdict: Verdict, first: str, words: list[str], tokens: list[Token]) -> None:
    tier, says = _CHANGES[first]
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
    if first == "update" and "where" not in words:
        tier, says = Tier.RED, "Changes every record of a table."
    if first == "delete" and "where" not in words:
        says = "Deletes every record of a table."
    if first in ("insert", "replace", "update"):
        _judge_meaning(verdict, tokens)
    risk = "What is deleted cannot be brought back." if tier >= Tier.RED else ""
    verdict.note(tier, f"sql.{first}", says, risk=risk)
    _judge_functions(verdict, tokens)
    if first in ("vacuum", "analyze", "optimize", "reindex", "refresh") and "into" in words:
        _note_unknown(verdict, "into")
    reaching = (set(words[1:]) & _REACHES_OUT) - {"set", "do", "load", "change", "source", "system", "lock"}
    if reaching:
        _note_unknown(verdict, min(reaching))


def _judge_meaning(verdict: Verdict, tokens: list[Token]) -> None:
    """Records that are more than records: they publish something, send it, or let somebody in."""
    strings = {token.text.strip("nN'").lower() for token in tokens if token.kind == "string"}
    names = {token.text.strip('"`[]').lower() for token in tokens if token.kind in ("word", "quoted")}
    is_sending = any(_SENDING.fullmatch(name) for name in _tables(tokens)) or bool(names & _PUBLIC_COLUMNS)
    if strings & _PUBLISHING or is_sending:
        verdict.note(
            Tier.YELLOW, "sql.publishes", "Publishes or sends something to people outside.", external=True
        )
    if any(_PEOPLE.fullmatch(name) for name in names):
        verdict.note(Tier.RED, "sql.people", "Changes who may sign in or what they may do.")


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
    for index in range(len(tokens) - 1):
        token, follower = tokens[index], tokens[index + 1]
        if follower.text != "(" or token.kind not in ("word", "quoted"):
            continue
        # `INSERT INTO orders (a, b)` and `WITH recent (a) AS` name tables, not functions.
        before = tokens[index - 1].text if index else ""
        if before in _BEFORE_NAMES or (before == "on" and tokens[0].text == "create"):
            continue
        if before == "." and index > 2 and tokens[index - 3].text in ("into", "table"):
            continue
        if token.kind == "quoted" or token.text not in _PURE or before == ".":
            verdict.note(
                Tier.RED,
                "sql.function",
                f"What the database function {token.text} does is not known here.",
                unknown=True,
            )


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
