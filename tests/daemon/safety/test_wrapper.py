"""The pipeline: what runs, what asks, what is refused, and what everybody hears of it."""

import asyncio
import hashlib
import os
import sqlite3
from datetime import timedelta, timezone
from typing import Any

import pytest

from tenant_daemon.contracts.approvals import ApprovalStatus, ApprovalWithdrawn, Verdict
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.chat import ToolStarted
from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.contracts.tiers import AutonomyLevel, Tier
from tenant_daemon.execution import hidden_arguments
from tenant_daemon.kit.at_work import AtWork, at_work
from tenant_daemon.policy.judgement import Judgement
from tenant_daemon.safety import pending, wrapper
from tenant_daemon.safety.approval_store import ApprovalSettledAlready
from tenant_daemon.safety.live import Patience
from tenant_daemon.safety.pending import MAX_REMEMBERED
from tenant_daemon.safety.schemas import ExecuteStatus
from tenant_daemon.vault.canary import plant
from tests.support.waiting import eventually
from tests.support.wrapper import AGENT, SESSION, WrapperBench, scripted_classify

SECRET = "quartz-Lamp-42-Xy"


async def test_reading_runs_at_once_and_is_recorded(running: WrapperBench) -> None:
    (running.workspace / "notes.txt").write_text("hello")

    answer = await running.execute("shell", command="cat notes.txt")

    assert (answer.status, answer.output, answer.exit_code, answer.tier) == ("executed", "hello", 0, "GREEN")
    records = [entry.record for entry in running.audit().entries()]
    assert [record.event for record in records] == ["call.begun", "call.ended"]
    ended = records[1]
    assert (ended.actor, ended.subject, ended.summary) == ("agent:it-admin", "shell", "cat notes.txt")
    assert (ended.call_id, ended.session_id, ended.conversation_id) == ("call-1", SESSION, "conv1")
    assert (ended.tier, ended.rule_ids, ended.decision) == ("GREEN", ("scripted",), "run")
    assert (ended.status, ended.exit_code) == ("executed", 0)
    assert ended.output_digest == hashlib.sha256(b"hello").hexdigest()
    assert ended.started_at is not None
    assert [event.type for event in running.hub.events] == ["tool_started", "tool_finished"]


async def test_red_call_asks_and_runs_when_approved(running: WrapperBench) -> None:
    folder = running.workspace / "drafts"
    folder.mkdir()
    answering = running.begin("shell", command="rm -r drafts")
    request = await running.asked()
    assert (request.argv, request.tier.name) == (["rm", "-r", "drafts"], "RED")
    assert request.summary == "It is RED."
    assert request.reason == "It is hard to undo, and IT asks before such things."
    assert folder.exists()

    await running.decide(request.approval_id, Verdict.APPROVE)
    answer = await answering

    assert answer.status is ExecuteStatus.EXECUTED
    assert answer.approval_id == request.approval_id
    assert not folder.exists()
    assert [report.status for report in running.hub.reports] == ["approved"]
    assert [event.type for event in running.hub.events] == [
        "tool_started", "approval_waiting", "approval_settled", "tool_finished",
    ]  # fmt: skip
    record = list(running.audit().entries())[-1].record
    assert (record.approver, record.approval_id) == ("user:owner", request.approval_id)


async def test_denial_reaches_the_agent_with_its_reason(running: WrapperBench) -> None:
    (running.workspace / "drafts").mkdir()
    answering = running.begin("shell", command="rm -r drafts")
    request = await running.asked()

    await running.decide(request.approval_id, Verdict.DENY, deny_reason="I still need them.")

    answer = await answering
    assert (answer.status, answer.reason) == ("denied", "I still need them.")
    assert (running.workspace / "drafts").exists()


async def test_first_decision_wins_a_race(running: WrapperBench) -> None:
    answering = running.begin("shell", command="rm x")
    request = await running.asked()

    results = await asyncio.gather(
        *(running.decide(request.approval_id, verdict) for verdict in (Verdict.DENY, Verdict.APPROVE) * 5),
        return_exceptions=True,
    )

    settled = [result for result in results if not isinstance(result, Exception)]
    assert len(settled) == 1
    assert sum(isinstance(result, ApprovalSettledAlready) for result in results) == 9
    assert (await answering).status == "denied"
    settlements = [e for e in running.audit().entries() if e.record.event == "approval.settled"]
    assert len(settlements) == 1


