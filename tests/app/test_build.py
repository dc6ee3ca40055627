"""What a build of the pages leaves of the checked-in lock files."""

from pathlib import Path

import pytest

from letsbe_app.__main__ import keep_lock_files

BEFORE = b'{"packages": {"react": {"version": "19.3.1", "integrity": "sha512-a"}, "vite": {"version": "8"}}}'
TOLD_ANEW = (
    b'{"packages": {"vite": {"version": "8"}, '
    b'"react": {"version": "19.3.1", "resolved": "https://mirror.example/r.tgz", "integrity": "sha512-a"}}}'
)


@pytest.mark.parametrize(
    ("after", "left"),
    [
        (TOLD_ANEW, BEFORE),
        (BEFORE.replace(b"19.3.1", b"19.4.0"), BEFORE.replace(b"19.3.1", b"19.4.0")),
        (BEFORE.replace(b"sha512-a", b"sha512-b"), BEFORE.replace(b"sha512-a", b"sha512-b")),
    ],
)
def test_a_build_changes_lock_files_only_where_it_chose_other_packages(
    tmp_path: Path, after: bytes, left: bytes
) -> None:
    file = tmp_path / "package-lock.json"
    file.write_bytes(after)
    keep_lock_files({file: BEFORE, tmp_path / "gone.json": BEFORE})
    assert file.read_bytes() == left
