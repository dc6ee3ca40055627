"""Metrics of several processes on one page, also after one of them died."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from letsbe_app.telemetry.exposition import is_authorized
from letsbe_app.telemetry.shared_files import VARIABLE, share_metrics

ROOT = Path(__file__).resolve().parents[3]
WORKER = """
import os
from letsbe_app.telemetry import metrics
metrics.STREAMS.inc(3)
metrics.WEBHOOK_TRIES.labels("delivered").inc(2)
metrics.REQUESTS.labels("GET", "/api/v1/x", 200).observe(0.02)
os._exit(0)
"""
ASKED = """
from letsbe_app.telemetry import metrics
from letsbe_app.telemetry.exposition import render
metrics.STREAMS.inc()
print(render({"servers_online": 4}).decode())
"""


def run(program: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, VARIABLE: str(folder)},
        capture_output=True,
        text=True,
        check=True,
        timeout=180,
    )
    return done.stdout


def value(page: str, name: str) -> float:
    return float(re.search(rf"^{re.escape(name)} (\S+)$", page, re.MULTILINE)[1])  # type: ignore[index]


@pytest.mark.slow
def test_counters_of_all_add_up_and_what_died_holds_no_streams_open(tmp_path: Path) -> None:
    for _ in range(2):
        run(WORKER, tmp_path)
    page = run(ASKED, tmp_path)

    assert value(page, 'letsbe_webhook_tries_total{outcome="delivered"}') == 4
    name = 'letsbe_http_request_seconds_count{method="GET",route="/api/v1/x",status="200"}'
    assert value(page, name) == 2
    assert value(page, "letsbe_streams_open") == 1
    assert value(page, "letsbe_servers_online") == 4


def test_a_start_begins_with_nothing(tmp_path: Path, monkeypatch: object) -> None:
    folder = tmp_path / "metrics"
    folder.mkdir()
    (folder / "counter_1.db").write_bytes(b"old")
    before = os.environ.pop(VARIABLE, None)
    try:
        share_metrics(folder)
        assert os.environ[VARIABLE] == str(folder)
    finally:
        os.environ.pop(VARIABLE, None)
        if before is not None:
            os.environ[VARIABLE] = before

    assert list(folder.iterdir()) == []


def test_only_the_token_opens_it_and_no_token_opens_nothing() -> None:
    assert is_authorized("Bearer abc", "abc")
    assert not is_authorized("Bearer abd", "abc")
    assert not is_authorized("Bearer ", "")
    assert not is_authorized("", "abc")
