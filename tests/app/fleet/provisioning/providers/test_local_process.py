"""A daemon kept running: real processes."""

import json
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from letsbe_app.fleet.provisioning.providers import local_process
from letsbe_app.fleet.provisioning.providers.local_process import KeptDaemon, ProcessMark
from tests.support.fake_daemon import Reports, write_fake_daemon


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
async def reports(home: Path) -> AsyncIterator[Reports]:
    async with Reports(home) as made:
        yield made


@pytest.fixture
async def daemon(tmp_path: Path, home: Path, reports: Reports) -> AsyncIterator[KeptDaemon]:
    kept = KeptDaemon("ten_1", home, {"PATH": os.environ["PATH"]}, write_fake_daemon(tmp_path / "root"))
    yield kept
    await kept.stop()


def is_alive(pid: int) -> bool:
    return ProcessMark.of(pid) is not None


async def test_it_starts_once_with_the_environment_it_was_given(
    daemon: KeptDaemon, home: Path, reports: Reports
) -> None:
    await daemon.start()
    await daemon.start()
    run = await reports.next()

    assert run["argv"] == ["run", "--home", str(home)]
    assert set(run["environment"]) <= {"PATH", "LC_CTYPE"}
    assert os.getsid(run["pid"]) == run["pid"]
    assert daemon.why_down() is None
    assert reports.is_empty


async def test_it_is_started_again_when_it_dies(daemon: KeptDaemon, reports: Reports) -> None:
    await daemon.start()
    os.kill((await reports.next())["pid"], signal.SIGKILL)

    assert is_alive((await reports.next())["pid"])


async def test_it_says_so_when_it_keeps_dying(
    daemon: KeptDaemon, home: Path, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_process, "_LONGEST_PAUSE_SECONDS", 0.01)
    (home / "mode").write_text("crash")
    await daemon.start()
    for _ in range(4):
        await reports.next()

    assert daemon.why_down() == "the server's programs stopped 3 times (exit code 3)"


async def test_when_it_cannot_even_be_started_it_is_tried_again(
    daemon: KeptDaemon, home: Path, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_process, "_LONGEST_PAUSE_SECONDS", 0.01)
    spawn, failures = local_process.asyncio.create_subprocess_exec, iter([OSError("no memory")] * 3)

    async def failing(*arguments: str, **options: object) -> object:
        for failure in failures:
            raise failure
        return await spawn(*arguments, **options)  # type: ignore[arg-type]

    await daemon.start()
    first = await reports.next()
    monkeypatch.setattr(local_process.asyncio, "create_subprocess_exec", failing)
    os.kill(first["pid"], signal.SIGKILL)

    assert is_alive((await reports.next())["pid"])


async def test_stopping_ends_it_and_nothing_starts_it_again(
    daemon: KeptDaemon, home: Path, reports: Reports
) -> None:
    await daemon.start()
    run = await reports.next()
    await daemon.stop()

    assert not is_alive(run["pid"])
    assert not (home / "run" / "daemon.json").exists()


async def test_one_that_does_not_listen_is_killed(
    daemon: KeptDaemon, home: Path, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_process, "STOP_SECONDS", 0.3)
    (home / "mode").write_text("deaf")
    await daemon.start()
    run = await reports.next()
    await daemon.stop()

    assert not is_alive(run["pid"])


async def test_one_that_runs_already_is_adopted_watched_and_stopped(
    daemon: KeptDaemon, home: Path, tmp_path: Path, reports: Reports
) -> None:
    await daemon.start()
    first = await reports.next()
    heir = KeptDaemon("ten_1", home, {"PATH": os.environ["PATH"]}, tmp_path / "root")
    await heir.start()
    assert reports.is_empty

    # The first keeper is gone, as after kill -9 of the jobs process; only the heir may react.
    assert daemon._task is not None
    daemon._task.cancel()
    os.kill(first["pid"], signal.SIGKILL)
    assert daemon._child is not None
    await daemon._child.wait()
    second = await reports.next()
    await heir.stop()

    assert not is_alive(second["pid"])


async def test_a_number_that_belongs_to_another_process_now_is_not_adopted(
    daemon: KeptDaemon, home: Path, reports: Reports
) -> None:
    (home / "run").mkdir()
    stale = {"pid": os.getpid(), "started_ticks": 1}
    (home / "run" / "daemon.json").write_text(json.dumps(stale))
    await daemon.start()

    assert (await reports.next())["pid"] != os.getpid()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}'])
async def test_a_damaged_record_is_no_obstacle(
    daemon: KeptDaemon, home: Path, reports: Reports, content: str
) -> None:
    (home / "run").mkdir()
    (home / "run" / "daemon.json").write_text(content)
    await daemon.start()

    assert is_alive((await reports.next())["pid"])
