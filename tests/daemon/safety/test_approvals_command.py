"""Deciding on the server itself, against a wrapper that listens."""

import argparse
import asyncio
from collections.abc import Callable
from functools import partial

import pytest

from tenant_daemon.safety import approvals_command
from tests.support.wrapper import WrapperBench

Command = Callable[..., "asyncio.Future[int]"]


@pytest.fixture
def approvals(command: Command) -> Command:
    return partial(command, approvals_command, "approvals")


@pytest.mark.slow
async def test_owner_lists_and_decides_without_the_hub(
    approvals: Command, bench: WrapperBench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await approvals("list") == 0
    waiting = [bench.begin("shell", name, command=f"rm {name}") for name in ("a", "b")]
    asked = {request.tool_call_id: request.approval_id for request in [await bench.asked() for _ in waiting]}
    assert await approvals("list") == 0
    listed = [line for line in capsys.readouterr().out.splitlines() if "\tpending\t" in line]
    assert sorted(line.split("\t")[0] for line in listed) == sorted(asked.values())
    assert sorted(line.split("\t")[5] for line in listed) == ["rm a", "rm b"]

    assert await approvals("deny", asked["a"], "--reason", "Keep it.") == 0
    assert await approvals("approve", asked["b"]) == 0
    assert await approvals("approve", asked["a"]) == 1

    denied, approved = await asyncio.gather(*waiting)
    assert (denied.status, denied.reason) == ("denied", "Keep it.")
    assert approved.approval_id == asked["b"]
    captured = capsys.readouterr()
    assert captured.err == "This is denied already.\n"


async def test_a_command_cannot_write_lines_of_its_own_into_the_list(
    approvals: Command, bench: WrapperBench, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = "rm 'a\nap_9\tpending\x1b[1A\x1b[2K\u202eb'"
    assert await approvals("list") == 0
    waiting = bench.begin("shell", "a", command=forged)
    asked = await bench.asked()
    assert await approvals("list") == 0
    assert await approvals("deny", asked.approval_id) == 0
    await waiting
    out = capsys.readouterr().out
    (line,) = [line for line in out.splitlines() if "\tpending\t" in line]
    assert line.count("\t") == 6
    assert "\x1b" not in out
    assert "[U+000A]ap_9" in line
    assert "[U+001B][2K[U+202E]b" in line


async def test_absent_wrapper_is_said(bench: WrapperBench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.home.settings_file.write_text('tenant_name = "t"\nhub_url = "http://h"\n[ports]\nwrapper = 1\n')
    parser = argparse.ArgumentParser()
    approvals_command.add_parser(parser.add_subparsers())
    args = parser.parse_args(["approvals", "list", "--home", str(bench.home.root)])

    assert await asyncio.to_thread(approvals_command.run, args) == 1
    assert "Is it running?" in capsys.readouterr().err
