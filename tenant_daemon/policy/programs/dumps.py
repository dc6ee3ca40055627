"""Copies of databases in the workspace: made, moved and packed, but what is in them is not shown."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tenant_daemon.policy.paths.dumps import holds_dump, note_shown
from tenant_daemon.policy.paths.resolve import RealPath
from tenant_daemon.policy.wordlist import word_set

if TYPE_CHECKING:
    from tenant_daemon.policy.actions import Command
    from tenant_daemon.policy.programs.judge import CommandJudge

_DUMPERS: Final = word_set("pg_dump pg_dumpall mysqldump mariadb-dump")
_PACKERS: Final = word_set("gzip pigz xz zstd bzip2 lz4 lzip lzma brotli compress")
_ENDINGS: Final = (".gz", ".xz", ".zst", ".bz2", ".lz4", ".lz", ".lzma", ".br", ".Z")
# They look after a file without showing what is in it.
_KEEPERS: Final = _PACKERS | word_set(
    """
    cp mv ln tar bsdtar gtar zip 7z 7za 7zr rsync wc cksum sum md5sum sha1sum sha256sum sha512sum b2sum
    shasum
    """
)
# Behind one of these in a pipe it is still known by its beginning.
_PASSING: Final = _PACKERS | word_set("pv tee cat wc md5sum sha1sum sha256sum sha512sum")
ANSWERS: Final = frozenset({"/dev/stdout", "/dev/stderr"})
"""Names under which a program finds its own outputs, which both go to the answer."""
_UNPACKING: Final = ("-d", "--decompress", "--uncompress")


def note_dump(judge: "CommandJudge", place: RealPath) -> None:
    """Note when what a program would show is a whole database."""
    places = judge.places
    if judge.is_in_container or not (place.path in places.dumps or holds_dump(place.path, place.mode)):
        return
    program = judge.program
    if program in _PACKERS:
        places.dumps.update(place.path + ending for ending in _ENDINGS)
    if program in _KEEPERS and not judge.reading.has(*_UNPACKING):
        return
    note_shown(judge.verdict)


def note_copied(judge: "CommandJudge", source: RealPath, target: str) -> None:
    """A copy of a copy is one as well."""
    places = judge.places
    if not judge.is_in_container and (source.path in places.dumps or holds_dump(source.path, source.mode)):
        place = places.resolve(target)
        name = source.path.rpartition("/")[2]
        places.dumps.add(f"{place.path}/{name}" if place.is_folder else place.path)


def note_written_out(judge: "CommandJudge", built: Sequence["Command"]) -> None:
    """
    Note where a pipeline puts a database, so that no later part of the line shows it.

    What takes its beginning off would leave a file that nobody knows any more.
    """
    judge.writes_database_out = False
    at = next((at for at, one in enumerate(built) if not _DUMPERS.isdisjoint(one.argv)), None)
    if at is None:
        return
    argv = built[at].argv
    if {"-s", "--schema-only", "-d", "--no-data"} & set(argv) and "pg_dumpall" not in argv:
        return
    if any(os.path.basename(one.argv[0]) not in _PASSING for one in built[at + 1 :]):
        note_shown(judge.verdict)
    names = [judge.output, *(argv[at + 1] for at in range(len(argv) - 1) if argv[at] in ("-f", "-r"))]
    names += [arg.partition("=")[2] for arg in argv if arg.startswith(("--file=", "--result-file="))]
    copies = [arg for one in built[at + 1 :] if one.argv[0] == "tee" for arg in one.argv[1:]]
    if not ANSWERS.isdisjoint(copies):
        note_shown(judge.verdict)
    names += copies
    judge.places.dumps.update(judge.places.resolve(name).path for name in names if name)
