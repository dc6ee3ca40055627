"""``python -m letsbe_app staff add``: how the first of staff gets in."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.hub import create_tables, hub_settings

ROOT = Path(__file__).resolve().parents[2]


def staff_add(data_dir: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {
        "LETSBE_DATA_DIR": str(data_dir),
        "LETSBE_PUBLIC_URL": "https://hub.example",
        "DATABASE_URL": "",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    return subprocess.run(
        [sys.executable, "-m", "letsbe_app", "staff", "add", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@pytest.mark.slow
def test_the_command_prints_a_link_and_says_what_is_wrong(tmp_path: Path) -> None:
    create_tables(hub_settings(tmp_path, ""))
    made = staff_add(tmp_path, "grace@letsbe.example", "--role", "admin")
    wrong = staff_add(tmp_path, "no address", "--role", "admin")

    assert made.returncode == 0, made.stderr
    assert made.stdout.strip().splitlines()[-1].startswith("https://hub.example/admin/join#lbj_")
    assert wrong.returncode == 1
    assert "not an e-mail address" in wrong.stderr
