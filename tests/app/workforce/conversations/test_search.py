"""Finding what was said, though the database holds only sealed text."""

from typing import Any

import pytest

from letsbe_app.composition import Services
from letsbe_app.errors import InvalidInput, NotFound
from letsbe_app.kit.pagination import Page
from letsbe_app.people.authz.actor import Actor
from letsbe_app.workforce.conversations import search as module


async def said(services: Services, actor: Actor, tenant_id: str, *texts: str) -> str:
    conversation = await services.conversations.start(actor, tenant_id, "dispatcher")
    for text in texts:
        await services.conversations.send(actor, conversation.id, text)
    return conversation.id


async def test_all_the_words_must_stand_in_one_message(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    cake = await said(services, owner, tenant_id, "Hello", "Two marzipan cakes\nfor Mrs Lind on Friday")
    await said(services, owner, tenant_id, "cakes", "for Mrs Lind")

    page = await services.conversations.search(owner, tenant_id, "LIND  cakes")
    assert [(hit.conversation.id, hit.excerpt) for hit in page.items] == [
        (cake, "Two marzipan cakes for Mrs Lind on Friday")
    ]
    assert page.next_cursor is None


async def test_a_title_is_found_too(services: Services, owner: Actor, tenant_id: str) -> None:
    found = await said(services, owner, tenant_id, "Hello")
    await services.conversations.rename(owner, found, "Advent newsletter")
    (hit,) = (await services.conversations.search(owner, tenant_id, "advent")).items
    assert (hit.conversation.title, hit.message_id, hit.excerpt) == (
        "Advent newsletter",
        None,
        "Advent newsletter",
    )


async def test_long_text_shows_the_words_with_what_is_around_them(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    await said(services, owner, tenant_id, f"{'before ' * 60}the marzipan {'after ' * 60}")
    (hit,) = (await services.conversations.search(owner, tenant_id, "marzipan")).items
    assert hit.excerpt.startswith("…")
    assert hit.excerpt.endswith("…")
    assert "the marzipan after" in hit.excerpt
    assert len(hit.excerpt) < 150


async def test_pages_lead_through_everything_and_end(
    services: Services, owner: Actor, tenant_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_READ_AT_MOST", 4)
    monkeypatch.setattr(module, "_CONVERSATIONS_AT_ONCE", 2)
    wanted = [await said(services, owner, tenant_id, f"cake {number}") for number in range(3)]
    for number in range(4):
        await said(services, owner, tenant_id, f"bread {number}")

    found, cursor, calls = [], None, 0
    while True:
        page = await services.conversations.search(owner, tenant_id, "cake", cursor=cursor, limit=2)
        found += [hit.conversation.id for hit in page.items]
        calls += 1
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert found == wanted[::-1]
    assert 1 < calls < 10


async def test_it_ends_where_a_step_ends_with_the_last_conversation(
    services: Services, owner: Actor, tenant_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = iter(range(3))
    read_on = module.repository.recent

    async def recent(*args: Any) -> Any:
        next(steps)  # Raises where there are more: a search without an end could not be cancelled.
        return await read_on(*args)

    monkeypatch.setattr(module, "_CONVERSATIONS_AT_ONCE", 2)
    monkeypatch.setattr(module.repository, "recent", recent)
    for number in range(4):
        await said(services, owner, tenant_id, f"bread {number}")

    assert await services.conversations.search(owner, tenant_id, "cake") == Page([], None)


async def test_nothing_is_found_on_a_server_of_somebody_else(
    services: Services, owner: Actor, stranger: Actor, tenant_id: str
) -> None:
    await said(services, owner, tenant_id, "marzipan")
    with pytest.raises(NotFound):
        await services.conversations.search(stranger, tenant_id, "marzipan")


@pytest.mark.parametrize("words", ["", "  ", "x" * 201])
async def test_unusable_words_are_refused(
    services: Services, owner: Actor, tenant_id: str, words: str
) -> None:
    with pytest.raises(InvalidInput):
        await services.conversations.search(owner, tenant_id, words)


async def test_empty_server_ends_at_once(services: Services, owner: Actor, tenant_id: str) -> None:
    page = await services.conversations.search(owner, tenant_id, "anything")
    assert (page.items, page.next_cursor) == ([], None)
