"""The command-line clients of databases: SQL in flags and arguments, and their own commands."""

import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS
from tenant_daemon.policy.sql.statements import judge_sql
from tenant_daemon.policy.wordlist import word_set

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_PSQL_READS: Final = re.compile(
    r"\\(?:d[a-zA-Z]{0,3}[+S]{0,2}|l\+?|z|sf\+?|sv\+?|conninfo|x|timing|pset \w+(?: \w+)?|encoding|dt\+?|du"
    r"|dn)"
    r"(?: +[\w.*?\"]+)?\s*;?"
)
_SQLITE_READS: Final = re.compile(
    r"\.(?:tables|schema|indexes|indices|databases|dbinfo|headers? (?:on|off)|mode \w+|width [\d ]+"
    r"|fullschema|stats|show|nullvalue \w*)"
    r"(?: +[\w%*]+)?\s*"
)
_LOCAL_HOSTS: Final = frozenset(
    {"localhost", "127.0.0.1", "::1", "/var/run/postgresql", "/run/postgresql", "db", "postgres"}
)
_CONNECTION: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,62}")

_REDIS_READS: Final = word_set(
    """
    ping info dbsize get mget exists type ttl pttl strlen hget hmget hlen hkeys hexists llen lindex lrange
    scard smembers sismember zcard zrange zscore zrank zcount xlen xrange xinfo scan hscan sscan zscan
    keys randomkey time lastsave memory object bitcount getrange pfcount slowlog latency command role echo
    hgetall hvals xpending
    """
)
_REDIS_CHANGES: Final = word_set(
    """
    set setex setnx mset append incr decr incrby decrby incrbyfloat hset hmset hsetnx hincrby lpush rpush
    lset ltrim sadd zadd zincrby expire pexpire persist rename renamenx xadd setrange getset bgsave
    """
)
_REDIS_DELETES: Final = word_set(
    "del unlink hdel lpop rpop lrem srem spop zrem zremrangebyrank xdel xtrim getdel"
)


def _postgres(judge: "CommandJudge", value: str) -> None:
    text = value.strip()
    if text.startswith("\\"):
        if _PSQL_READS.fullmatch(text) is None:
            judge.verdict.note(
                Tier.CRITICAL_RED,
                "psql.meta",
                "The psql command may write files or run programs.",
                unknown=True,
            )
        return
    judge_sql(judge.verdict, text)


def _mysql(judge: "CommandJudge", value: str) -> None:
    if "\\" in value:
        judge.unknown("mysql.meta", "The mysql command may write files or run programs.")
    judge_sql(judge.verdict, value)


def _sqlite(judge: "CommandJudge", value: str) -> None:
    text = value.strip()
    if text.startswith("."):
        if _SQLITE_READS.fullmatch(text) is None:
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
    if _CONNECTION.fullmatch(value) is None:
        judge.unknown("sql.connection", "The database is named in a way that could lead elsewhere.")


def _database_host(judge: "CommandJudge", value: str) -> None:
    if value in _LOCAL_HOSTS or judge.is_in_container or f"{value}:5432" in judge.context.allowed_hosts:
        return
    judge.verdict.note(
        Tier.RED, "sql.host", f"Talks to the database on {value}.", external=True, unknown=True
    )


def _sqlite_file(judge: "CommandJudge", value: str) -> None:
    """The database file: what the SQL does to it decides, here it is read."""
    if value in ("", ":memory:"):
        return
    if "?" in value or value.startswith("file:"):
        judge.unknown("sqlite3.file", "The database is named in a way that could lead elsewhere.")
    judge.places.read(value)


def _sqlite_review(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    if len(reading.positionals) < 2:
        judge.unknown("sqlite3.input", "It would take its commands from somewhere not seen here.")
    elif judge.verdict.tier > Tier.GREEN and not reading.has("-readonly"):
        judge.places.write(reading.positionals[0])


def _redis_review(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    words = [word.lower() for word in reading.positionals]
    first = words[0] if words else ""
    note = judge.verdict.note
    if not words and reading.has("--scan", "--bigkeys", "--memkeys", "--latency", "--stat"):
        return
    if first in ("config", "acl", "client", "cluster", "debug", "script", "function", "module"):
        is_read = words[1:2] == ["get"] or (first == "client" and words[1:2] == ["list"])
        is_secret = is_read and any(re.search(r"pass|auth|\*", word) for word in words[2:])
        if not is_read or is_secret or first == "acl":
            note(Tier.CRITICAL_RED, "redis.guardrail", "Changes how the database works.", unknown=True)
    elif first in _REDIS_READS:
        if first in ("slowlog", "memory", "latency", "object", "command") and words[1:2] in (
            ["reset"],
            ["purge"],
        ):
            note(Tier.YELLOW, "redis.reset", "Resets a statistic.")
    elif first in _REDIS_CHANGES:
        note(Tier.YELLOW, "redis.change", "Changes a value in the database.")
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
        "dbhost": _database_host,
        "sqlitefile": _sqlite_file,
    }
)
REVIEWS.update({"sqlite": _sqlite_review, "redis": _redis_review})
