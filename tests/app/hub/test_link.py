"""The link with real sockets, Redis and SQLite, and two workers."""

import asyncio
import time
from collections.abc import Sequence

import pytest

from letsbe_app.db.models import MessageStatus
from letsbe_app.fleet.tenants.schemas import TenantIdentity
from letsbe_app.hub import admission
from letsbe_app.hub import link as link_module
from letsbe_app.hub.deliveries import Deliveries
from letsbe_app.hub.dispatch import LinkDispatch
from letsbe_app.relay import RelayAway
from letsbe_app.relay.channels import LINK_CHECK, link_taken
from letsbe_app.relay.event_id import START
from letsbe_app.relay.stream import Appended, StreamEvent
from letsbe_app.relay.subscriber import Signal
from tenant_daemon.contracts.chat import RunOutcome, ToolFinished, ToolStarted
from tenant_daemon.contracts.commands import ConfigApplied
from tenant_daemon.contracts.envelope import Acknowledged, Hello, Rejected
from tenant_daemon.contracts.errors import (
    CLOSE_BAD_MESSAGE,
    CLOSE_TAKEN_OVER,
    CLOSE_TRY_LATER,
    CLOSE_UNAUTHENTICATED,
    ErrorCode,
)
from tenant_daemon.contracts.health import Heartbeat
from tests.support.live_hub import Customer, LiveHub, ScriptedRun, daemon, eventually, new_customer


def heartbeat(config_version: int = 10_000) -> Heartbeat:
    return Heartbeat(
        daemon_version="1", openclaw_version="2026.9.6", config_version=config_version, is_ready=True
    )


async def test_wrong_key_is_told_by_its_close_code(hub: LiveHub) -> None:
    async with daemon(hub.workers[0], "nonsense", hello=False) as link:
        assert await link.close_code() == CLOSE_UNAUTHENTICATED


async def test_anything_before_hello_closes_the_link(hub: LiveHub, customer: Customer) -> None:
    async with daemon(hub.workers[0], customer.api_key, hello=False) as link:
        await link.send(heartbeat())
        assert await link.close_code() == CLOSE_BAD_MESSAGE


async def test_messages_wait_for_the_server_and_go_out_in_order(
    hub: LiveHub, customer: Customer, conversation_id: str
) -> None:
    conversations = hub.workers[0].services.conversations
    for text in ("one", "two"):
        await conversations.send(customer.actor, conversation_id, text)
    async with daemon(hub.workers[1], customer.api_key) as link:
        first, second = await link.next("chat.send"), await link.next("chat.send")
        assert [first.payload.text, second.payload.text] == ["one", "two"]
        await conversations.send(customer.actor, conversation_id, "three")
        third = await link.next("chat.send")
        await link.send(Acknowledged(ids=[first.id, third.id]))
        await link.send(ConfigApplied(version=1, is_applied=True), "obx1")
        await link.next("link.ack")
    async with daemon(hub.workers[0], customer.api_key) as link:
        assert (await link.next("chat.send")).payload.text == "two"
    page = await conversations.messages(customer.actor, conversation_id)
    assert [message.status for message in page.items] == ["delivered", "waiting", "delivered"]


async def test_refused_message_is_told_to_the_customer_and_not_sent_again(
    hub: LiveHub, customer: Customer, conversation_id: str
) -> None:
    conversations = hub.workers[0].services.conversations
    await conversations.send(customer.actor, conversation_id, "hello")
    async with daemon(hub.workers[0], customer.api_key) as link:
        sent = await link.next("chat.send")
        await link.send(Rejected(id=sent.id, code=ErrorCode.NOT_FOUND, detail="no such agent"))
        await conversations.send(customer.actor, conversation_id, "again")
        assert (await link.next("chat.send")).payload.text == "again"
    page = await conversations.messages(customer.actor, conversation_id)
    assert page.items[0].status == MessageStatus.FAILED
    assert page.items[0].note == "Your server could not take this message."


