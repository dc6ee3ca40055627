"""Files on their way to a server: what may be sent, and when the hub forgets it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letsbe_app.composition import Services
from letsbe_app.errors import Conflict, InvalidInput, NotFound, RateLimited, TooLarge
from letsbe_app.people.authz.actor import Actor
from letsbe_app.workforce.attachments import service as module
from letsbe_app.workforce.attachments.schemas import BOX_OVERHEAD, MAX_NAME_LENGTH, NewAttachment, checked
from tenant_daemon.contracts.chat import MAX_ATTACHMENT_BYTES
from tests.support.hub import FakeClock

Outbox = Callable[[str], Awaitable[list[dict[str, Any]]]]
BOX = b"\x01" * (BOX_OVERHEAD + 5)


def an_id(number: int = 1) -> str:
    return f"att_{number:026d}"


async def upload(services: Services, owner: Actor, tenant_id: str, number: int = 1) -> str:
    new = NewAttachment(an_id(number), "invoice.pdf", 5)
    return (await services.attachments.upload(owner, tenant_id, new, BOX)).id


async def test_file_goes_with_a_message_and_is_forgotten_when_the_server_has_it(
    services: Services, owner: Actor, tenant_id: str, conversation_id: str, waiting: Outbox
) -> None:
    attachment_id = await upload(services, owner, tenant_id)
    with pytest.raises(NotFound):
        await services.attachments.box(tenant_id, attachment_id)
    sent = await services.conversations.send(owner, conversation_id, "Read this", attachments=[attachment_id])
    assert [file.name for file in sent.attachments] == ["invoice.pdf"]
    [order] = await waiting(tenant_id)
    assert order["attachments"] == [
        {
            "attachment_id": attachment_id,
            "name": "invoice.pdf",
            "media_type": "application/pdf",
            "size_bytes": 5,
        }
    ]
    assert await services.attachments.box(tenant_id, attachment_id) == BOX
    for _ in range(2):
        await services.attachments.taken(tenant_id, attachment_id)
    with pytest.raises(NotFound):
        await services.attachments.box(tenant_id, attachment_id)
    with pytest.raises(InvalidInput):
        await services.conversations.send(owner, conversation_id, "Again", attachments=[attachment_id])


async def test_file_is_of_its_server_and_its_sender(
    services: Services,
    owner: Actor,
    stranger: Actor,
    tenant_id: str,
    strange_tenant_id: str,
    conversation_id: str,
) -> None:
    attachment_id = await upload(services, owner, tenant_id)
    new = NewAttachment(attachment_id, "invoice.pdf", 5)
    with pytest.raises(NotFound):
        await services.attachments.upload(stranger, tenant_id, new, BOX)
    with pytest.raises(Conflict):
        await services.attachments.upload(stranger, strange_tenant_id, new, BOX)
    with pytest.raises(NotFound):
        await services.attachments.drop(stranger, strange_tenant_id, attachment_id)
    await services.conversations.send(owner, conversation_id, "Read this", attachments=[attachment_id])
    with pytest.raises(NotFound):
        await services.attachments.box(strange_tenant_id, attachment_id)
    with pytest.raises(NotFound):
        await services.attachments.taken(strange_tenant_id, attachment_id)


async def test_file_is_taken_once_and_can_be_dropped(
    services: Services, owner: Actor, tenant_id: str, conversation_id: str
) -> None:
    attachment_id = await upload(services, owner, tenant_id)
    assert await upload(services, owner, tenant_id) == attachment_id
    await services.attachments.drop(owner, tenant_id, attachment_id)
    with pytest.raises(InvalidInput):
        await services.conversations.send(owner, conversation_id, "Read", attachments=[attachment_id])


async def test_server_that_is_away_does_not_fill_the_hub(
    services: Services, owner: Actor, tenant_id: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_WAITING_BYTES", 7)
    await upload(services, owner, tenant_id)
    with pytest.raises(RateLimited):
        await upload(services, owner, tenant_id, 2)
    assert await services.attachments.drop_expired() == 0
    clock.advance(days=8)
    assert await services.attachments.drop_expired() == 1
    await upload(services, owner, tenant_id, 3)


@pytest.mark.parametrize(
    ("new", "box_bytes", "error"),
    [
        (NewAttachment("att_short", "a.pdf", 5), 54, InvalidInput),
        (NewAttachment(an_id(), "program.exe", 5), 54, InvalidInput),
        (NewAttachment(an_id(), ".pdf", 5), 54, InvalidInput),
        (NewAttachment(an_id(), "a.pdf", 0), 49, InvalidInput),
        (NewAttachment(an_id(), "a.pdf", 5), 53, InvalidInput),
        (NewAttachment(an_id(), "a.pdf", MAX_ATTACHMENT_BYTES + 1), 54, TooLarge),
        (NewAttachment(an_id(), "a.pdf", 5), MAX_ATTACHMENT_BYTES + BOX_OVERHEAD + 1, TooLarge),
    ],
)
def test_what_cannot_be_a_file_is_refused(new: NewAttachment, box_bytes: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        checked(new, box_bytes)


@given(st.text(max_size=400))
def test_names_are_plain(name: str) -> None:
    clean = checked(NewAttachment(an_id(), f"{name}x.pdf", 5), 5 + BOX_OVERHEAD).name
    assert clean.endswith(".pdf")
    assert len(clean) <= MAX_NAME_LENGTH
    assert not set(clean) & set("/\\\x00\n\u202e\u200b")
    assert not clean.startswith(".")


async def test_file_goes_along_when_its_message_is_said_again(
    services: Services, owner: Actor, tenant_id: str, conversation_id: str, waiting: Outbox
) -> None:
    attachment_id = await upload(services, owner, tenant_id)
    sent = await services.conversations.send(owner, conversation_id, "Read", attachments=[attachment_id])
    async with services.database.write() as session:
        await services.runs.refused(session, tenant_id, [sent.id])
    again = await services.turns.edit(owner, conversation_id, sent.id, "Read it")
    assert again.attachments == sent.attachments
    assert (await waiting(tenant_id))[-1]["attachments"][0]["attachment_id"] == attachment_id
    assert await services.attachments.box(tenant_id, attachment_id) == BOX
    await services.turns.delete(owner, conversation_id)
    with pytest.raises(NotFound):
        await services.attachments.box(tenant_id, attachment_id)
