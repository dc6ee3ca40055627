"""Putting things back on the server itself, against a wrapper that listens."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest

from tenant_daemon.safety import changes_command
from tests.support.wrapper import WrapperBench

Command = Callable[..., "asyncio.Future[int]"]


async def test_owner_lists_and_undoes_without_the_hub(
    command: Command, bench: WrapperBench, capsys: pytest.CaptureFixture[str]
) -> None:
    changes = partial(command, changes_command, "changes")
    assert await changes("list") == 0
    (bench.workspace / "a").write_text("old")
    await bench.execute("file_write", path="a", content="new")
    (change,) = bench.hub.changes

    assert await changes("undo", change.change_id) == 0
    assert (bench.workspace / "a").read_text() == "old"
    assert await changes("undo", "chg_0") == 1
    assert await changes("list") == 0

    captured = capsys.readouterr()
    assert f"{change.change_id}\t" in captured.out
    assert captured.out.count("\tundone") == 2
    assert captured.err == "There is no such change, or it is too long ago.\n"
