"""Two at once, and something swapped between a person's look and the execution."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tenant_daemon.contracts.approvals import Verdict
from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.actions import Command, RunPipelines
from tenant_daemon.policy.judgement import Judgement, PolicyContext
from tenant_daemon.safety.approval_store import ApprovalSettledAlready
from tenant_daemon.safety.binding import bind
from tenant_daemon.safety.schemas import ExecuteStatus
from tests.support.wrapper import WrapperBench, scripted_classify

CHANGED = "changed since it was approved"


async def test_of_many_deciders_one_wins_and_the_call_runs_once(running: WrapperBench) -> None:
    (running.workspace / "x").write_text("x")
    call = running.begin("shell", command="rm x")
    asked = await running.asked()
    verdicts = [Verdict.APPROVE, Verdict.DENY] * 10

    results = await asyncio.gather(
        *(running.decide(asked.approval_id, verdict) for verdict in verdicts), return_exceptions=True
    )
    answer = await call

    won = [result for result in results if not isinstance(result, BaseException)]
    assert len(won) == 1
    assert all(
        isinstance(result, ApprovalSettledAlready) and result.approval.decision == won[0].decision
        for result in results
        if isinstance(result, BaseException)
    )
    assert answer.status is (ExecuteStatus.EXECUTED if won[0].status == "approved" else ExecuteStatus.DENIED)
    begun = [entry for entry in running.audit().entries() if entry.record.event == "call.begun"]
    assert len(begun) == (1 if won[0].status == "approved" else 0)
    assert len({report.status for report in running.hub.reports}) == 1


async def test_same_call_from_many_callers_is_asked_once_and_runs_once(running: WrapperBench) -> None:
    (running.workspace / "x").write_text("x")
    calls = [running.begin("shell", command="rm x") for _ in range(10)]
    asked = await running.asked()
    await running.decide(asked.approval_id, Verdict.APPROVE)

    answers = await asyncio.gather(*calls)

    assert {answer.audit_id for answer in answers} == {answers[0].audit_id}
    assert running.hub.requests.empty()


@pytest.mark.parametrize("swap", ["file", "link", "gone", "folder"])
async def test_file_that_was_swapped_is_left_alone(running: WrapperBench, swap: str) -> None:
    target = running.workspace / "x"
    target.write_text("what the owner saw")
    call = running.begin("shell", command="rm -r x")
    asked = await running.asked()
    precious = running.workspace / "precious"
    precious.write_text("keep")
    if swap == "file":
        os.replace(precious, target)
        precious = target
    elif swap == "link":
        target.unlink()
        target.symlink_to(precious)
    elif swap == "gone":
        target.unlink()
    else:
        target.unlink()
        target.mkdir()
        precious = precious.rename(target / "precious")
    await running.decide(asked.approval_id, Verdict.APPROVE)

    answer = await call

    assert answer.status is ExecuteStatus.BLOCKED
    assert CHANGED in answer.reason
    assert precious.read_text() == "keep"


def everything_asks(tool_name: str, tool_args: Mapping[str, object], context: PolicyContext) -> Judgement:
    return scripted_classify(tool_name, tool_args, context)._replace(tier=Tier.RED)


@pytest.mark.parametrize("swap", ["content", "replacement", "none"])
async def test_script_that_was_changed_does_not_run(bench: WrapperBench, swap: str) -> None:
    bench.classify = everything_asks
    script = bench.workspace / "job.sh"
    script.write_text("echo harmless > done\n")
    async with bench.started():
        call = bench.begin("shell", command="sh job.sh")
        asked = await bench.asked()
        if swap == "content":
            inode = script.stat().st_ino
            script.write_text("echo evil > done\n")
            assert script.stat().st_ino == inode
        elif swap == "replacement":
            (bench.workspace / "other.sh").write_text("echo evil > done\n")
            os.replace(bench.workspace / "other.sh", script)
        await bench.decide(asked.approval_id, Verdict.APPROVE)
        answer = await call

    if swap == "none":
        assert (bench.workspace / "done").read_text() == "harmless\n"
    else:
        assert (answer.status, CHANGED in answer.reason) == (ExecuteStatus.BLOCKED, True)
        assert not (bench.workspace / "done").exists()


async def test_folder_that_was_swapped_is_not_entered(running: WrapperBench) -> None:
    call = running.begin("shell", command="rm inside")
    asked = await running.asked()
    moved = running.workspace.rename(running.workspace.with_name("moved"))
    running.workspace.mkdir()
    (running.workspace / "inside").write_text("keep")
    await running.decide(asked.approval_id, Verdict.APPROVE)

    answer = await call

    assert answer.status is ExecuteStatus.BLOCKED
    assert (running.workspace / "inside").read_text() == "keep"
    assert moved.exists()


async def test_stop_and_approval_at_once_leave_no_half_call(running: WrapperBench) -> None:
    (running.workspace / "x").write_text("x")
    call = running.begin("shell", command="rm x")
    asked = await running.asked()

    await asyncio.gather(
        running.parts.live.stop(lambda _call: "The chat was stopped."),
        running.decide(asked.approval_id, Verdict.APPROVE),
        return_exceptions=True,
    )
    answer = await call

    is_gone = not (running.workspace / "x").exists()
    assert answer.status is (ExecuteStatus.EXECUTED if is_gone else ExecuteStatus.BLOCKED)
    assert running.parts.approvals.count_pending() == 0


async def test_stopped_chat_takes_its_questions_along(running: WrapperBench) -> None:
    calls = [running.begin("shell", f"call-{number}", command=f"rm {number}") for number in (1, 2)]
    for _ in calls:
        await running.asked()

    assert await running.parts.live.stop(lambda _call: "The chat was stopped.") == 2
    answers = await asyncio.gather(*calls)

    assert [answer.status for answer in answers] == [ExecuteStatus.BLOCKED] * 2
    assert [report.status for report in running.hub.reports] == ["cancelled"] * 2
    with pytest.raises(ApprovalSettledAlready):
        await running.decide(running.hub.reports[0].approval_id, Verdict.APPROVE)


def test_what_stands_in_arguments_is_bound_too(tmp_path: Path) -> None:
    script = tmp_path / "inner.sh"
    script.write_text("echo one\n")
    inner = RunPipelines(((Command(("sh", "inner.sh")),),), cwd=tmp_path)
    action = RunPipelines(((Command(("echo", "it"), captures=(inner,), takes_output=True),),), cwd=tmp_path)
    before = bind("it-admin", "shell", action, {})
    script.write_text("echo two\n")

    assert bind("it-admin", "shell", action, {}).normalised != before.normalised