async def test_second_delivery_joins_the_first(running: WrapperBench) -> None:
    first = running.begin("shell", command="rm x")
    request = await running.asked()
    second = running.begin("shell", command="rm x")
    await running.decide(request.approval_id, Verdict.DENY)

    assert await first == await second == await running.execute("shell", command="rm x")
    assert running.hub.requests.empty()


async def test_finished_call_is_answered_again_and_not_run_again(running: WrapperBench) -> None:
    first = await running.execute("shell", command="mkdir once")
    again = await running.execute("shell", command="mkdir once")

    assert first == again
    assert (first.status, first.exit_code) == ("executed", 0)


async def test_same_id_with_other_arguments_is_another_call(running: WrapperBench) -> None:
    await running.execute("shell", command="echo one")

    assert (await running.execute("shell", command="echo two")).output == "two\n"


async def test_forbidden_call_is_blocked_at_every_level(bench: WrapperBench) -> None:
    bench.configure(level=AutonomyLevel.FULL_AUTONOMY)
    async with bench.started():
        answer = await bench.execute("shell", command="forbidden")

    assert (answer.status, answer.reason) == ("blocked", "Forbidden here.")


async def test_what_is_not_understood_asks_and_never_runs(running: WrapperBench) -> None:
    answering = running.begin("shell", command="? $(x)")
    request = await running.asked()
    assert request.summary == "Not understood."
    assert request.reason == (
        "The way it is written nothing of it can run, not even when you approve it: edit it or deny it."
    )
    await running.decide(request.approval_id, Verdict.APPROVE)

    answer = await answering
    assert answer.status is ExecuteStatus.FAILED
    assert "Write it in a simpler way" in answer.reason
    assert answer.reason.endswith("Not understood.")


@pytest.mark.parametrize("edited", ["touch page", "rm page"])
async def test_what_is_not_understood_can_be_edited_into_what_runs(
    running: WrapperBench, edited: str
) -> None:
    (running.workspace / "page").touch()
    answering = running.begin("shell", command="? $(x)")
    request = await running.asked()
    assert request.tool_args == {"command": "? $(x)"}
    await running.decide(request.approval_id, Verdict.EDIT_AND_APPROVE, edited_args={"command": edited})

    assert (await answering).status is ExecuteStatus.EXECUTED
    assert running.hub.requests.empty()


async def test_long_reason_leaves_room_for_what_a_person_can_do(bench: WrapperBench) -> None:
    judgement = Judgement(Tier.RED, False, "long " * 400, ("unknown",), None, is_unknown=True)
    bench.classify = lambda *_call: judgement
    async with bench.started():
        bench.begin("shell", command="?")
        reason = (await bench.asked()).reason
    assert len(reason) <= 1_000
    assert reason.endswith("edit it or deny it.")


async def test_edited_call_runs_as_edited(running: WrapperBench) -> None:
    for name in ("old", "new"):
        (running.workspace / name).write_text(name)
    answering = running.begin("shell", command="rm old new")
    request = await running.asked()

    await running.decide(request.approval_id, Verdict.EDIT_AND_APPROVE, edited_args={"command": "rm old"})

    answer = await answering
    assert answer.status is ExecuteStatus.EXECUTED
    assert [path.name for path in running.workspace.iterdir()] == ["new"]
    assert answer.changed_to == running.hub.outcomes[0].changed_to == "rm old"
    assert answer.reason.startswith("The owner changed this call before approving it.")
    assert answer.reason.endswith("rm old")
    started = [event.summary for event in running.hub.events if event.type == "tool_started"]
    assert started == ["rm old new", "rm old"]


async def test_hub_hears_what_became_of_what_was_approved(running: WrapperBench) -> None:
    (running.workspace / "there").touch()
    for call_id, name in (("call-1", "there"), ("call-2", "gone")):
        answering = running.begin("shell", call_id, command=f"rm {name}")
        await running.decide((await running.asked()).approval_id, Verdict.APPROVE)
        await answering

    worked, failed = running.hub.outcomes
    assert [report.approval_id for report in running.hub.reports] == [worked.approval_id, failed.approval_id]
    assert (worked.status, worked.detail) == ("executed", "")
    assert failed.status == "failed"
    assert failed.detail.startswith("Exit code 1. ")
    assert "gone" in failed.detail


