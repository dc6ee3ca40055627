"""Whether a second start has nothing to migrate."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def is_newest(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "deploy" / "local"))
    import schema  # type: ignore[import-not-found]

    return schema.is_newest


def versions(folder: Path) -> Path:
    folder.mkdir()
    (folder / "one.py").write_text('revision: str = "0001"\ndown_revision: str | None = None\n')
    (folder / "two.py").write_text('revision: str = "0002"\ndown_revision: str | None = "0001"\n')
    return folder


def database(path: Path, revision: str) -> Path:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.execute("INSERT INTO alembic_version VALUES (?)", (revision,))
    connection.close()
    return path


def test_newest_revision_needs_nothing(tmp_path: Path, is_newest: Any) -> None:
    assert is_newest(database(tmp_path / "hub.db", "0002"), versions(tmp_path / "v"))


@pytest.mark.parametrize("revision", ["0001", "0009"])
def test_any_other_revision_is_left_to_alembic(tmp_path: Path, is_newest: Any, revision: str) -> None:
    assert not is_newest(database(tmp_path / "hub.db", revision), versions(tmp_path / "v"))


def test_in_doubt_it_is_not(tmp_path: Path, is_newest: Any) -> None:
    folder = versions(tmp_path / "v")
    assert not is_newest(tmp_path / "missing.db", folder)
    (tmp_path / "odd.db").write_bytes(b"not a database" * 100)
    assert not is_newest(tmp_path / "odd.db", folder)
    (tmp_path / "empty.db").touch()
    assert not is_newest(tmp_path / "empty.db", folder)


def test_the_scripts_of_this_project_are_read(tmp_path: Path, is_newest: Any) -> None:
    folder = ROOT / "alembic" / "versions"
    newest = max(path.name.split("_")[3] for path in folder.glob("*.py"))
    assert is_newest(database(tmp_path / "hub.db", newest), folder)
