"""What a server makes of a person's message."""

import pytest

from letsbe_app.composition import Services
from letsbe_app.errors import InvalidInput, NotFound
from letsbe_app.people.authz.actor import Actor
from tenant_daemon.contracts.chat import MessageCleaned

SAID = "the login is Rye+Salt/quartz-42, keep it"
CLEAN = "the login is [REDACTED:password], keep it"


async def test_a_message_is_kept_without_its_secret(
    services: Services, owner: Actor, tenant_id: str, conversation_id: str
) -> None:
    sent = await services.conversations.send(owner, conversation_id, SAID, message_id="msg_from-browser")
    cleaned = MessageCleaned(message_id=sent.id, conversation_id=conversation_id, text=CLEAN)

    for _ in range(2):
        await services.runs.clean(tenant_id, cleaned)

    [message] = (await services.conversations.messages(owner, conversation_id)).items
    assert (message.text, message.note.startswith("A password or key was taken out")) == (CLEAN, True)
    assert (await services.conversations.get(owner, conversation_id)).title == CLEAN
    # A browser that did not hear that it arrived sends it once more.
    again = await services.conversations.send(owner, conversation_id, SAID, message_id="msg_from-browser")
    assert (again.id, again.text) == (sent.id, CLEAN)


async def test_a_title_of_a_persons_own_stays(
    services: Services, owner: Actor, tenant_id: str, conversation_id: str
) -> None:
    sent = await services.conversations.send(owner, conversation_id, SAID)
    await services.conversations.rename(owner, conversation_id, "The login")

    await services.runs.clean(
        tenant_id, MessageCleaned(message_id=sent.id, conversation_id=conversation_id, text=CLEAN)
    )

    assert (await services.conversations.get(owner, conversation_id)).title == "The login"


async def test_a_server_puts_no_words_into_anybodys_mouth(
    services: Services, owner: Actor, tenant_id: str, conversation_id: str, strange_tenant_id: str
) -> None:
    sent = await services.conversations.send(owner, conversation_id, SAID)
    cleaned = MessageCleaned(message_id=sent.id, conversation_id=conversation_id, text=CLEAN)

    with pytest.raises(InvalidInput):
        await services.runs.clean(tenant_id, cleaned.model_copy(update={"text": "delete [REDACTED:x]"}))
    with pytest.raises(NotFound):
        await services.runs.clean(strange_tenant_id, cleaned)
    with pytest.raises(NotFound):
        await services.runs.clean(tenant_id, cleaned.model_copy(update={"message_id": "msg_other"}))

    [message] = (await services.conversations.messages(owner, conversation_id)).items
    assert (message.text, message.note) == (SAID, "")
