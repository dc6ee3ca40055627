"""A database that was written out into the workspace is kept there, and not shown."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import Judgement, PolicyContext, classify

Shell = Callable[[str], Judgement]
HEADERS = [
    b"--\n-- PostgreSQL database dump\n--\n\n\\restrict x\n",
    b"--\n-- PostgreSQL database cluster dump\n--\n",
    b"PGDMP\x01\x0e\x00",
    b"-- MySQL dump 10.13  Distrib 8.0.36\n",
    b"/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n",
]
SHOWING = [
    "cat {0}",
    "head -100 {0}",
    "grep -i pass {0}",
    "strings {0}",
    "sed -n 1,50p {0}",
    "awk '{{print $2}}' {0}",
    "less {0}",
    "base64 {0}",
    "diff {0} notes.md",
    "sort < {0}",
    "tail -n +20 {0} > rest.txt",
    "cp {0} notes.txt && cat notes.txt",
    "mv {0} notes.txt; cat notes.txt",
]
KEEPING = [
    "ls -lh {0}",
    "wc -l {0}",
    "sha256sum {0}",
    "cp {0} older.sql",
    "mv {0} backups.sql",
    "gzip -k {0}",
    "gzip -c {0} > {0}.gz",
    "tar czf copies.tgz {0}",
    "zip copies.zip {0}",
    "du -h {0}",
    "git add {0}",
]


@pytest.mark.parametrize("header", HEADERS)
def test_what_is_written_out_is_not_shown(
    header: bytes, workspace: Path, context: PolicyContext, shell: Shell
) -> None:
    for name in ("shop.sql", "notes.csv"):
        (workspace / name).write_bytes(header + b"COPY users FROM stdin;\n")
        found = [(line, shell(line.format(name)).tier) for line in SHOWING]
        assert [line for line, tier in found if tier is not Tier.CRITICAL_RED] == []
        assert classify("file_read", {"path": name}, context).tier is Tier.CRITICAL_RED
        asking = [line for line in KEEPING if shell(line.format(name)).is_unknown]
        assert asking == []


def test_nor_is_a_packed_one(workspace: Path, shell: Shell) -> None:
    (workspace / "shop.sql.gz").write_bytes(gzip.compress(HEADERS[0] + b"x" * 5_000))
    for command in (
        "zcat shop.sql.gz",
        "gzip -dc shop.sql.gz",
        "zgrep pass shop.sql.gz",
        "zless shop.sql.gz",
    ):
        assert shell(command).tier is Tier.CRITICAL_RED, command
    (workspace / "log.gz").write_bytes(gzip.compress(b"GET / 200\n" * 50))
    assert shell("zcat log.gz").tier is Tier.GREEN


@pytest.mark.parametrize(
    "command",
    [
        "pg_dump shop > shop.sql && cat shop.sql",
        "pg_dump -f shop.sql shop; head shop.sql",
        "docker exec db pg_dumpall -U postgres > all.sql; grep -i md5 all.sql",
        "mysqldump -r shop.sql shop && tail -5 shop.sql",
        "pg_dump shop > shop.sql; cp shop.sql a.txt; cat a.txt",
        "pg_dump shop | tail -n +5 > shop.sql",
        "docker exec db pg_dump shop | grep -v '^--' > shop.sql",
        "mysqldump shop | sed 1,3d > shop.sql",
        "mysqldump --compact shop > shop.sql",
        "mysqldump --skip-comments shop > shop.sql",
        "pg_dump -Fd -f out.dump shop",
        "pg_dump --format=tar -f out.dump shop",
    ],
)
def test_nor_what_the_same_line_writes_out(command: str, shell: Shell) -> None:
    assert shell(command).is_unknown


@pytest.mark.parametrize(
    "command",
    [
        "pg_dump shop > shop.sql && ls -lh shop.sql",
        "pg_dump shop | gzip > shop.sql.gz",
        "pg_dump shop > shop.sql && gzip shop.sql",
        "pg_dump -Fc -f shop.dump shop",
        "mysqldump shop | pv | gzip -9 > shop.sql.gz",
        "mysqldump shop | tee shop.sql | gzip > shop.sql.gz",
        "pg_dump -s shop > schema.sql && cat schema.sql",
        "cat notes.sql",
    ],
)
def test_copies_are_made_and_looked_after(command: str, workspace: Path, shell: Shell) -> None:
    (workspace / "notes.sql").write_text("-- orders by month\nselect 1;\n")
    assert not shell(command).is_unknown