async def test_answer_is_committed_once_with_its_tool_calls(
    hub: LiveHub, customer: Customer, conversation_id: str
) -> None:
    run = ScriptedRun(conversation_id)
    run.started()
    run.delta("It is ")
    run.add(ToolStarted(tool_call_id="tc1", tool_name="shell", summary="df -h"))
    run.add(ToolFinished(tool_call_id="tc1", status="executed", tier="GREEN", output="42 G"))
    run.delta("42 G.")
    run.finished()
    async with daemon(hub.workers[0], customer.api_key) as link:
        for event in run.events + run.events:
            await link.send(event)
        await link.expect_ack(run.run_id, len(run.events))
    page = await hub.workers[1].services.conversations.messages(customer.actor, conversation_id)
    [message] = page.items
    assert (message.id, message.status, message.text) == (run.run_id, "completed", "It is 42 G.")
    [call] = message.tool_calls
    assert (call.tool_name, call.summary, call.status, call.output) == ("shell", "df -h", "executed", "42 G")
    stored = await hub.workers[1].services.relay.streams.read(conversation_id, START)
    assert [entry.id.seq for entry in stored] == [1, 2, 3, 4, 5, 6]


async def test_worker_dies_and_the_other_one_finishes_the_answer(
    hub: LiveHub, customer: Customer, conversation_id: str
) -> None:
    run = ScriptedRun(conversation_id)
    run.started()
    run.add(ToolStarted(tool_call_id="tc1", tool_name="shell", summary="df -h"))
    run.delta("half ")
    async with daemon(hub.workers[0], customer.api_key) as link:
        for event in run.events:
            await link.send(event)
        await link.expect_ack(run.run_id, 3)
        await hub.workers[0].stop()
    run.add(ToolFinished(tool_call_id="tc1", status="executed", output="42 G"))
    run.delta("whole")
    run.finished()
    async with daemon(hub.workers[1], customer.api_key) as link:
        # The confirmation of 3 may have been lost with the worker: the daemon repeats it.
        for event in run.events[2:]:
            await link.send(event)
        await link.expect_ack(run.run_id, 6)
    page = await hub.workers[1].services.conversations.messages(customer.actor, conversation_id)
    [message] = page.items
    assert (message.text, message.status) == ("half whole", "completed")
    assert [(call.tool_call_id, call.output) for call in message.tool_calls] == [("tc1", "42 G")]


async def test_gap_is_asked_for_once(hub: LiveHub, customer: Customer, conversation_id: str) -> None:
    run = ScriptedRun(conversation_id)
    run.started()
    for word in ("a", "b", "c", "d"):
        run.delta(word)
    run.finished()
    async with daemon(hub.workers[0], customer.api_key) as link:
        await link.send(run.events[0])
        for event in run.events[2:]:
            await link.send(event)
        resend = await link.next("run.resend")
        assert (resend.payload.run_id, resend.payload.from_seq) == (run.run_id, 2)
        for event in run.events[1:]:
            await link.send(event)
        await link.expect_ack(run.run_id, 6)
    assert [envelope.payload.kind for envelope in link.received].count("run.resend") == 1
    [message] = (await hub.workers[0].services.conversations.messages(customer.actor, conversation_id)).items
    assert message.text == "abcd"


async def test_run_that_redis_could_not_keep_is_asked_for_again(
    hub: LiveHub, customer: Customer, conversation_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "STALLED_SECONDS", 0.01)
    streams = hub.workers[0].services.relay.streams
    append_all, failures = streams.append_all, 3

    async def append_later(events: Sequence[tuple[str, StreamEvent]]) -> Sequence[Appended]:
        nonlocal failures
        if any(event.is_last_of_run for _, event in events) and failures:
            failures -= 1
            raise RelayAway
        return await append_all(events)

    # Redis is gone for a command, and the subscription stands: nothing says later that it is back.
    monkeypatch.setattr(streams, "append_all", append_later)
    run = ScriptedRun(conversation_id)
    run.started()
    run.delta("whole")
    run.finished()
    async with daemon(hub.workers[0], customer.api_key) as link:
        for _ in range(failures + 1):
            for event in run.events:
                await link.send(event)
            if failures:
                resend = await link.next("run.resend")
                assert (resend.payload.run_id, resend.payload.from_seq) == (run.run_id, 1)
        await link.expect_ack(run.run_id, 3)
    [message] = (await hub.workers[0].services.conversations.messages(customer.actor, conversation_id)).items
    assert (message.text, message.status) == ("whole", "completed")


async def test_run_that_the_daemon_forgot_says_that_it_was_cut_off(
    hub: LiveHub, customer: Customer, conversation_id: str
) -> None:
    run = ScriptedRun(conversation_id)
    run.started()
    async with daemon(hub.workers[0], customer.api_key) as link:
        await link.send(run.events[0])
        await link.expect_ack(run.run_id, 1)
        await link.send(Rejected(id=run.run_id, code=ErrorCode.NOT_FOUND))
        await link.send(heartbeat())
        await link.send(ConfigApplied(version=1, is_applied=True), "obx1")
        await link.next("link.ack")
    [message] = (await hub.workers[0].services.conversations.messages(customer.actor, conversation_id)).items
    assert message.status == RunOutcome.INTERRUPTED
    assert "missing" in message.note


