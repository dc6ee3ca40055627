"""Conversations as people see them."""

from collections.abc import Awaitable, Callable

import pytest

from letsbe_app.composition import Services
from letsbe_app.errors import Conflict, InvalidInput, NotFound, RateLimited, TooLarge
from letsbe_app.people.authz.actor import Actor
from letsbe_app.workforce.conversations import sending as module
from tests.support.hub import FakeClock

Outbox = Callable[[str], Awaitable[list[dict[str, object]]]]


async def test_message_waits_for_the_server_and_names_the_conversation(
    services: Services, owner: Actor, tenant_id: str, conversation_id: str, waiting: Outbox
) -> None:
    sent = await services.conversations.send(owner, conversation_id, "  How much disk\nis left?  ")
    assert (sent.position, sent.role, sent.status, sent.text) == (
        1,
        "user",
        "waiting",
        "How much disk\nis left?",
    )
    assert await waiting(tenant_id) == [
        {
            "kind": "chat.send",
            "message_id": sent.id,
            "conversation_id": conversation_id,
            "agent_id": "dispatcher",
            "text": "How much disk\nis left?",
            "takes_back": [],
            "attachments": [],
            "traceparent": "",
        }
    ]
    assert (await services.conversations.get(owner, conversation_id)).title == "How much disk"


async def test_double_click_is_one_message(
    services: Services, owner: Actor, tenant_id: str, conversation_id: str, waiting: Outbox
) -> None:
    send = services.conversations.send
    first = await send(owner, conversation_id, "hello", message_id="msg_from-browser")
    again = await send(owner, conversation_id, "hello", message_id="msg_from-browser")
    assert again == first
    assert len(await waiting(tenant_id)) == 1
    with pytest.raises(Conflict):
        await send(owner, conversation_id, "something else", message_id="msg_from-browser")


async def test_an_id_on_somebody_elses_server_is_in_use(
    services: Services, owner: Actor, stranger: Actor, conversation_id: str, strange_tenant_id: str
) -> None:
    theirs = await services.conversations.start(stranger, strange_tenant_id, "dispatcher")
    await services.conversations.send(stranger, theirs.id, "hello", message_id="msg_from-browser")
    with pytest.raises(Conflict):
        await services.conversations.send(owner, conversation_id, "hello", message_id="msg_from-browser")


async def test_unusable_message_is_refused(services: Services, owner: Actor, conversation_id: str) -> None:
    cases: list[tuple[str, str | None, type[Exception]]] = [
        (" \n ", None, InvalidInput),
        ("x" * 32_001, None, TooLarge),
        ("hello", "short", InvalidInput),
        ("hello", "../../../etc", InvalidInput),
    ]
    for text, message_id, error in cases:
        with pytest.raises(error):
            await services.conversations.send(owner, conversation_id, text, message_id=message_id)


async def test_outbox_of_a_server_is_bounded(
    services: Services, owner: Actor, conversation_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_WAITING", 2)
    for text in ("one", "two"):
        await services.conversations.send(owner, conversation_id, text)
    with pytest.raises(RateLimited):
        await services.conversations.send(owner, conversation_id, "three")


async def test_stop_goes_out_behind_the_message(
    services: Services, owner: Actor, tenant_id: str, conversation_id: str, waiting: Outbox
) -> None:
    await services.conversations.send(owner, conversation_id, "hello")
    await services.conversations.stop(owner, conversation_id)
    assert [payload["kind"] for payload in await waiting(tenant_id)] == ["chat.send", "chat.stop"]


async def test_messages_are_paged_from_the_newest_in_reading_order(
    services: Services, owner: Actor, conversation_id: str
) -> None:
    for number in range(1, 8):
        await services.conversations.send(owner, conversation_id, str(number))
    pages, cursor = [], None
    while True:
        page = await services.conversations.messages(owner, conversation_id, before=cursor, limit=3)
        pages.append([message.text for message in page.items])
        cursor = page.next_cursor
        if cursor is None:
            break
    assert pages == [["5", "6", "7"], ["2", "3", "4"], ["1"]]
    assert page.resume_after == "1-0"


async def test_conversations_are_paged_by_their_newest_message(
    services: Services, owner: Actor, tenant_id: str, clock: FakeClock
) -> None:
    ids = []
    for agent_id in ("sales", "dispatcher", "sales", "marketing", "sales"):
        clock.advance(seconds=1)
        ids.append((await services.conversations.start(owner, tenant_id, agent_id)).id)
    clock.advance(seconds=1)
    await services.conversations.send(owner, ids[0], "back to the first")
    first = await services.conversations.list(owner, tenant_id, limit=2)
    second = await services.conversations.list(owner, tenant_id, limit=2, cursor=first.next_cursor)
    third = await services.conversations.list(owner, tenant_id, limit=2, cursor=second.next_cursor)
    seen = [view.id for page in (first, second, third) for view in page.items]
    assert seen == [ids[0], ids[4], ids[3], ids[2], ids[1]]
    assert third.next_cursor is None
    of_sales = await services.conversations.list(owner, tenant_id, agent_id="sales")
    assert [view.id for view in of_sales.items] == [ids[0], ids[4], ids[2]]


async def test_forged_cursor_is_refused(services: Services, owner: Actor, tenant_id: str) -> None:
    for cursor in (
        "x",
        "2026-11-21~",
        "2026-11-21T09:00:00~cnv_1",
        "~cnv",
        "2026-11-21T09:00:00+00:00~\0",
        "0001-01-01T00:00:00+23:00~cnv_1",
    ):
        with pytest.raises(InvalidInput):
            await services.conversations.list(owner, tenant_id, cursor=cursor)


async def test_stranger_finds_nothing(
    services: Services, stranger: Actor, tenant_id: str, conversation_id: str
) -> None:
    conversations = services.conversations
    for call in (
        conversations.list(stranger, tenant_id),
        conversations.start(stranger, tenant_id, "sales"),
        conversations.get(stranger, conversation_id),
        conversations.messages(stranger, conversation_id),
        conversations.send(stranger, conversation_id, "hello"),
        conversations.stop(stranger, conversation_id),
    ):
        with pytest.raises(NotFound):
            await call


async def test_no_conversation_with_an_agent_that_is_not_there(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    with pytest.raises(NotFound):
        await services.conversations.start(owner, tenant_id, "astrologer")
