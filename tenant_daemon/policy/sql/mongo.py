"""MongoDB's shell: what a script of mongosh reads; whatever else it does waits for a person."""

import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.programs.kinds import KINDS
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS
from tenant_daemon.policy.sql.mongo_script import COLLECTION, Call, NotPlain, Value, read_script
from tenant_daemon.policy.sql.secrets import is_account_table, looks_secret, note_accounts
from tenant_daemon.policy.wordlist import word_set

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

_SHOWN: Final = word_set("dbs databases collections tables")
_OF_DATABASE: Final = word_set(
    "stats getName version serverStatus serverBuildInfo getCollectionNames getCollectionInfos hello isMaster"
)
_COMMANDS: Final = word_set(
    """
    ping listDatabases listCollections serverStatus buildInfo dbStats collStats hello isMaster nameOnly scale
    """
)
_READS: Final = word_set(
    """
    find findOne countDocuments estimatedDocumentCount count distinct aggregate stats dataSize storageSize
    totalSize totalIndexSize getIndexes explain isCapped
    """
)
_CHANGES: Final = word_set(
    """
    insertOne insertMany createIndex updateOne updateMany replaceOne findOneAndUpdate findOneAndReplace
    deleteOne deleteMany findOneAndDelete drop dropIndex dropIndexes renameCollection
    """
)
_ON_RESULTS: Final = word_set(
    """
    sort limit skip toArray pretty count size length project explain hint batchSize maxTimeMS itcount
    collation hasNext next
    """
)
# Code, and stages that write.
_DANGEROUS: Final = frozenset({"$where", "$function", "$accumulator", "$out", "$merge", "$code"})
_GUARDED: Final = re.compile(r"system(?:\..*)?|admin|local|config|keys", re.IGNORECASE)
_ADDRESS: Final = re.compile(
    r"(?:mongodb://(?:localhost|127\.0\.0\.1)(?::\d{1,5})?/)?[A-Za-z_][\w-]{0,62}(?:\?directConnection=true)?"
)


def _script(judge: "CommandJudge", value: str) -> None:
    try:
        statements = read_script(value)
    except NotPlain:
        statements = []
    if not statements:
        _unknown(judge)
    for statement in statements:
        _statement(judge, statement)


def _statement(judge: "CommandJudge", calls: list[Call]) -> None:
    first, *rest = calls
    if first.name in ("show", "use"):
        if first.name == "show" and (not rest or rest[0].name not in _SHOWN):
            _unknown(judge)
        return
    if first.name == "db" and rest and rest[0].name == "getSiblingDB":
        rest = _named(judge, rest)
    if first.name != "db" or not rest:
        _unknown(judge)
    elif rest[0].arguments is not None and rest[0].name != "getCollection":
        _on_database(judge, rest[0])
        _results(judge, rest[1:])
    else:
        _on_collection(judge, rest)


def _on_collection(judge: "CommandJudge", calls: list[Call]) -> None:
    if calls[0].name == "getCollection":
        arguments = calls[0].arguments or []
        calls = [*(Call(argument.text.strip("'\"")) for argument in arguments[:1]), *_named(judge, calls)]
    path: list[str] = []
    while calls and calls[0].arguments is None:
        path.append(calls.pop(0).name)
    if any(looks_secret(name) or _GUARDED.fullmatch(name) for name in path):
        _secret(judge, ".".join(path))
    if not calls:
        _unknown(judge)
        return
    if path and is_account_table(path[-1]) and _shows_all(calls):
        note_accounts(judge.verdict)
    _on_records(judge, calls[0])
    _results(judge, calls[1:])


def _shows_all(calls: list[Call]) -> bool:
    """``find()`` with no condition, no choice of fields and no limit."""
    first, *others = calls
    is_bare = all(argument.text in ("{}", "[") for argument in first.arguments or [])
    return first.name in ("find", "aggregate") and is_bare and not any(one.name == "limit" for one in others)


def _named(judge: "CommandJudge", calls: list[Call]) -> list[Call]:
    """What follows ``getSiblingDB("shop")``, whose name is looked at."""
    arguments = calls[0].arguments or []
    name = arguments[0].text.strip("'\"") if len(arguments) == 1 else ""
    if re.fullmatch(r"[\w.-]+", name) is None:
        _unknown(judge)
    elif looks_secret(name) or _GUARDED.fullmatch(name) is not None:
        _secret(judge, name)
    return calls[1:]


def _on_database(judge: "CommandJudge", call: Call) -> None:
    names = [name for argument in call.arguments or [] for name in argument.names]
    is_asking = call.name in ("adminCommand", "runCommand") and names and set(names) <= _COMMANDS
    if not is_asking and call.name not in _OF_DATABASE:
        _unknown(judge)


def _on_records(judge: "CommandJudge", call: Call) -> None:
    _look_at(judge, call, call.arguments or [])
    if call.name in _CHANGES:
        # Past the tool itself: accounts, rights and what is published are records like any other here.
        judge.verdict.note(
            Tier.RED,
            "mongo.change",
            "Changes or deletes records past the tool that keeps them.",
            unknown=True,
        )
    elif call.name not in _READS:
        _unknown(judge)


def _results(judge: "CommandJudge", calls: list[Call]) -> None:
    """What is done with an answer; behind ``explain()`` the question itself stands."""
    for call in calls:
        if call.arguments is None:
            # A part of the answer: `db.serverStatus().connections`.
            if looks_secret(call.name):
                _secret(judge, call.name)
        elif call.name in _READS:
            _on_records(judge, call)
        elif call.name not in _ON_RESULTS:
            _unknown(judge)
        else:
            _look_at(judge, call, call.arguments or [])


def _look_at(judge: "CommandJudge", call: Call, arguments: list[Value]) -> None:
    names = [name for argument in arguments for name in argument.names]
    for name in names:
        if name.startswith(COLLECTION):
            _joined(judge, name.removeprefix(COLLECTION))
    if call.name == "distinct" and arguments:
        names.append(arguments[0].text.strip("'\""))
    if any(name in _DANGEROUS for name in names):
        _unknown(judge)
    for name in names:
        if any(map(looks_secret, name.split("."))):
            _secret(judge, name)


def _joined(judge: "CommandJudge", name: str) -> None:
    """``$lookup`` and ``$unionWith`` show whole records of another collection."""
    if looks_secret(name) or _GUARDED.fullmatch(name):
        _secret(judge, name)
    if is_account_table(name):
        note_accounts(judge.verdict)


def _secret(judge: "CommandJudge", name: str) -> None:
    judge.verdict.note(
        Tier.CRITICAL_RED,
        "mongo.secret",
        f"Touches {name}, which looks like passwords, keys or the database's own accounts.",
        unknown=True,
    )


def _unknown(judge: "CommandJudge") -> None:
    judge.verdict.note(
        Tier.CRITICAL_RED,
        "mongo.unknown",
        "Runs a script in the database that may change or wipe it.",
        risk="All data in it could be lost.",
        unknown=True,
    )


def _address(judge: "CommandJudge", value: str) -> None:
    if _ADDRESS.fullmatch(value) is None or value.endswith(".js"):
        judge.unknown("mongo.address", "The database is named in a way that could lead elsewhere.")
    elif _GUARDED.fullmatch(value.rpartition("/")[2]) is not None:
        _secret(judge, value)


def _review(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    if not reading.has("--eval", "--version"):
        _unknown(judge)


KINDS.update({"mongo": _script, "mongoaddress": _address})
REVIEWS["mongo"] = _review
