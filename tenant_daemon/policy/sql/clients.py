"""The command-line clients of databases: SQL in flags and arguments, and their own commands."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.paths.names import is_secret_name
from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS
from tenant_daemon.policy.sql.statements import judge_sql
from tenant_daemon.policy.wordlist import word_set

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_PSQL_READS: Final = re.compile(
    r"\\(?:d(?!e[suw]|Rs|rds)[a-zA-Z]{0,3}[+S]{0,2}|l\+?|z|sf\+?|sv\+?|conninfo|x|timing"
    r"|pset \w+(?: \w+)?|dt\+?|du|dn)"
    r"(?: +[\w.*?\"]+)?\s*;?|\\encoding(?: +(?i:utf-?8|unicode|sql_ascii))?\s*;?"
)
_SQLITE_READS: Final = re.compile(
    r"\.(?:tables|schema|indexes|indices|databases|dbinfo|headers? (?:on|off)|mode \w+|width [\d ]+"
    r"|fullschema|stats|show|nullvalue \w*|timeout \d+|print [\w :-]*|separator \"?[^\\\w\s`\"']{1,2}\"?)"
    r"(?: +[\w%*]+)?\s*"
)
_SQLITE_IMPORTS: Final = re.compile(r"\.import(?: --?csv)?(?: --?skip 1)? +'?([\w./-]+)'? +(\w+)")
_SQLITE_SAVES: Final = re.compile(r"\.(?:backup|save) +'?([\w./-]+)'?")
_SQLITE_WRITES: Final = re.compile(r"\.(?:output|once) '?(\w[\w./-]*)'?")
# As other databases' clients do, sqlite3 takes these for a semicolon.
_SQLITE_ENDS: Final = re.compile(r"\s*(?:/(?!\*)|go\b)", re.IGNORECASE)
_DUMP_FILE: Final = re.compile(r"\.(?:sql|dump|bak)(?:\.(?:gz|xz|zst|bz2))?\Z")
_LOCAL_HOSTS: Final = frozenset(
    {"localhost", "127.0.0.1", "::1", "/var/run/postgresql", "/run/postgresql", "db", "postgres"}
)
_SERVICE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,40}")
"""A container's name, which means nothing on the internet."""
_CONNECTION: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,62}")

_CONNECTION_WORDS: Final = re.compile(
    r"(?:(?:dbname|user)=[A-Za-z_][A-Za-z0-9_-]{0,62}|port=\d{1,5}|host=(?:localhost|127\.0\.0\.1)"
    r"|(?: (?=\w)))+"
    r"|postgres(?:ql)?://(?:[a-z_]\w{0,62}@)?(?:localhost|127\.0\.0\.1)?(?::\d{1,5})?/[A-Za-z_]\w{0,62}"
)
_REDIS_MEASURES: Final = ("--latency-history", "--latency-dist", "--hotkeys")
_REDIS_READS: Final = word_set(
    """
    ping info dbsize get mget exists type ttl pttl strlen hget hmget hlen hkeys hexists llen lindex lrange
    scard smembers sismember zcard zrange zscore zrank zcount xlen xrange xinfo scan hscan sscan zscan
    keys randomkey time lastsave memory object bitcount getrange pfcount slowlog latency command role echo
    hgetall hvals xpending
    """
)
_REDIS_SHOWS: Final = word_set(
    "get mget hget hmget hgetall hvals getrange lrange smembers echo xrange lindex"
)
_REDIS_FACTS: Final = frozenset(
    {
        *(("cluster", word) for word in ("info", "nodes", "slots", "shards", "myid")),
        *(("client", word) for word in ("list", "info", "id", "getname")),
        *(("acl", "whoami"), ("module", "list")),
    }
)
"""What the commands that rule the database only show."""
_REDIS_CHANGES: Final = word_set(
    """
    set setex setnx mset append incr decr incrby decrby incrbyfloat hset hmset hsetnx hincrby lpush rpush
    lset sadd zadd zincrby expire pexpire persist rename renamenx xadd setrange getset bgsave bgrewriteaof
    """
)
_REDIS_DELETES: Final = word_set(
    "del unlink hdel ltrim lpop rpop lrem srem spop zrem zremrangebyrank xdel xtrim getdel"
)
_REDIS_SECRETS: Final = re.compile(
    r"(?:.*[:_.{-])?(?:tokens?|secrets?|passw(?:or)?ds?|otp|jwt|api_?keys?|credentials?|csrf|resets?)(?:[:_.}-].*)?"
)
"""Keys under which tools keep what opens an account."""
_REDIS_WORK: Final = re.compile(r"(?:.*[:_.{-])?(?:queues?|jobs?|schedule|retry|delayed|dead)(?:[:_.}-].*)?")
_REDIS_RUN: Final = re.compile(
    r"(?:.*[:_.{-])?(?:sidekiq|resque|celery|kombu|bull|bullmq|horizon|sessions?|sess)[:_.}-].*|celery"
)
"""Keys under which they keep what they will do, and who is signed in."""
_SERIALISED: Final = re.compile(r"[{\[]|[oasi]:\d|base64:|\\x")


