"""Migrations on both engines, as the commands run them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.command import downgrade, upgrade
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Engine, MetaData, Table, create_engine, func, insert, inspect, select, text
from sqlalchemy import types as kinds
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from letsbe_app.db.models import AuditEntry
from letsbe_app.settings import Settings, load_settings
from tests.support.postgresql import running_postgresql

Move = Callable[[Callable[[Config, str], None], str], None]

ROOT = Path(__file__).resolve().parents[2]


def alembic(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "LETSBE_DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url.get_secret_value(),
    }
    return subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def move(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Move]:
    """Goes up or down to a revision, within this process: one for each step would take most of the time."""
    monkeypatch.setenv("LETSBE_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("DATABASE_URL", settings.database_url.get_secret_value())
    # The configuration puts our folder in front.
    monkeypatch.setattr(sys, "path", [*sys.path])
    load_settings.cache_clear()
    config = Config(ROOT / "alembic.ini")
    yield lambda way, revision: way(config, revision)
    load_settings.cache_clear()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    if request.param == "sqlite":
        yield Settings(_env_file=None, LETSBE_DATA_DIR=tmp_path / "data", DATABASE_URL="")
        return
    with running_postgresql() as url:
        yield Settings(_env_file=None, LETSBE_DATA_DIR=tmp_path / "data", DATABASE_URL=url)


def rewriting_the_audit(engine: Engine) -> list[str]:
    """What the database says to who changes an entry of the audit, and to who deletes it."""
    entry = AuditEntry(id="aud_1", actor="system", action="order.paid", created_at=datetime.now(UTC))
    with engine.begin() as connection:
        connection.execute(insert(AuditEntry).values(entry.model_dump()))
    refusals = []
    for statement in ("UPDATE audit_entry SET action = 'nothing'", "DELETE FROM audit_entry"):
        with pytest.raises(DBAPIError) as refusal, engine.begin() as connection:
            connection.execute(text(statement))
        refusals.append(str(refusal.value))
    return refusals


@pytest.mark.slow
def test_migrations_make_exactly_the_tables_of_the_models_and_take_them_away(settings: Settings) -> None:
    up = alembic(settings, "upgrade", "head")
    check = alembic(settings, "check")
    engine = create_engine(settings.sync_database_url())
    tables = set(inspect(engine).get_table_names())
    refusals = rewriting_the_audit(engine)
    down = alembic(settings, "downgrade", "base")
    left = set(inspect(engine).get_table_names())
    engine.dispose()

    assert (up.returncode, up.stderr) == (0, "")
    assert "No new upgrade operations" in check.stdout
    assert ["rows of audit_entry are only added" in refusal for refusal in refusals] == [True, True]
    assert tables == {*SQLModel.metadata.tables, "alembic_version"}
    assert (down.returncode, left) == (0, {"alembic_version"})


@pytest.mark.slow
def test_approvals_from_before_are_gathered_and_go_back(settings: Settings, move: Move) -> None:
    move(upgrade, "0009")
    engine = create_engine(settings.sync_database_url())
    columns = {
        "id": "apr_1",
        "tenant_id": "ten_1",
        "agent_id": "it-admin",
        "tool_call_id": "c",
        "tool_name": "shell",
        "tier": 3,
        "is_external": False,
        "summary": "Delete it.",
        "reason": "It is old.",
        "risk": "",
        "argv": '["rm", "old"]',
        "tool_args": '{"command": "rm old"}',
        "diff": "",
        "call_digest": "d",
        "status": "denied",
        "decision": '{"verdict": "deny"}',
        "detail": "",
        "settled_by": "",
        "reminder_count": 0,
        "created_at": "2026-11-21 10:00:00",
        "expires_at": "2026-11-22 10:00:00",
    }
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # The row stands alone.
            fkey = "command_approval_tenant_id_fkey"
            connection.execute(text(f"ALTER TABLE command_approval DROP CONSTRAINT {fkey}"))
        names = ", ".join(columns)
        values = ", ".join(f":{name}" for name in columns)
        connection.execute(text(f"INSERT INTO command_approval ({names}) VALUES ({values})"), columns)
    move(upgrade, "0010")
    with engine.begin() as connection:
        content, decision = connection.execute(text("SELECT content, decision FROM command_approval")).one()
    assert json.loads(content)["argv"] == ["rm", "old"]
    assert json.loads(decision) == {"verdict": "deny"}
    move(downgrade, "0009")
    with engine.begin() as connection:
        summary = connection.execute(text("SELECT summary FROM command_approval")).scalar_one()
    engine.dispose()
    assert summary == "Delete it."


def _anything(column: Column[Any]) -> Any:
    """A value that fits a column's kind."""
    match column.type:
        case kinds.JSON():
            return {}
        case kinds.DateTime():
            return datetime.now(UTC)
        case kinds.Boolean() | kinds.Numeric() | kinds.Integer():
            return 1
        case kinds.LargeBinary():
            return b"x"
        case _:
            return "x"


def _fill(engine: Engine) -> None:
    """Put a row into each table that has none."""
    metadata = MetaData()
    with engine.begin() as connection:
        for name in inspect(connection).get_table_names():
            table = Table(name, metadata, autoload_with=connection, resolve_fks=False)
            if not connection.execute(select(func.count()).select_from(table)).scalar_one():
                row = {column.name: _anything(column) for column in table.columns if not column.nullable}
                connection.execute(insert(table).values(row))


@pytest.mark.slow
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_every_revision_takes_the_rows_that_are_there(settings: Settings, move: Move) -> None:
    revisions = [
        step.revision for step in ScriptDirectory.from_config(Config(ROOT / "alembic.ini")).walk_revisions()
    ]
    engine = create_engine(settings.sync_database_url())
    for revision in reversed(revisions):
        move(upgrade, revision)
        _fill(engine)
    engine.dispose()