async def test_last_event_keeps_the_text_where_the_rest_cannot_be_sent_again(
    hub: LiveHub, customer: Customer, conversation_id: str
) -> None:
    run = ScriptedRun(conversation_id)
    run.started()
    run.delta("whole")
    run.finished()
    async with daemon(hub.workers[0], customer.api_key) as link:
        await link.send(run.events[2])
        await link.next("run.resend")
        await link.send(Rejected(id=run.run_id, code=ErrorCode.NOT_FOUND))
        await link.send(ConfigApplied(version=1, is_applied=True), "obx1")
        await link.next("link.ack")
    [message] = (await hub.workers[0].services.conversations.messages(customer.actor, conversation_id)).items
    assert (message.text, message.status) == ("whole", "completed")


async def test_newer_connection_takes_over_across_workers(hub: LiveHub, customer: Customer) -> None:
    async with daemon(hub.workers[0], customer.api_key) as older:
        await older.send(ConfigApplied(version=1, is_applied=True), "obx1")
        await older.next("link.ack")
        async with daemon(hub.workers[1], customer.api_key) as newer:
            assert await older.close_code() == CLOSE_TAKEN_OVER
            await newer.send(ConfigApplied(version=1, is_applied=True), "obx2")
            await newer.next("link.ack")
            assert await hub.workers[0].services.relay.presence.is_online(customer.tenant_id)