_COPY_OPTIONS: Final = (
    r"(?: +(?:with +)?\(?(?:format +)?(?:csv|text)(?:[ ,]+header(?: +true)?)?"
    r"(?:[ ,]+delimiter +'.')?\)?)? *;?"
)
"""Those that only say how the lines of a file are written."""
_COPY_OUT: Final = re.compile(
    r"\\copy +(?:(?P<table>[A-Za-z_][\w.]*)(?: *\((?P<columns>[\w, ]+)\))?|\((?P<query>[^\\]+)\)) +to"
    r" +(?:'(?P<quoted>[\w ./-]+)'|(?P<bare>(?!program\b|pstdout\b)[\w./-]+))" + _COPY_OPTIONS,
    re.IGNORECASE,
)


_COPY_PARTS: Final = re.compile(r"""'(?:[^']|'')*+'|"(?:[^"]|"")*+"|--|/\*|[()'"$]""")


def _is_one_query(query: str) -> bool:
    """Whether psql, which knows no comments and no dollars there, finds its end where we do."""
    depth = 0
    for part in _COPY_PARTS.findall(query):
        depth += {"(": 1, ")": -1}.get(part, 0)
        if depth < 0 or part in ("--", "/*", "'", '"', "$"):
            return False
    return depth == 0


def _copy_out(judge: "CommandJudge", text: str) -> bool:
    """``\\copy TABLE to FILE``: psql itself writes the file; True when it was one."""
    found = _COPY_OUT.fullmatch(text)
    if found is None or not _is_one_query(found["query"] or ""):
        return False
    query = found["query"] or f"select {found['columns'] or '*'} from {found['table']}"  # noqa: S608 - to be judged
    judge_sql(judge.verdict, query, is_postgres=True)
    target = found["quoted"] or found["bare"]
    if target.lower() != "stdout":
        judge.places.write(target)
    return True


_COPY_IN: Final = re.compile(
    r"\\copy +(?P<table>[A-Za-z_][\w.]*)(?P<columns> *\([\w, ]+\))? +from"
    r" +(?:'(?P<quoted>[\w ./-]+)'|(?P<bare>(?!program\b|p?stdin\b)[\w./-]+))" + _COPY_OPTIONS,
    re.IGNORECASE,
)


def _copy_in(judge: "CommandJudge", text: str) -> bool:
    """``\\copy TABLE from FILE``: psql itself reads the file, and its lines become records."""
    found = _COPY_IN.fullmatch(text)
    if found is None:
        return False
    columns = found["columns"] or ""
    text = f"insert into {found['table']}{columns} values (1)"  # noqa: S608 - to be judged
    judge_sql(judge.verdict, text, is_postgres=True)
    judge.places.read(found["quoted"] or found["bare"])
    return True


def _postgres(judge: "CommandJudge", value: str) -> None:
    text = value.strip()
    if text.startswith("\\"):
        if _copy_out(judge, text) or _copy_in(judge, text):
            return
        if _PSQL_READS.fullmatch(text) is None:
            judge.verdict.note(
                Tier.CRITICAL_RED,
                "psql.meta",
                "The psql command may write files or run programs.",
                unknown=True,
            )
        return
    judge_sql(judge.verdict, text, is_postgres=True)


def _mysql(judge: "CommandJudge", value: str) -> None:
    # At the end it only says how the answer is laid out.
    value = re.sub(r"\\[Gg]\s*;?\s*\Z", "", value)
    if "\\" in value:
        judge.unknown("mysql.meta", "The mysql command may write files or run programs.")
    judge_sql(judge.verdict, value)


def _sqlite(judge: "CommandJudge", value: str) -> None:
    text = value.strip()
    if text.startswith("."):
        saved = _SQLITE_SAVES.fullmatch(text)
        if saved is not None:
            judge.verdict.note(Tier.YELLOW, "sqlite3.backup", "Copies a database into a file.")
            judge.places.write(saved[1])
        elif (taken := _SQLITE_IMPORTS.fullmatch(text)) is not None:
            judge.verdict.note(Tier.YELLOW, "sqlite3.import", "Puts the lines of a file into a table.")
            judge.places.read(taken[1])
        elif (target := _SQLITE_WRITES.fullmatch(text)) is not None and target[1] != "stdout":
            judge.verdict.note(Tier.YELLOW, "sqlite3.output", "Writes what it reads into a file.")
            judge.places.write(target[1])
        elif text == ".dump" and _DUMP_FILE.search(judge.output) is not None:
            judge.verdict.note(Tier.YELLOW, "sqlite3.dump", "Writes a database out into a file.")
        elif _SQLITE_READS.fullmatch(text) is None:
            judge.verdict.note(
                Tier.CRITICAL_RED,
                "sqlite3.meta",
                "The sqlite command may write files or run programs.",
                unknown=True,
            )
        return
    judge_sql(judge.verdict, text)