async def test_hub_hears_of_no_outcome_where_nothing_was_approved(running: WrapperBench) -> None:
    answering = running.begin("shell", command="rm x")
    await running.decide((await running.asked()).approval_id, Verdict.DENY)
    await answering
    assert running.hub.outcomes == []


async def test_a_secret_that_is_typed_into_an_edit_is_kept_by_its_name_alone(
    running: WrapperBench,
) -> None:
    running.vault.put("shop-key", "Rye+Salt/quartz-42", actor="user:owner")
    answering = running.begin("shell", command="rm old")
    request = await running.asked()

    edited = {"command": "touch 'Rye+Salt/quartz-42'"}
    await running.decide(request.approval_id, Verdict.EDIT_AND_APPROVE, edited_args=edited)

    answer = await answering
    assert answer.status is ExecuteStatus.DENIED
    assert "A secret cannot be put into the arguments of touch" in answer.reason
    for path in running.home.root.glob("*.db*"):
        assert b"quartz-42" not in path.read_bytes(), path


async def test_what_is_found_in_a_call_is_found_in_that_agents_work(running: WrapperBench) -> None:
    plant(running.vault, "old-pay-key", actor="user:owner", shape="password")
    found: list[AtWork] = []
    running.vault.on_canary_asked = lambda _name: found.append(at_work())

    await running.execute("file_write", path="a.txt", content="SECRET_REF(old-pay-key)")

    assert found == [AtWork("it-admin", "conv1")]
    assert at_work() == AtWork()


async def test_nobody_is_asked_about_a_planted_secret_and_the_alarm_is_raised_at_once(
    running: WrapperBench,
) -> None:
    plant(running.vault, "old-pay-key", actor="user:owner", shape="password")
    found: list[tuple[str, AtWork]] = []
    running.vault.on_canary_asked = lambda name: found.append((name, at_work()))

    answer = await running.execute("shell", command="rm SECRET_REF(old-pay-key)")
    missing = await running.execute("shell", "call-2", command="rm SECRET_REF(no-such-key)")

    assert answer.status is missing.status is ExecuteStatus.BLOCKED
    # Whoever tries it learns nothing from the answer.
    assert answer.reason.replace("old-pay-key", "no-such-key") == missing.reason
    assert "approval.requested" not in str(running.hub.everything)
    assert found == [("old-pay-key", AtWork("it-admin", "conv1"))]


async def test_edit_to_something_stricter_asks_again(running: WrapperBench) -> None:
    answering = running.begin("shell", command="rm old")
    first = await running.asked()
    await running.decide(first.approval_id, Verdict.EDIT_AND_APPROVE, edited_args={"command": "wipe all"})
    second = await running.asked()

    assert (second.tier.name, second.argv) == ("CRITICAL_RED", ["wipe", "all"])
    await running.decide(second.approval_id, Verdict.DENY, deny_reason="No.")
    assert (await answering).status is ExecuteStatus.DENIED
    (outcome,) = running.hub.outcomes
    assert (outcome.approval_id, outcome.status, outcome.detail) == (first.approval_id, "denied", "No.")


async def test_edit_to_something_forbidden_is_a_denial(running: WrapperBench) -> None:
    answering = running.begin("shell", command="rm old")
    request = await running.asked()

    await running.decide(request.approval_id, Verdict.EDIT_AND_APPROVE, edited_args={"command": "forbidden"})

    answer = await answering
    assert answer.status is ExecuteStatus.DENIED
    assert "Forbidden here." in answer.reason


