"""Kept databases are used, and made again when they are not what they should be."""

from pathlib import Path

import hyperscan
import pytest

from tenant_daemon.redaction import compiled as module
from tenant_daemon.redaction.compiled import compiled


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(module, "__file__", str(tmp_path / "compiled.py"))
    return tmp_path / "__pycache__"


def matches(database: hyperscan.Database, data: bytes) -> list[int]:
    found: list[int] = []
    database.scan(data, match_event_handler=lambda index, *_: found.append(index))
    return found


def test_kept_database_finds_what_the_new_one_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = compiled("few", [b"ab+c", b"x{3}"], hyperscan.HS_FLAG_SINGLEMATCH)
    assert len(list(folder.iterdir())) == 1
    monkeypatch.setattr(module, "_made", None)
    again = compiled("few", [b"ab+c", b"x{3}"], hyperscan.HS_FLAG_SINGLEMATCH)
    for data in (b"abbbc", b"xxx", b"abc xxx", b"nothing"):
        assert matches(again, data) == matches(first, data)
    assert matches(again, b"abc xxx") == [0, 1]


@pytest.mark.parametrize("damage", [b"", b"garbage" * 40, None])
def test_damaged_file_is_made_again(folder: Path, damage: bytes | None) -> None:
    compiled("few", [b"secret"], 0)
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    # None: one byte in the middle differs.
    file.write_bytes(damage if damage is not None else whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:])
    assert matches(compiled("few", [b"secret"], 0), b"a secret") == [0]
    assert file.read_bytes() == whole


def test_other_patterns_replace_the_file(folder: Path) -> None:
    compiled("few", [b"one"], 0)
    assert matches(compiled("few", [b"two"], 0), b"one two") == [0]
    assert len(list(folder.iterdir())) == 1


def test_flags_are_part_of_what_is_kept() -> None:
    assert matches(compiled("few", [b"one"], 0), b"ONE") == []
    assert matches(compiled("few", [b"one"], hyperscan.HS_FLAG_CASELESS), b"ONE") == [0]


def test_basis_is_checked_before_a_database_is_made_and_not_again() -> None:
    checks: list[str] = []
    for basis in (b"1", b"1", b"2"):
        compiled("few", [b"one"], 0, basis=basis, before=lambda basis=basis: checks.append(basis.decode()))
    assert checks == ["1", "2"]


def test_without_a_place_to_write_it_works_all_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write_text("a file where the folder should be")
    assert matches(compiled("few", [b"one"], 0), b"one") == [0]
