"""Migrations on both engines, as the commands run them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect
from sqlmodel import SQLModel

import letsbe_app.db.models  # noqa: F401  # fills the metadata
from letsbe_app.settings import Settings
from tests.support.postgresql import running_postgresql

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


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    if request.param == "sqlite":
        yield Settings(_env_file=None, LETSBE_DATA_DIR=tmp_path / "data", DATABASE_URL="")
        return
    with running_postgresql() as url:
        yield Settings(_env_file=None, LETSBE_DATA_DIR=tmp_path / "data", DATABASE_URL=url)


def test_migrations_make_exactly_the_tables_of_the_models_and_take_them_away(settings: Settings) -> None:
    up = alembic(settings, "upgrade", "head")
    check = alembic(settings, "check")
    engine = create_engine(settings.sync_database_url())
    tables = set(inspect(engine).get_table_names())
    down = alembic(settings, "downgrade", "base")
    left = set(inspect(engine).get_table_names())
    engine.dispose()

    assert (up.returncode, up.stderr) == (0, "")
    assert "No new upgrade operations" in check.stdout
    assert tables == {*SQLModel.metadata.tables, "alembic_version"}
    assert (down.returncode, left) == (0, {"alembic_version"})