async def test_withdrawn_approval_asks_again(running: WrapperBench) -> None:
    answering = running.begin("shell", command="rm -f cache")
    request = await running.asked()
    await running.decide(request.approval_id, Verdict.APPROVE_AND_REMEMBER)
    await answering
    wish = ApprovalWithdrawn(approval_id=request.approval_id, withdrawn_by="user:owner")

    for _delivery in range(2):
        assert running.parts.pending.withdraw(wish) == [request.approval_id]

    assert running.hub.forgotten == [request.approval_id] * 2
    again = running.begin("shell", "call-2", command="rm -f cache")
    await running.decide((await running.asked()).approval_id, Verdict.DENY)
    assert (await again).status is ExecuteStatus.DENIED
    lines = [entry.record for entry in running.audit().entries()]
    withdrawn = next(line for line in lines if line.event == "approval.withdrawn")
    assert (withdrawn.actor, withdrawn.summary) == ("user:owner", "rm -f cache")


async def test_withdrawal_of_an_approval_that_is_not_known_is_told_as_done(running: WrapperBench) -> None:
    wish = ApprovalWithdrawn(approval_id="apr_lost", withdrawn_by="user:owner")
    assert running.parts.pending.withdraw(wish) == ["apr_lost"]
    assert running.hub.forgotten == ["apr_lost"]


async def test_remembered_approval_covers_exactly_this_call(running: WrapperBench) -> None:
    answering = running.begin("shell", command="rm -f cache")
    request = await running.asked()
    await running.decide(request.approval_id, Verdict.APPROVE_AND_REMEMBER)
    await answering

    again = await running.execute("shell", "call-2", command="rm -f cache")
    assert (again.status, again.approval_id) == ("executed", request.approval_id)
    assert len(running.hub.outcomes) == 1
    other = running.begin("shell", "call-3", command="rm -f cache2")
    await running.decide((await running.asked()).approval_id, Verdict.DENY)
    assert (await other).status is ExecuteStatus.DENIED


@pytest.mark.parametrize("change", [{"tier": Tier.CRITICAL_RED}, {"is_external": True}])
async def test_what_has_become_stricter_is_asked_about_again(
    bench: WrapperBench, change: dict[str, Any]
) -> None:
    changes: dict[str, Any] = {}
    bench.classify = lambda *call: scripted_classify(*call)._replace(**changes)
    async with bench.started():
        answering = bench.begin("shell", command="rm -f cache")
        await bench.decide((await bench.asked()).approval_id, Verdict.APPROVE_AND_REMEMBER)
        await answering
        changes |= change
        again = bench.begin("shell", "call-2", command="rm -f cache")
        await bench.decide((await bench.asked()).approval_id, Verdict.DENY)
        assert (await again).status is ExecuteStatus.DENIED


async def test_nothing_is_remembered_for_ever(running: WrapperBench) -> None:
    answering = running.begin("shell", command="rm -f cache")
    request = await running.asked()
    late = utc_now() + timedelta(days=3_650)
    held = await running.decide(request.approval_id, Verdict.APPROVE_AND_REMEMBER, remember_until=late)
    await answering

    assert held.decision is not None
    assert held.decision.remember_until is not None
    assert held.decision.remember_until <= utc_now() + MAX_REMEMBERED


async def test_what_is_remembered_ends_by_the_clock_and_not_by_its_spelling(running: WrapperBench) -> None:
    answering = running.begin("shell", command="rm -f cache")
    over = (utc_now() - timedelta(minutes=1)).astimezone(timezone(timedelta(hours=12)))
    request = await running.asked()
    await running.decide(request.approval_id, Verdict.APPROVE_AND_REMEMBER, remember_until=over)
    assert (await answering).status is ExecuteStatus.EXECUTED

    again = running.begin("shell", "call-2", command="rm -f cache")
    await running.decide((await running.asked()).approval_id, Verdict.DENY)
    assert (await again).status is ExecuteStatus.DENIED


async def test_what_changed_after_the_approval_is_not_run(running: WrapperBench) -> None:
    target = running.workspace / "target"
    target.write_text("mine")
    answering = running.begin("shell", command="rm target")
    request = await running.asked()
    (running.workspace / "other").write_text("another file in its place")
    (running.workspace / "other").rename(target)

    await running.decide(request.approval_id, Verdict.APPROVE)

    answer = await answering
    assert answer.status is ExecuteStatus.BLOCKED
    assert "changed since" in answer.reason
    assert target.exists()


