"""What `make setup` and `make run` say when they cannot begin, and what they build anew."""

import fcntl
import json
import os
import runpy
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis import AuthenticationError, Redis

from letsbe_app.fleet.provisioning.providers.local import blocked_ports
from letsbe_app.fleet.provisioning.providers.local_process import ProcessMark
from tests.support.redis import free_port

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / "deploy" / "local"


def run_launcher(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "LETSBE_DATA_DIR": str(folder / "data"),
        "LETSBE_HUB_PORT": str(free_port()),
        "LETSBE_REDIS_PORT": str(free_port() + 211),
        **settings,
    }
    return subprocess.run(
        [sys.executable, str(LOCAL / "run.py")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("setting", ["LETSBE_HUB_PORT", "LETSBE_REDIS_PORT"])
def test_taken_port_is_named_with_the_remedy_and_nothing_is_started(tmp_path: Path, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run_launcher(tmp_path, **{setting: str(port)})
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert f"{setting}={port + 1} make run" in done.stderr
    assert "Starting" not in done.stdout


@pytest.mark.slow
def test_data_that_are_in_use_are_left_alone(tmp_path: Path) -> None:
    """Other ports do not help: the second Redis would take the first one's socket away."""
    (tmp_path / "data").mkdir()
    with (tmp_path / "data" / "run.lock").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = run_launcher(tmp_path)
    assert done.returncode == 1
    assert f"runs with the data in {tmp_path / 'data'} already" in done.stderr
    assert "Starting" not in done.stdout
    assert not (tmp_path / "data" / "keys").exists()


@pytest.mark.slow
def test_taken_port_of_a_server_is_named_unless_its_own_daemon_has_it(tmp_path: Path) -> None:
    home = tmp_path / "data" / "tenants" / "ten_1"
    (home / "run").mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (home / "daemon.toml").write_text(f'tenant_name = "bakery"\n[ports]\nproxy = {port}\n')
        assert list(blocked_ports(home.parent)) == []
        (home / "run" / "keep-running").touch()
        done = run_launcher(tmp_path)
        (home / "run" / "daemon.json").write_text(json.dumps(asdict(mark_of_this_process())))
        assert list(blocked_ports(home.parent)) == []
    assert done.returncode == 1
    assert f"Port {port} of the server bakery is taken" in done.stderr
    assert "Starting" not in done.stdout


def mark_of_this_process() -> ProcessMark:
    mark = ProcessMark.of(os.getpid())
    assert mark is not None
    return mark


@pytest.mark.slow
def test_wrong_setting_stops_the_start_with_its_name_and_not_its_value(tmp_path: Path) -> None:
    done = run_launcher(tmp_path, DATABASE_URL="mysql://user:hunter2-secret@host/db")
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert "postgresql://" in done.stderr
    assert "hunter2-secret" not in done.stdout + done.stderr


def test_old_python_is_refused_before_anything_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    monkeypatch.syspath_prepend(str(LOCAL))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer, this is 3\.10"):
        runpy.run_path(str(LOCAL / "setup.py"))


def test_embedded_redis_keeps_its_password_out_of_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(LOCAL))
    from embedded_redis import EmbeddedRedis

    first = EmbeddedRedis.prepare(tmp_path, 6390)
    second = EmbeddedRedis.prepare(tmp_path, 6390)
    password = urlsplit(second.url).password or "no password"
    assert first.url != second.url
    assert password not in " ".join(second.command)
    config = tmp_path / "keys" / "redis.conf"
    assert password in config.read_text()
    assert stat.S_IMODE(config.stat().st_mode) == 0o600


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """The path of a socket is short by necessity, and those of pytest grow with every run."""
    with tempfile.TemporaryDirectory(prefix="letsbe-") as folder:
        yield Path(folder)


@pytest.mark.parametrize("name", ["data", "with blanks and %", "d" * 100])
def test_embedded_redis_answers_at_its_address(
    short_folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.syspath_prepend(str(LOCAL))
    from embedded_redis import EmbeddedRedis

    port = free_port()
    embedded = EmbeddedRedis.prepare(short_folder / name, port)
    with subprocess.Popen(embedded.command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            while b"eady to accept" not in process.stdout.readline():
                assert process.poll() is None
            assert Redis.from_url(embedded.url).ping()
            with pytest.raises(AuthenticationError):
                Redis(port=port).ping()
        finally:
            process.kill()
    assert embedded.url.startswith("redis://" if len(name) == 100 else "unix://")


def test_stamp_changes_with_the_files_it_stands_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(LOCAL))
    import setup

    monkeypatch.setattr(setup, "ROOT", tmp_path)
    source = tmp_path / "page.py"
    source.write_text("one")
    first = setup.digest([source])
    assert setup.digest([source]) == first
    source.write_text("two")
    assert setup.digest([source]) != first