async def test_only_a_wake_that_says_so_has_a_link_look(
    hub: LiveHub, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = hub.workers[0].services
    link = link_module.Link(TenantIdentity(customer.tenant_id, "cus"), customer.api_key, services)
    link.link_id = "5"
    looks: list[float] = []

    async def look(_self: object, *_now: float) -> None:
        looks.append(time.monotonic())

    monkeypatch.setattr(Deliveries, "offer", look)
    monkeypatch.setattr(LinkDispatch, "offer_config", look)
    for wake, expected in ((link_taken("5"), 0), (link_taken("4"), 0), (LINK_CHECK, 2)):
        link.put(Signal("channel", wake))
        await asyncio.sleep(0)
        assert len(looks) == expected


async def test_tenant_goes_offline_with_its_link(hub: LiveHub, customer: Customer) -> None:
    presence = hub.workers[1].services.relay.presence
    async with daemon(hub.workers[0], customer.api_key) as link:
        await link.send(ConfigApplied(version=1, is_applied=True), "obx1")
        await link.next("link.ack")
        assert await presence.is_online(customer.tenant_id)

    async def is_offline() -> bool:
        return not await presence.is_online(customer.tenant_id)

    await eventually(is_offline)


async def test_older_config_is_brought_up_to_date_at_once(hub: LiveHub, customer: Customer) -> None:
    agents = hub.workers[1].services.agents
    async with daemon(hub.workers[0], customer.api_key, config_version=0) as link:
        first = await link.next("config.apply")
        assert len(first.payload.config.agents) == 5
        await link.send(ConfigApplied(version=first.payload.config.version, is_applied=True), "obx1")
        await agents.set_stopped(customer.actor, customer.tenant_id, "sales", True)
        second = await link.next("config.apply")
        assert second.payload.config.version == first.payload.config.version + 1
        assert second.id != first.id
        stopped = [agent.agent_id for agent in second.payload.config.agents if agent.is_stopped]
        assert stopped == ["sales"]


async def test_refused_config_is_not_offered_again_until_it_changes(hub: LiveHub, customer: Customer) -> None:
    agents = hub.workers[0].services.agents
    async with daemon(hub.workers[0], customer.api_key, config_version=0) as link:
        first = (await link.next("config.apply")).payload.config.version
        await link.send(ConfigApplied(version=first, is_applied=False, detail="no"), "obx1")
        await link.next("link.ack")
        assert await _refusal(hub, customer) == "no"
        await agents.set_stopped(customer.actor, customer.tenant_id, "sales", True)
        assert (await link.next("config.apply")).payload.config.version == first + 1
        await link.send(ConfigApplied(version=first + 1, is_applied=True), "obx2")
        await link.next("link.ack")
        assert await _refusal(hub, customer) == ""
    kinds = [envelope.payload.kind for envelope in link.received]
    assert kinds.count("config.apply") == 2


async def _refusal(hub: LiveHub, customer: Customer) -> str:
    view = await hub.workers[1].services.tenants.get(customer.actor, customer.tenant_id)
    return view.config_refusal


async def test_run_for_another_customers_conversation_is_refused(
    hub: LiveHub, customer: Customer, conversation_id: str
) -> None:
    other = await new_customer(hub.workers[0].services, "eve@other.example")
    run = ScriptedRun(conversation_id)
    run.started()
    async with daemon(hub.workers[1], other.api_key) as link:
        await link.send(run.events[0])
        refusal = await link.next("link.reject")
        assert (refusal.payload.id, refusal.payload.code) == (run.run_id, ErrorCode.NOT_FOUND)
    page = await hub.workers[0].services.conversations.messages(customer.actor, conversation_id)
    assert page.items == []


async def test_run_with_the_id_of_another_message_is_refused(
    hub: LiveHub, customer: Customer, conversation_id: str
) -> None:
    said = await hub.workers[0].services.conversations.send(customer.actor, conversation_id, "hello")
    run = ScriptedRun(conversation_id, run_id=said.id)
    run.started()
    async with daemon(hub.workers[1], customer.api_key) as link:
        await link.send(run.events[0])
        refusal = await link.next("link.reject")
        assert refusal.payload.code is ErrorCode.CONFLICT


async def test_what_is_no_envelope_closes_the_link(hub: LiveHub, customer: Customer) -> None:
    for frame in ("{", "[]", '{"payload":{"kind":"x"}', '{"id":"","payload":{}}', "null"):
        async with daemon(hub.workers[0], customer.api_key) as link:
            await link.connection.send(frame)
            assert (frame, await link.close_code()) == (frame, CLOSE_BAD_MESSAGE)


async def test_message_of_a_newer_daemon_is_refused_by_id_and_the_link_goes_on(
    hub: LiveHub, customer: Customer
) -> None:
    async with daemon(hub.workers[0], customer.api_key) as link:
        await link.connection.send(
            '{"id":"obx9","sent_at":"2026-11-21T09:00:00Z","payload":{"kind":"dream.told"}}'
        )
        refusal = await link.next("link.reject")
        assert (refusal.payload.id, refusal.payload.code) == ("obx9", ErrorCode.UNKNOWN_KIND)
        await link.send(ConfigApplied(version=1, is_applied=True), "obx10")
        await link.next("link.ack")


async def test_second_hello_and_old_version_are_told(hub: LiveHub, customer: Customer) -> None:
    async with daemon(hub.workers[0], customer.api_key) as link:
        await link.send(Hello(daemon_version="1", config_version=1))
        assert await link.close_code() == CLOSE_BAD_MESSAGE
    async with daemon(hub.workers[0], customer.api_key, hello=False) as link:
        await link.send(Hello(protocol_version=0, daemon_version="0", config_version=1))
        assert await link.close_code() == 4426


async def test_a_server_that_connects_all_the_time_is_told_to_wait(
    hub: LiveHub, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "CONNECTS_PER_MINUTE", 2)
    for _ in range(2):
        async with daemon(hub.workers[0], customer.api_key):
            pass
    async with daemon(hub.workers[1], customer.api_key, hello=False) as link:
        assert await link.close_code() == CLOSE_TRY_LATER


async def test_a_server_that_is_too_fast_is_slowed_down_and_loses_nothing(
    hub: LiveHub, customer: Customer, conversation_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "FRAMES_PER_SECOND", 100.0)
    monkeypatch.setattr(link_module, "FRAMES_AT_ONCE", 5.0)
    runs = [ScriptedRun(conversation_id, run_number) for run_number in (1, 2)]
    began = time.monotonic()
    async with daemon(hub.workers[0], customer.api_key) as link:
        for run in runs:
            run.started()
            for number in range(40):
                run.delta(f"{number} ")
            run.finished()
            for event in run.events:
                await link.send(event)
            await link.expect_ack(run.run_id, len(run.events))
    # What came at once is taken at once; before more is read, it is paid for.
    elapsed = time.monotonic() - began
    page = await hub.workers[1].services.conversations.messages(customer.actor, conversation_id)

    assert [message.text for message in page.items] == [run.text for run in runs]
    assert elapsed > 0.3