async def test_nobody_deciding_means_no(bench: WrapperBench) -> None:
    async with bench.started() as parts:
        parts.gate.approval_ttl_seconds = lambda: 0  # type: ignore[method-assign]
        answer = await bench.execute("shell", command="rm x")
        request = await bench.asked()

        assert answer.status is ExecuteStatus.EXPIRED
        assert parts.approvals.get(request.approval_id).status is ApprovalStatus.EXPIRED
        with pytest.raises(ApprovalSettledAlready):
            await bench.decide(request.approval_id, Verdict.APPROVE)
    assert [report.status for report in bench.hub.reports] == ["expired", "expired"]


async def test_a_question_waits_as_long_as_was_set_when_it_was_asked(running: WrapperBench) -> None:
    running.configure(ttl_seconds=60)
    first = running.begin("shell", command="rm x")
    asked = [await running.asked()]
    running.configure(ttl_seconds=7_200)
    second = running.begin("shell", "call-2", command="rm y")
    asked.append(await running.asked())

    assert [(one.expires_at - one.created_at).total_seconds() for one in asked] == [60, 7_200]
    stored = [running.parts.approvals.get(one.approval_id).request.expires_at for one in asked]
    assert stored == [one.expires_at for one in asked]
    for one in asked:
        await running.decide(one.approval_id, Verdict.DENY)
    assert [(await call).status for call in (first, second)] == [ExecuteStatus.DENIED] * 2


async def test_stopping_the_chat_cancels_what_waits_and_what_runs(running: WrapperBench) -> None:
    waiting = running.begin("shell", command="rm x")
    request = await running.asked()
    os.mkfifo(running.workspace / "pipe")
    reading = running.begin("shell", "call-2", command="cat pipe")
    # Opens as soon as the command has opened the other end.
    writer = await asyncio.to_thread((running.workspace / "pipe").open, "w")

    assert await running.parts.live.stop(lambda _call: "The chat was stopped.") == 2

    assert [(await call).status for call in (waiting, reading)] == ["blocked", "blocked"]
    writer.close()
    assert running.parts.approvals.get(request.approval_id).status is ApprovalStatus.CANCELLED


async def test_kill_switch_withdraws_what_waits(running: WrapperBench) -> None:
    waiting = running.begin("shell", command="rm x")
    request = await running.asked()
    running.configure(is_stopped=True)

    await running.parts.live.stop(lambda call: running.parts.gate.stop_reason(call.request.agent_id))
    with pytest.raises(ApprovalSettledAlready):
        await running.decide(request.approval_id, Verdict.APPROVE)

    assert (await waiting).reason == "Everything on this server is stopped."
    assert (await running.execute("shell", "call-2", command="echo hi")).status is ExecuteStatus.BLOCKED


async def test_too_many_questions_are_not_asked(
    running: WrapperBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "MAX_PENDING", 1)
    first = running.begin("shell", command="rm a")
    request = await running.asked()

    second = await running.execute("shell", "call-2", command="rm b")

    assert second.status is ExecuteStatus.BLOCKED
    assert "wait for the owner already" in second.reason
    await running.decide(request.approval_id, Verdict.DENY)
    assert (await first).status is ExecuteStatus.DENIED


async def test_an_agent_that_asks_too_much_keeps_no_colleague_from_asking(
    running: WrapperBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "MAX_PENDING_OF_AGENT", 1)
    colleague = AgentConfig(agent_id="sales", name="Sales", tools=["shell"])
    both = [AgentConfig(agent_id=AGENT, name="IT", tools=["shell"]), colleague]
    running.home.config_file.write_text(TenantConfig(version=2, agents=both).model_dump_json())
    first = running.begin("shell", command="rm a")
    await running.asked()

    second = await running.execute("shell", "call-2", command="rm b")
    request = running.request("shell", "call-3", command="rm c")
    request = request.model_copy(update={"agent_id": "sales", "session_id": SESSION.replace(AGENT, "sales")})
    other = asyncio.create_task(running.parts.live.execute(request))

    assert (second.status, (await running.asked()).agent_id) == (ExecuteStatus.BLOCKED, "sales")
    for task in (first, other):
        task.cancel()