def _database(judge: "CommandJudge", value: str) -> None:
    """A database's plain name; a whole connection string could lead anywhere."""
    if value == "mysql" and judge.program in ("mysql", "mariadb"):
        judge.verdict.note(
            Tier.CRITICAL_RED, "sql.secret-column", "Looks into the accounts of the database.", unknown=True
        )
    if _CONNECTION.fullmatch(value) is None and _CONNECTION_WORDS.fullmatch(value) is None:
        judge.unknown("sql.connection", "The database is named in a way that could lead elsewhere.")


def _dumped_database(judge: "CommandJudge", value: str) -> None:
    """A database or one of its tables; that of the accounts is more than a copy of records."""
    if value == "mysql":
        judge.verdict.note(
            Tier.CRITICAL_RED, "sql.secret-column", "Copies the accounts of the database.", unknown=True
        )
    _database(judge, value)


def _condition(judge: "CommandJudge", value: str) -> None:
    """Put behind ``WHERE`` as it is."""
    judge_sql(judge.verdict, f"select 1 from t where {value}")  # noqa: S608 - to be judged


def _database_host(judge: "CommandJudge", value: str) -> None:
    if value in _LOCAL_HOSTS or f"{value}:5432" in judge.context.allowed_hosts:
        return
    if judge.is_in_container and _SERVICE.fullmatch(value) is not None:
        return
    judge.verdict.note(
        Tier.RED, "sql.host", f"Talks to the database on {value}.", external=True, unknown=True
    )


def _output_file(judge: "CommandJudge", value: str) -> None:
    """After a bar it would be a program."""
    if re.fullmatch(r"[\w./-][\w ./-]*", value) is None:
        judge.unknown("sql.output", "It would hand what it reads to a program.")
    judge.places.write(value)


_DATABASE_FILE: Final = re.compile(r"[\w-]+\.(?:db|sqlite3?)")
_READ_ONLY: Final = re.compile(r"file:((?!//)[\w./-]+)\?(?:mode=ro|immutable=1)(?:&(?:mode=ro|immutable=1))?")
_OF_PASSWORDS: Final = re.compile(
    r"warden|vault|(?:^|/)data/db\.sqlite3\Z|key|secret|pass|cred|token", re.IGNORECASE
)


def _sqlite_file(judge: "CommandJudge", value: str) -> None:
    """The database file: what the SQL does to it decides, here it is read."""
    if value in ("", ":memory:"):
        return
    if (named := _READ_ONLY.fullmatch(value)) is not None:
        value = named[1]
    if "?" in value or value.startswith("file:"):
        judge.unknown("sqlite3.file", "The database is named in a way that could lead elsewhere.")
    name = value.rpartition("/")[2]
    if _DATABASE_FILE.fullmatch(name) and not is_secret_name(name) and not _OF_PASSWORDS.search(value):
        # A database of one of the tools: what is shown of it is decided by the SQL, as with every other.
        judge.places.list(value)
        return
    judge.places.read(value)


def _sqlite_address(judge: "CommandJudge", value: str) -> None:
    """``sqlite:///FILE``, the file being changed."""
    found = re.fullmatch(r"sqlite:///([\w./-]+)", value)
    if found is None:
        judge.unknown("sql.connection", "The database is named in a way that could lead elsewhere.")
    else:
        judge.places.write(found[1])


