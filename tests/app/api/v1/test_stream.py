"""The browser's stream with real sockets, Redis and SQLite, and two workers."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from letsbe_app.api.live.frames import CLOSE_BAD_MESSAGE, CLOSE_NOT_SIGNED_IN
from letsbe_app.relay import Topic
from tests.support.live_hub import (
    Customer,
    LiveHub,
    ScriptedRun,
    daemon,
    live_hub,
    new_customer,
    tab,
)
from tests.support.redis import running_redis


@pytest.fixture
async def hub(tmp_path: Path, redis_url: str, database_url: str) -> AsyncIterator[LiveHub]:
    async with live_hub(tmp_path / "data", redis_url, workers=2, database_url=database_url) as running:
        yield running


@pytest.fixture
async def customer(hub: LiveHub) -> Customer:
    return await new_customer(hub.workers[0].services)


@pytest.fixture
async def conversation_id(hub: LiveHub, customer: Customer) -> str:
    services = hub.workers[0].services
    return (await services.conversations.start(customer.actor, customer.tenant_id, "dispatcher")).id


async def test_answer_streams_to_tabs_of_both_workers(
    hub: LiveHub, customer: Customer, conversation_id: str
) -> None:
    first, second = hub.workers
    async with (
        daemon(first, customer.api_key) as link,
        tab(first, customer.session_token) as here,
        tab(second, customer.session_token) as there,
    ):
        for one in (here, there):
            await one.watch(conversation_id)
            await one.send(type="ping")
            await one.next(type="pong")
        run = ScriptedRun(conversation_id)
        await link.send(run.started())
        for word in ("It", "is", "42 G,", "all", "well."):
            await link.send(run.delta(word + " "))
        await link.send(run.finished())
        for one in (here, there):
            last = await one.finished(run.run_id)
            assert one.text(run.run_id) == run.text
            assert last["body"]["text"] == run.text
            assert "gap" not in one.types()


async def test_tab_resumes_by_id_at_another_worker(
    hub: LiveHub, customer: Customer, conversation_id: str
) -> None:
    run = ScriptedRun(conversation_id)
    async with daemon(hub.workers[0], customer.api_key) as link:
        async with tab(hub.workers[0], customer.session_token) as before:
            await before.watch(conversation_id)
            await link.send(run.started())
            await link.send(run.delta("one "))
            last = await before.until(lambda frame: before.text(run.run_id) == "one ")
        await link.send(run.delta("two "))
        await link.expect_ack(run.run_id, 3)
        async with tab(hub.workers[1], customer.session_token) as after:
            await after.watch(conversation_id, last["id"])
            await link.send(run.delta("three"))
            await link.send(run.finished())
            await after.finished(run.run_id)
    assert before.text(run.run_id) + after.text(run.run_id) == run.text
    assert "gap" not in after.types()


async def test_rest_and_stream_join_without_gap_or_double(
    hub: LiveHub, customer: Customer, conversation_id: str
) -> None:
    conversations = hub.workers[0].services.conversations
    done, running = ScriptedRun(conversation_id, 1), ScriptedRun(conversation_id, 2)
    async with daemon(hub.workers[0], customer.api_key) as link:
        for event in (done.started(), done.delta("old"), done.finished(), running.started()):
            await link.send(event)
        await link.send(running.delta("new "))
        await link.expect_ack(running.run_id, 2)
        page = await conversations.messages(customer.actor, conversation_id)
        assert [(message.status, message.text) for message in page.items] == [
            ("completed", "old"),
            ("streaming", ""),
        ]
        async with tab(hub.workers[1], customer.session_token) as one:
            await one.watch(conversation_id, page.resume_after)
            await link.send(running.delta("words"))
            await link.send(running.finished())
            await one.finished(running.run_id)
    assert one.text(done.run_id) == ""
    assert one.text(running.run_id) == "new words"
    page = await conversations.messages(customer.actor, conversation_id)
    assert page.resume_after == "3-0"


@pytest.mark.slow
async def test_redis_killed_in_the_middle_is_refilled_and_the_tab_goes_on(
    tmp_path: Path, database_url: str
) -> None:
    with running_redis() as redis:
        async with live_hub(tmp_path / "data", redis.url, workers=2, database_url=database_url) as hub:
            services = hub.workers[0].services
            customer = await new_customer(services)
            conversation = await services.conversations.start(customer.actor, customer.tenant_id, "sales")
            run = ScriptedRun(conversation.id)
            async with (
                daemon(hub.workers[0], customer.api_key) as link,
                tab(hub.workers[1], customer.session_token) as one,
            ):
                await one.watch(conversation.id)
                await link.send(run.started())
                await link.send(run.delta("before "))
                await link.expect_ack(run.run_id, 2)
                await one.until(lambda _frame: one.text(run.run_id) == "before ")
                redis.kill()
                # Dropped, since Redis is away; asked for again once it is back.
                await link.send(run.delta("during "))
                redis.start()
                resend = await link.next("run.resend")
                assert (resend.payload.run_id, resend.payload.from_seq) == (run.run_id, 1)
                for event in run.events:
                    await link.send(event)
                await link.send(run.delta("after"))
                await link.send(run.finished())
                await link.expect_ack(run.run_id, 5)
                await one.finished(run.run_id)
                assert one.text(run.run_id) == "before during after"
                assert "gap" not in one.types()
                assert {"type": "wake", "topic": "resumed", "id": ""} in one.frames
            [message] = (await services.conversations.messages(customer.actor, conversation.id)).items
            assert (message.status, message.text) == ("completed", "before during after")


async def test_events_that_are_gone_are_said_to_be_missing(
    hub: LiveHub, customer: Customer, conversation_id: str, redis_url: str
) -> None:
    run, later = ScriptedRun(conversation_id, 1), ScriptedRun(conversation_id, 2)
    relay = hub.workers[0].services.relay
    async with daemon(hub.workers[0], customer.api_key) as link:
        for event in (run.started(), run.delta("lost"), run.finished()):
            await link.send(event)
        await link.expect_ack(run.run_id, 3)
        await relay._redis.flushall()
        await link.send(later.started())
        await link.send(later.finished())
        await link.expect_ack(later.run_id, 2)
        async with tab(hub.workers[0], customer.session_token) as one:
            await one.watch(conversation_id, "1-1")
            await one.finished(later.run_id)
            assert one.frames[0] == {
                "type": "gap",
                "conversation_id": conversation_id,
                "run_id": run.run_id,
            }


async def test_lost_end_of_an_answer_that_is_committed_is_said_at_once(
    hub: LiveHub, customer: Customer, conversation_id: str
) -> None:
    run = ScriptedRun(conversation_id)
    async with daemon(hub.workers[0], customer.api_key) as link:
        for event in (run.started(), run.delta("lost"), run.finished()):
            await link.send(event)
        await link.expect_ack(run.run_id, 3)
    await hub.workers[0].services.relay._redis.flushall()
    for after in ("1-0", "1-2"):
        async with tab(hub.workers[0], customer.session_token) as one:
            await one.watch(conversation_id, after)
            assert (await one.next(type="gap"))["run_id"] == run.run_id


async def test_deltas_that_come_at_once_arrive_together(
    hub: LiveHub, customer: Customer, conversation_id: str
) -> None:
    run = ScriptedRun(conversation_id)
    async with daemon(hub.workers[0], customer.api_key) as link:
        await link.send(run.started())
        for number in range(300):
            await link.send(run.delta(f"{number} "))
        await link.send(run.finished())
        await link.expect_ack(run.run_id, 302)
        async with tab(hub.workers[1], customer.session_token) as one:
            await one.watch(conversation_id)
            await one.finished(run.run_id)
    assert one.text(run.run_id) == run.text
    assert len(one.frames) < 20


async def test_wakes_arrive_across_workers(hub: LiveHub, customer: Customer, conversation_id: str) -> None:
    async with tab(hub.workers[0], customer.session_token) as one:
        await one.send(type="ping")
        await one.next(type="pong")
        publisher = hub.workers[1].services.relay.publisher
        await publisher.announce(customer.actor.customer_id, Topic.PROVISIONING, "ord_1")
        assert await one.next(type="wake") == {"type": "wake", "topic": "provisioning", "id": "ord_1"}
        await hub.workers[1].services.conversations.send(customer.actor, conversation_id, "hello")
        assert (await one.next(topic="conversation"))["id"] == conversation_id


async def test_another_customers_conversation_answers_as_not_found(
    hub: LiveHub, customer: Customer, conversation_id: str
) -> None:
    eve = await new_customer(hub.workers[0].services, "eve@other.example")
    run = ScriptedRun(conversation_id)
    async with (
        daemon(hub.workers[0], customer.api_key) as link,
        tab(hub.workers[0], eve.session_token) as one,
    ):
        for wanted in (conversation_id, "cnv_never"):
            await one.watch(wanted)
            assert await one.next(type="error") == {
                "type": "error",
                "code": "not_found",
                "conversation_id": wanted,
            }
        await link.send(run.started())
        await link.send(run.finished())
        await link.expect_ack(run.run_id, 2)
        await one.send(type="ping")
        await one.next(type="pong")
    assert [frame["type"] for frame in one.frames] == ["error", "error", "pong"]


async def test_foreign_origin_gets_no_handshake(hub: LiveHub, customer: Customer) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with tab(hub.workers[0], customer.session_token, origin="https://evil.example"):
            pass
    assert refused.value.response.status_code == 403


async def test_without_a_session_the_close_code_says_so(hub: LiveHub) -> None:
    async with tab(hub.workers[0], "nonsense") as one:
        async with asyncio.timeout(30):
            await one.connection.wait_closed()
        assert one.connection.close_code == CLOSE_NOT_SIGNED_IN


async def test_sign_out_ends_the_stream(hub: LiveHub, customer: Customer) -> None:
    services = hub.workers[1].services
    async with tab(hub.workers[0], customer.session_token) as one:
        await one.send(type="ping")
        await one.next(type="pong")
        await services.accounts.sign_out(customer.actor)
        await services.relay.publisher.announce(
            customer.actor.customer_id, Topic.SESSION, customer.actor.session_id
        )
        async with asyncio.timeout(30):
            await one.connection.wait_closed()
        assert one.connection.close_code == CLOSE_NOT_SIGNED_IN


async def test_what_is_no_frame_closes_the_stream(hub: LiveHub, customer: Customer) -> None:
    frames: list[str | bytes] = [
        "{",
        '{"type":"shout"}',
        '{"type":"watch","conversation_id":"c","after":"x"}',
        '{"type":"watch"}',
        b"\x00",
        "9" * 5_000,
    ]
    for frame in frames:
        async with tab(hub.workers[0], customer.session_token) as one:
            await one.connection.send(frame)
            async with asyncio.timeout(30):
                await one.connection.wait_closed()
            assert (frame[:40], one.connection.close_code) == (frame[:40], CLOSE_BAD_MESSAGE)


async def test_watching_too_much_is_refused(hub: LiveHub, customer: Customer) -> None:
    conversations = hub.workers[0].services.conversations
    async with tab(hub.workers[0], customer.session_token) as one:
        for _ in range(17):
            row = await conversations.start(customer.actor, customer.tenant_id, "sales")
            await one.watch(row.id)
        assert (await one.next(type="error"))["code"] == "too_many_watches"