async def test_kill_switch_holds_for_what_waits_its_turn(
    bench: WrapperBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wrapper, "MAX_RUNNING", 1)
    pipe = bench.workspace / "pipe"
    os.mkfifo(pipe)
    async with bench.started():
        first = bench.begin("shell", command="cat pipe")
        await eventually(lambda: bench.audit().head()[0] == 1)
        second = bench.begin("file_write", "call-2", path="x", content="x")
        await eventually(lambda: [event.type for event in bench.hub.events].count("tool_started") == 2)
        bench.configure(is_stopped=True)
        await asyncio.to_thread(pipe.write_text, "end")

        assert (await first).output == "end"
        assert (await second).status is ExecuteStatus.BLOCKED
    assert not (bench.workspace / "x").exists()


async def test_kill_switch_holds_although_it_was_approved(running: WrapperBench) -> None:
    waiting = running.begin("shell", command="rm x")
    request = await running.asked()
    running.configure(is_stopped=True)
    await running.decide(request.approval_id, Verdict.APPROVE)

    assert (await waiting).status is ExecuteStatus.BLOCKED


async def test_secret_reaches_the_command_and_comes_back_as_reference(running: WrapperBench) -> None:
    running.vault.put("shop-key", SECRET, actor="user:owner")

    await running.execute("file_write", path="app.ini", content="key=SECRET_REF(shop-key)\n")
    answer = await running.execute("shell", "call-2", command="cat app.ini")

    assert (running.workspace / "app.ini").read_text() == f"key={SECRET}\n"
    assert answer.output == "key=SECRET_REF(shop-key)\n"
    assert SECRET not in "".join(running.hub.everything)
    reads = [e.record for e in running.audit().entries() if e.record.event == "secret.read"]
    assert [(r.actor, r.subject) for r in reads] == [("agent:it-admin", "shop-key")]


async def test_question_shows_references_and_not_values(running: WrapperBench) -> None:
    running.vault.put("shop-key", SECRET, actor="user:owner")
    running.configure(level=AutonomyLevel.TRUSTED_ASSISTANT, tier_floors={"shell": Tier.RED})
    waiting = running.begin("shell", command=f"curl -u me:SECRET_REF(shop-key) {SECRET}")
    request = await running.asked()
    await running.decide(request.approval_id, Verdict.DENY)
    await waiting

    assert request.argv == ["curl", "-u", "me:SECRET_REF(shop-key)", "SECRET_REF(shop-key)"]
    assert SECRET not in "".join(running.hub.everything)


@pytest.mark.parametrize("name", ["hub-api-key", "model-upstream-key"])
async def test_the_servers_own_secrets_cannot_be_used(running: WrapperBench, name: str) -> None:
    running.vault.put(name, SECRET, actor="daemon:link")

    answer = await running.execute("shell", command=f"echo SECRET_REF({name})")

    assert answer.status is ExecuteStatus.BLOCKED
    assert (await running.execute("secret_generate", "call-2", name=name)).status is ExecuteStatus.BLOCKED


async def test_unknown_secret_is_said_before_anybody_is_asked(running: WrapperBench) -> None:
    answer = await running.execute("shell", command="rm SECRET_REF(nothing-here)")

    assert "no secret named nothing-here" in answer.reason


async def test_secret_that_no_program_may_be_given_so_is_said_before_anybody_is_asked(
    running: WrapperBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hidden_arguments, "hides_processes", lambda: False)
    running.vault.put("shop-key", SECRET, actor="user:owner")

    answer = await running.execute("shell", command="rm SECRET_REF(shop-key)")

    assert answer.status is ExecuteStatus.BLOCKED
    assert "arguments of rm" in answer.reason
    assert running.hub.requests.empty()
    read = [entry for entry in running.audit().entries() if entry.record.event == "secret.read"]
    assert read == []


