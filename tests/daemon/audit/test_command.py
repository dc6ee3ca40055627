"""``audit verify`` and ``audit export`` as a person runs them."""

import argparse
import json
import sqlite3
from pathlib import Path

import pytest

from tenant_daemon.audit import AuditEvent, AuditRecord, AuditTrail, command
from tenant_daemon.home import TenantHome


def audit(home: Path, *words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    args = parser.parse_args(["audit", *words])
    args.home = home
    return command.run(args)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    trail = AuditTrail.open(TenantHome(tmp_path))
    for name in ("first", "second"):
        trail.append(AuditRecord(event=AuditEvent.SECRET_READ, actor="daemon:proxy", subject=name))
    return tmp_path


def test_verify_says_how_many_entries_are_intact(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(root, "verify") == 0
    assert capsys.readouterr().out.startswith("Intact: 2 entries")


def test_verify_fails_on_a_changed_entry(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    connection = sqlite3.connect(root / "audit.db")
    connection.execute("DROP TRIGGER entries_are_never_changed")
    connection.execute("UPDATE entries SET text = replace(text, 'second', 'other') WHERE number = 2")
    connection.commit()

    assert audit(root, "verify") == 1
    assert capsys.readouterr().out == "Broken at entry 2: its text is not what was written\n"


def test_export_writes_one_object_a_line(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(root, "export", "--after", "1") == 0

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["number"], line["record"]["subject"]) for line in lines] == [(2, "second")]


@pytest.mark.parametrize("text", ["{}", "[]", "no", b"\xff"])
def test_export_stops_at_what_is_no_entry(
    root: Path, capsys: pytest.CaptureFixture[str], text: str | bytes
) -> None:
    connection = sqlite3.connect(root / "audit.db")
    connection.execute("DROP TRIGGER entries_are_never_changed")
    connection.execute("UPDATE entries SET text = ? WHERE number = 2", (text,))
    connection.commit()

    assert audit(root, "export") == 1
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 1
    assert "cannot be read at entry 2" in said.err


def test_missing_trail_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(tmp_path, "verify") == 1
    assert "no audit trail" in capsys.readouterr().err


def test_pruning_keeps_what_is_young_and_says_how_much_went(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit(root, "prune", "--days", "30") == 0
    assert audit(root, "prune", "--days", "0") == 1
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("Removed 0 entries\n", "At least one day must be kept.\n")
