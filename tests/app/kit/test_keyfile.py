"""Keys as files."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from letsbe_app.kit.keyfile import load_or_create_key


def test_a_key_is_made_once_for_this_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = load_or_create_key(folder, "csrf.key")

    assert load_or_create_key(folder, "csrf.key") == first
    assert len(first) == 32
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "csrf.key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["csrf.key"]


def test_many_that_start_at_once_get_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: load_or_create_key(tmp_path / "keys", "csrf.key"), range(40)))

    assert len(set(keys)) == 1


def test_an_open_folder_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o755)
    load_or_create_key(folder, "csrf.key")

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