async def test_without_audit_nothing_runs(running: WrapperBench) -> None:
    lock = sqlite3.connect(running.home.audit_db, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    with running.parts.audit._database.reading() as connection:
        connection.execute("PRAGMA busy_timeout = 10")

    answer = await running.execute("shell", command="touch made")

    assert answer.status is ExecuteStatus.BLOCKED
    assert list(running.workspace.iterdir()) == []
    lock.close()


async def test_broken_audit_chain_stops_everything(bench: WrapperBench) -> None:
    async with bench.started():
        await bench.execute("shell", command="echo one")
    connection = sqlite3.connect(bench.home.audit_db)
    connection.execute("DROP TRIGGER entries_are_never_changed")
    connection.execute("UPDATE entries SET text = replace(text, 'one', 'two')")
    connection.commit()

    async with bench.started() as parts:
        answer = await bench.execute("shell", "call-2", command="echo two")

        assert answer.status is ExecuteStatus.BLOCKED
        assert parts.problem() == "The audit trail is broken at entry 1."


async def test_handover_gives_the_colleagues_words(running: WrapperBench) -> None:
    running.colleague_answers.set()

    answer = await running.execute("handover", agent_id="sales", message="Hello")

    assert (answer.status, answer.output) == ("executed", "sales answers it-admin")


async def test_a_handover_that_takes_long_is_told_later_by_what_was_asked(bench: WrapperBench) -> None:
    bench.patience = Patience(wait_seconds=0.2, return_seconds=0.05)
    async with bench.started():
        answer = await bench.execute("handover", agent_id="sales", message="Hello")
        assert answer.status == "waiting"
        bench.colleague_answers.set()
        _, text = await asyncio.wait_for(bench.hub.told.get(), 5)

    assert "waited for the owner" not in text
    assert "sales answers it-admin" in text
    summaries = [event.summary for event in bench.hub.events if isinstance(event, ToolStarted)]
    assert summaries == ["Hand over to sales: Hello"] * 2


async def test_question_that_cannot_reach_the_owner_is_refused(running: WrapperBench) -> None:
    running.hub.is_full = True

    answer = await running.execute("shell", command="rm x")

    assert answer.status is ExecuteStatus.BLOCKED
    assert "cannot be told" in answer.reason
    assert running.parts.approvals.count_pending() == 0


async def test_a_released_call_is_answered_as_waiting_and_its_question_stays(running: WrapperBench) -> None:
    answering = running.begin("shell", command="rm x")
    request = await running.asked()
    assert running.parts.live.release("another") == 0
    assert running.parts.live.release("conv1") == 1

    answer = await asyncio.wait_for(answering, 5)
    assert (answer.status, answer.approval_id) == ("waiting", request.approval_id)
    assert request.summary in answer.reason

    await running.decide(request.approval_id, Verdict.DENY, deny_reason="Not now.")
    _, text = await asyncio.wait_for(running.hub.told.get(), 5)
    assert "Not now." in text
    # The answer that asked is over: its call stands there as waiting, and the next answer shows it whole.
    assert [(event.type, getattr(event, "status", "")) for event in running.hub.events] == [
        ("tool_started", ""), ("approval_waiting", ""), ("tool_finished", "waiting"),
        ("approval_settled", ""), ("tool_finished", "denied"),
        ("tool_started", ""), ("tool_finished", "denied"),
    ]  # fmt: skip
    assert running.hub.events[-2].summary == "rm x"


async def test_who_was_promised_a_word_is_told_at_once(bench: WrapperBench) -> None:
    bench.patience = Patience(wait_seconds=60, return_seconds=60)
    async with bench.started() as parts:
        answering = bench.begin("shell", command="rm x")
        request = await bench.asked()
        parts.live.release("conv1")
        await answering
        await bench.decide(request.approval_id, Verdict.DENY)
        await asyncio.wait_for(bench.hub.told.get(), 5)


async def test_undecided_call_is_answered_as_waiting_and_told_later(bench: WrapperBench) -> None:
    bench.patience = Patience(wait_seconds=0.2, return_seconds=0.05)
    async with bench.started():
        answer = await bench.execute("shell", command="rm x")
        # On a busy machine the patience may end before the question is put.
        approval_id = (await bench.asked()).approval_id
        assert answer.status == "waiting"
        assert answer.approval_id in (None, approval_id)

        await bench.decide(approval_id, Verdict.DENY, deny_reason="Too late.")
        session, text = await asyncio.wait_for(bench.hub.told.get(), 5)

    assert session == "agent:it-admin:c-conv1"
    assert "status: denied" in text
    assert "Too late." in text