def _client(kind: str) -> Callable[["CommandJudge", Profile, Reading], None]:
    """Without a statement in the arguments a client reads them from its input, which is judged when seen."""

    def review(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
        if reading.has("-c", "--command", "-e", "--execute", "-l", "--list"):
            return
        text = judge.stdin_text
        is_postgres = kind == "sql.pg"
        if text is not None and is_postgres and "\\" in text:
            text = _without_layout(text)
            if not text.strip():
                return
        if text is None or ("\\" in text and not (is_postgres and text.lstrip()[:1] != "\\")):
            judge.unknown(
                f"{profile.rule_id}.input", "It would take its commands from somewhere not seen here."
            )
        else:
            KINDS[kind](judge, text)

    return review


def _without_layout(text: str) -> str:
    """
    psql's input without lines of its own that only show something (``\\x on``).

    Within a text or a comment such a line would be a part of it, and ends neither: it has no quotes. Any
    other backslash is looked at with the SQL.
    """
    lines = text.split("\n")
    return "\n".join(line for line in lines if '"' in line or _PSQL_READS.fullmatch(line.strip()) is None)


def _sqlite_input(judge: "CommandJudge", text: str) -> None:
    """Lines that begin with a dot are commands of the client."""
    lines = text.split("\n")
    for line in lines:
        if line.startswith("."):
            _sqlite(judge, line)
        elif _SQLITE_ENDS.match(line) is not None:
            judge.unknown("sqlite3.end", "The line would end a statement in the middle of it.")
    judge_sql(judge.verdict, "\n".join(line for line in lines if not line.startswith(".")))


def _sqlite_review(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    if len(reading.positionals) < 2:
        if judge.stdin_text is None or not reading.positionals:
            judge.unknown("sqlite3.input", "It would take its commands from somewhere not seen here.")
        else:
            _sqlite_input(judge, judge.stdin_text)
            if judge.verdict.tier > Tier.GREEN:
                judge.places.write(reading.positionals[0])
    elif judge.verdict.tier > Tier.GREEN and not reading.has("-readonly"):
        judge.places.write(reading.positionals[0])


def _redis_change(judge: "CommandJudge", words: list[str]) -> None:
    """What tools take out of the database and act on, and what is gone at once."""
    note = judge.verdict.note
    verb, key, values = words[0], "".join(words[1:2]), words[2:]
    if verb in ("expire", "pexpire"):
        if values and re.fullmatch(r"[1-9]\d*", values[0]) is None:
            note(Tier.RED, "redis.delete", "Deletes a value from the database.", risk="It is gone for good.")
    elif (_REDIS_WORK.fullmatch(key) is not None and any(map(_SERIALISED.match, values))) or (
        _REDIS_RUN.fullmatch(key) is not None
    ):
        note(
            Tier.RED,
            "redis.work",
            "Hands a tool work to do, or says who is signed in.",
            external=True,
            unknown=True,
        )


def _redis_review(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    words = [word.lower() for word in reading.positionals]
    first = words[0] if words else ""
    note = judge.verdict.note
    if not words and reading.has("--scan", "--bigkeys", "--memkeys", "--latency", "--stat", *_REDIS_MEASURES):
        return
    if first in ("config", "acl", "client", "cluster", "debug", "script", "function", "module"):
        is_read = words[1:2] == ["get"] or tuple(words) in _REDIS_FACTS
        # Its names may be patterns.
        is_secret = is_read and any(re.search(r"pass|auth|[^a-z0-9-]", word) for word in words[2:])
        if not is_read or is_secret or words[:2] == ["acl", "get"]:
            note(Tier.CRITICAL_RED, "redis.guardrail", "Changes how the database works.", unknown=True)
    elif first in _REDIS_READS:
        if first in ("slowlog", "memory", "latency", "object", "command") and words[1:2] in (
            ["reset"],
            ["purge"],
        ):
            note(Tier.YELLOW, "redis.reset", "Resets a statistic.")
        if first in _REDIS_SHOWS and any(_REDIS_SECRETS.fullmatch(word) for word in words[1:]):
            note(Tier.CRITICAL_RED, "redis.secret", "Shows what opens somebody's account.", unknown=True)
    elif first in _REDIS_CHANGES:
        note(Tier.YELLOW, "redis.change", "Changes a value in the database.")
        _redis_change(judge, words)
    elif first in _REDIS_DELETES:
        note(
            Tier.RED, "redis.delete", "Deletes values from the database.", risk="They cannot be brought back."
        )
    elif first in ("flushall", "flushdb"):
        note(Tier.CRITICAL_RED, "redis.wipe", "Wipes the whole database.", risk="Everything in it is lost.")
    else:
        note(Tier.CRITICAL_RED, "redis.unknown", f"What “{first}” does in redis is not known.", unknown=True)


KINDS.update(
    {
        "sql.pg": _postgres,
        "sql.mysql": _mysql,
        "sql.sqlite": _sqlite,
        "dbname": _database,
        "dumpeddb": _dumped_database,
        "sqlcondition": _condition,
        "outputfile": _output_file,
        "dbhost": _database_host,
        "sqlitefile": _sqlite_file,
        "sqliteurl": _sqlite_address,
    }
)
REVIEWS.update(
    {
        "sqlite": _sqlite_review,
        "redis": _redis_review,
        "psql": _client("sql.pg"),
        "mysql": _client("sql.mysql"),
    }
)
