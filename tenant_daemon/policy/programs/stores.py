"""Places in a store of files (MinIO's ``mc``): the first word of a path is the name of a server."""

import re
from typing import TYPE_CHECKING, Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.paths.names import is_app_secret_name, is_secret_folder, is_secret_name
from tenant_daemon.policy.programs.kinds import KINDS, Kind
from tenant_daemon.policy.programs.options import Reading
from tenant_daemon.policy.programs.profile import Profile
from tenant_daemon.policy.programs.registry import REVIEWS

if TYPE_CHECKING:
    from tenant_daemon.policy.programs.judge import CommandJudge

# What images and handbooks call the store of this server. Any other name may be anybody's.
_OWN: Final = re.compile(r"(?:local|minio|myminio)(?:/[\w .@+=,()-]+)*/?")
_KEPT: Final = re.compile(
    r"backup|bak\b|snapshot|dump|archiv|restic|borg|vault|velero|postgres|pgdata", re.IGNORECASE
)
_ELSEWHERE: Final = re.compile(r"[A-Za-z][\w-]+:[\w .@+=,()/-]*")


def _place(judge: "CommandJudge", value: str) -> bool:
    """Whether a path lies in this server's own store; noted where it does not."""
    if _OWN.fullmatch(value) is None or ".." in value.split("/"):
        judge.verdict.note(
            Tier.RED,
            "store.elsewhere",
            f"“{value[:80]}” may lie in a store outside of this server.",
            external=True,
            unknown=True,
        )
        return False
    return True


def _listed(judge: "CommandJudge", value: str) -> None:
    # Without a server of that name `mc` takes it for a path.
    if _place(judge, value) and not judge.is_in_container:
        judge.places.list(value)


def _shown(judge: "CommandJudge", value: str) -> None:
    if not _place(judge, value):
        return
    *folders, name = value.split("/")
    if is_secret_name(name) or is_app_secret_name(name) or any(map(is_secret_folder, folders)):
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "store.secret",
            f"Shows {value[:80]}, which holds secrets.",
            risk="Passwords or keys could get to the language model.",
            unknown=True,
        )
    if not judge.is_in_container:
        judge.places.read(value)


def _stored(judge: "CommandJudge", value: str) -> None:
    """Where a file is put; what lies at the top of the store is the name of a whole place."""
    if not _place(judge, value):
        return
    if "/" not in value.rstrip("/"):
        judge.unknown("store.target", "It is not said where in the store the file goes.")
    if not judge.is_in_container:
        judge.places.write(value)


def _deleted(judge: "CommandJudge", value: str) -> None:
    """One file, or a place with nothing in it; what is kept for bad days is no everyday thing to delete."""
    is_whole = "/" not in value.strip("/")
    if not _place(judge, value) or is_whole or _KEPT.search(value) is not None or value == "-":
        judge.verdict.note(
            Tier.CRITICAL_RED,
            "store.kept",
            "Deletes a whole store, or what is kept for when something is lost.",
            risk="There would be nothing left to bring back.",
            unknown=True,
        )
    elif not judge.is_in_container:
        judge.places.delete(value)


def _kept(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    """Versions, limits and tags; who may read a place, and for how long files stay, is another thing."""
    if judge.arguments[:2] not in (["version", "enable"], ["quota", "set"], ["tag", "set"]):
        judge.verdict.note(
            Tier.CRITICAL_RED if "anonymous" in judge.arguments else Tier.RED,
            "store.rules",
            "Changes who may read stored files, or how long they stay.",
            external=True,
            unknown=True,
        )


def _source(judge: "CommandJudge", value: str) -> None:
    """A file that is put into the store; from one place in it to another it could become public."""
    if re.match(r"[\w-]+/|[\w-]+\Z", value) is not None:
        judge.unknown("store.source", f"“{value[:80]}” may lie in the store already.")
    KINDS["read"](judge, value)


def _remote_source(judge: "CommandJudge", value: str) -> None:
    """``NAME:PATH`` lies elsewhere; what goes there is read whole."""
    if _ELSEWHERE.fullmatch(value) is None:
        KINDS["readtree"](judge, value)


def _remote_target(judge: "CommandJudge", value: str) -> None:
    if _ELSEWHERE.fullmatch(value) is None:
        judge.places.write(value)
        # What comes in can bring settings that git or npm would find.
        judge.places.brings_links = judge.places.brings_settings = True


def _only_here(kind: str) -> Kind:
    """A path that a program for many stores takes for one of this server's own: there is no colon in it."""

    def judge_place(judge: "CommandJudge", value: str) -> None:
        if ":" in value:
            judge.verdict.note(
                Tier.RED, "store.elsewhere", f"“{value[:80]}” lies elsewhere.", external=True, unknown=True
            )
        else:
            KINDS[kind](judge, value)

    return judge_place


def _named_place(judge: "CommandJudge", profile: Profile, reading: Reading) -> None:
    if not reading.positionals:
        judge.unknown("store.place", "It is not said which files are meant.")


def _s3(kind: str) -> Kind:
    """``s3://PLACE/PATH`` lies elsewhere; anything else is a file here."""

    def judge_place(judge: "CommandJudge", value: str) -> None:
        if re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]+(?:/[\w .@+=,()/-]*)?", value) is None:
            KINDS[kind](judge, value)

    return judge_place


REVIEWS.update({"mckept": _kept, "namedplace": _named_place})
KINDS.update({"remotesource": _remote_source, "remotetarget": _remote_target})
KINDS.update({"remotelisted": _only_here("listtree"), "remoteread": _only_here("readtree")})
KINDS.update(
    {"mcsource": _source, "mcplace": _listed, "mcread": _shown, "mcdeleted": _deleted, "mcstored": _stored}
)
KINDS.update({"s3source": _s3("remotesource"), "s3target": _s3("remotetarget")})
