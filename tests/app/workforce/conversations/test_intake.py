"""What becomes of run events, with a real Redis and database."""

import pytest

from letsbe_app.composition import Services
from letsbe_app.errors import NotFound
from letsbe_app.people.authz.actor import Actor
from letsbe_app.relay.channels import run_stream
from letsbe_app.relay.event_id import START
from letsbe_app.workforce.conversations import intake as module
from letsbe_app.workforce.conversations.intake import Accepted, Missing, RunIntake
from tenant_daemon.contracts.chat import RunOutcome, ToolFinished, ToolStarted
from tests.support.live_hub import ScriptedRun


def whole_run(conversation_id: str, run_number: int = 1) -> ScriptedRun:
    run = ScriptedRun(conversation_id, run_number)
    run.started()
    run.add(ToolStarted(tool_call_id="tc1", tool_name="shell", summary="df"))
    run.add(ToolFinished(tool_call_id="tc1", status="executed"))
    run.delta("done")
    run.finished()
    return run


@pytest.fixture
def intake(services: Services, tenant_id: str) -> RunIntake:
    return new_intake(services, tenant_id)


def new_intake(services: Services, tenant_id: str) -> RunIntake:
    return RunIntake(tenant_id, services.relay.streams, services.runs)


async def test_lost_memory_on_both_sides_asks_for_the_whole_run(
    services: Services, owner: Actor, tenant_id: str, conversation_id: str, intake: RunIntake
) -> None:
    run = whole_run(conversation_id)
    for event in run.events[:4]:
        assert await intake.take(event) == [Accepted(run.run_id, event.seq)]
    await services.relay._redis.flushall()
    other_worker = new_intake(services, tenant_id)
    assert await other_worker.take(run.events[4]) == [Missing(run.run_id, 1)]
    answers = [await other_worker.take(event) for event in run.events]
    assert answers[-1] == [Accepted(run.run_id, 5, is_finished=True)]
    [message] = (await services.conversations.messages(owner, conversation_id)).items
    assert [call.tool_call_id for call in message.tool_calls] == ["tc1"]


async def test_run_whose_beginning_was_trimmed_is_seen_again_whole(
    services: Services, owner: Actor, tenant_id: str, conversation_id: str, intake: RunIntake
) -> None:
    run = whole_run(conversation_id)
    for event in run.events[:4]:
        await intake.take(event)
    await services.relay._redis.xdel(run_stream(conversation_id), "1-1", "1-2")
    other_worker = new_intake(services, tenant_id)
    assert await other_worker.take(run.events[4]) == [Missing(run.run_id, 1)]
    for event in run.events:
        answer = await other_worker.take(event)
    assert answer == [Accepted(run.run_id, 5, is_finished=True)]
    [message] = (await services.conversations.messages(owner, conversation_id)).items
    assert [call.status for call in message.tool_calls] == ["executed"]


async def test_forgotten_run_is_read_from_the_stream(
    services: Services,
    owner: Actor,
    conversation_id: str,
    intake: RunIntake,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_RUNS", 1)
    run = whole_run(conversation_id)
    for event in run.events[:4]:
        await intake.take(event)
    intake._run("another")
    assert await intake.take(run.events[4]) == [Accepted(run.run_id, 5, is_finished=True)]
    [message] = (await services.conversations.messages(owner, conversation_id)).items
    assert len(message.tool_calls) == 1


async def test_last_event_twice_commits_once(
    services: Services, owner: Actor, conversation_id: str, intake: RunIntake
) -> None:
    run = whole_run(conversation_id)
    for event in [*run.events, run.events[-1]]:
        answer = await intake.take(event)
    assert answer == [Accepted(run.run_id, 5, is_finished=True)]
    page = await services.conversations.messages(owner, conversation_id)
    assert [(message.id, message.position) for message in page.items] == [(run.run_id, 1)]


async def test_every_outcome_is_a_status(
    services: Services, owner: Actor, conversation_id: str, intake: RunIntake
) -> None:
    for run_number, outcome in enumerate(RunOutcome, start=1):
        run = ScriptedRun(conversation_id, run_number)
        run.started()
        run.finished(outcome, note="why")
        for event in run.events:
            await intake.take(event)
    page = await services.conversations.messages(owner, conversation_id)
    assert [(message.status, message.note) for message in page.items] == [
        (outcome.value, "why") for outcome in RunOutcome
    ]


async def test_start_of_the_answer_tells_that_the_message_arrived(
    services: Services, owner: Actor, conversation_id: str, intake: RunIntake
) -> None:
    said = await services.conversations.send(owner, conversation_id, "hello")
    run = ScriptedRun(conversation_id)
    await intake.take(run.started(in_reply_to=said.id))
    page = await services.conversations.messages(owner, conversation_id)
    assert [(message.role, message.status) for message in page.items] == [
        ("user", "delivered"),
        ("agent", "streaming"),
    ]
    assert page.resume_after == "1-0"


async def test_another_servers_conversation_is_not_found(
    services: Services, strange_tenant_id: str, conversation_id: str
) -> None:
    intake = new_intake(services, strange_tenant_id)
    run = whole_run(conversation_id)
    for event in run.events:
        with pytest.raises(NotFound):
            await intake.take(event)


async def test_later_run_waits_for_the_lost_end_of_the_earlier_one(
    services: Services, owner: Actor, conversation_id: str, intake: RunIntake
) -> None:
    first, second = whole_run(conversation_id, 1), whole_run(conversation_id, 2)
    for event in first.events[:3]:
        await intake.take(event)
    await services.relay._redis.flushall()
    asked = [Missing(first.run_id, 1), Missing(second.run_id, 1)]
    assert await intake.take(second.events[0]) == asked
    assert await intake.take(second.events[1]) == [Missing(second.run_id, 1)]
    for event in first.events + second.events:
        answer = await intake.take(event)
    assert answer == [Accepted(second.run_id, 5, is_finished=True)]
    page = await services.conversations.messages(owner, conversation_id)
    assert [(message.id, message.status) for message in page.items] == [
        (first.run_id, "completed"),
        (second.run_id, "completed"),
    ]
    stored = await services.relay.streams.read(conversation_id, START)
    assert [str(entry.id) for entry in stored] == [f"{run}-{seq}" for run in (1, 2) for seq in range(1, 6)]
