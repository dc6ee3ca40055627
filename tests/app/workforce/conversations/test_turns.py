"""Going back in a conversation, and deleting it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from letsbe_app.composition import Services
from letsbe_app.db.models import UserRole
from letsbe_app.errors import Conflict, Forbidden, InvalidInput, NotFound
from letsbe_app.people.authz.actor import Actor
from letsbe_app.relay.event_id import EventId
from letsbe_app.relay.stream import StreamEvent
from tenant_daemon.contracts.chat import RunEvent, RunFinished, RunOutcome, RunStarted
from tests.support.hub import database_text

Outbox = Callable[[str], Awaitable[list[dict[str, object]]]]


class Talk:
    """Questions and finished answers of one conversation."""

    def __init__(self, services: Services, owner: Actor, tenant_id: str, conversation_id: str) -> None:
        self.services, self.owner = services, owner
        self.tenant_id, self.conversation_id = tenant_id, conversation_id
        self.runs = 0

    async def ask(self, text: str) -> str:
        return (await self.services.conversations.send(self.owner, self.conversation_id, text)).id

    async def begin(self, question_id: str | None) -> str:
        self.runs += 1
        body = RunStarted(agent_id="dispatcher", in_reply_to=question_id)
        await self.services.runs.begin(self.tenant_id, self.event(self.runs, 1, body), body)
        return f"run_{self.runs}"

    async def end(self, text: str) -> None:
        body = RunFinished(outcome=RunOutcome.COMPLETED, text=text)
        await self.services.runs.finish(self.tenant_id, self.event(self.runs, 2, body), body, [])

    async def turn(self, question: str, answer: str) -> tuple[str, str]:
        """Ids of a question and its answer."""
        question_id = await self.ask(question)
        run_id = await self.begin(question_id)
        await self.end(answer)
        return question_id, run_id

    def event(self, run: int, seq: int, body: RunStarted | RunFinished) -> RunEvent:
        return RunEvent(
            run_id=f"run_{run}",
            conversation_id=self.conversation_id,
            run_number=run,
            seq=seq,
            created_at="2026-11-21T12:00:00Z",
            body=body,
        )

    async def texts(self) -> list[str]:
        page = await self.services.conversations.messages(self.owner, self.conversation_id)
        return [message.text for message in page.items]


@pytest.fixture
def talk(services: Services, owner: Actor, tenant_id: str, conversation_id: str) -> Talk:
    return Talk(services, owner, tenant_id, conversation_id)


async def test_edited_message_takes_back_what_came_after_it(talk: Talk, waiting: Outbox) -> None:
    await talk.turn("one", "first")
    second, _ = await talk.turn("two", "second")
    await talk.turn("three", "third")
    said = await talk.services.turns.edit(talk.owner, talk.conversation_id, second, "two, better")
    assert await talk.texts() == ["one", "first", "two, better"]
    sent = (await waiting(talk.tenant_id))[-1]
    assert (sent["message_id"], sent["text"], sent["takes_back"]) == (
        said.id,
        "two, better",
        ["run_2", "run_3"],
    )


async def test_answer_is_given_anew(talk: Talk, waiting: Outbox) -> None:
    await talk.turn("one", "first")
    _, answer = await talk.turn("two", "second")
    again = talk.services.turns.regenerate
    said = await again(talk.owner, talk.conversation_id, answer, new_id="msg_chosen-once")
    assert await talk.texts() == ["one", "first", "two"]
    assert (await waiting(talk.tenant_id))[-1]["takes_back"] == ["run_2"]
    count = len(await waiting(talk.tenant_id))
    with pytest.raises(NotFound):
        await again(talk.owner, talk.conversation_id, answer, new_id="msg_chosen-twice")
    assert said.status == "waiting"
    assert len(await waiting(talk.tenant_id)) == count


async def test_edit_sent_twice_is_one(talk: Talk, waiting: Outbox) -> None:
    question, _ = await talk.turn("one", "first")
    edit = talk.services.turns.edit
    first = await edit(talk.owner, talk.conversation_id, question, "better", new_id="msg_chosen-once")
    again = await edit(talk.owner, talk.conversation_id, question, "better", new_id="msg_chosen-once")
    assert again == first
    assert len(await waiting(talk.tenant_id)) == 2


async def test_nothing_is_taken_back_while_the_agent_is_at_work(talk: Talk) -> None:
    question = await talk.ask("one")
    edit = talk.services.turns.edit
    with pytest.raises(Conflict):
        await edit(talk.owner, talk.conversation_id, question, "better")
    await talk.begin(question)
    with pytest.raises(Conflict):
        await edit(talk.owner, talk.conversation_id, question, "better")
    assert await talk.texts() == ["one", ""]


async def test_what_the_agent_said_by_itself_is_not_asked_again(talk: Talk) -> None:
    run_id = await talk.begin(None)
    await talk.end("By the way")
    with pytest.raises(InvalidInput):
        await talk.services.turns.regenerate(talk.owner, talk.conversation_id, run_id)
    with pytest.raises(NotFound):
        await talk.services.turns.edit(talk.owner, talk.conversation_id, run_id, "mine")


async def test_answer_that_was_taken_back_does_not_come_again(talk: Talk) -> None:
    question, _ = await talk.turn("one", "first")
    await talk.services.turns.edit(talk.owner, talk.conversation_id, question, "better")
    await talk.end("first")
    assert await talk.texts() == ["better"]
    page = await talk.services.conversations.messages(talk.owner, talk.conversation_id)
    assert page.resume_after == "2-0"


async def test_deleted_conversation_is_gone_here_and_on_the_server(talk: Talk, waiting: Outbox) -> None:
    await talk.turn("Who bakes?", "Ada bakes.")
    streams = talk.services.relay.streams
    await streams.append(talk.conversation_id, StreamEvent(EventId(1, 1), "run_1", {"type": "started"}))
    await talk.services.turns.delete(talk.owner, talk.conversation_id)
    with pytest.raises(NotFound):
        await talk.texts()
    assert (await waiting(talk.tenant_id))[-1] == {
        "kind": "chat.forget",
        "conversation_id": talk.conversation_id,
        "agent_id": "dispatcher",
    }
    assert await streams.read(talk.conversation_id, EventId(0, 0)) == []
    assert "ChatMessage" not in await database_text(talk.services)
    with pytest.raises(NotFound):
        await talk.services.turns.delete(talk.owner, talk.conversation_id)


async def test_only_the_owner_takes_back_what_others_wrote(talk: Talk) -> None:
    question, answer = await talk.turn("one", "first")
    turns, other = talk.services.turns, replace(talk.owner, user_id="usr_other", role=UserRole.MEMBER)
    with pytest.raises(Forbidden):
        await turns.edit(other, talk.conversation_id, question, "something else")
    with pytest.raises(Forbidden):
        await turns.regenerate(other, talk.conversation_id, answer)
    author = replace(talk.owner, role=UserRole.MEMBER)
    await turns.edit(author, talk.conversation_id, question, "one, better")
    assert await talk.texts() == ["one, better"]


async def test_only_the_owner_deletes_what_others_wrote(talk: Talk, stranger: Actor) -> None:
    await talk.ask("mine")
    member = replace(talk.owner, user_id="usr_other", role=UserRole.MEMBER)
    with pytest.raises(Forbidden):
        await talk.services.turns.delete(member, talk.conversation_id)
    with pytest.raises(NotFound):
        await talk.services.turns.delete(stranger, talk.conversation_id)
    reader = replace(talk.owner, role=UserRole.READ_ONLY)
    with pytest.raises(Forbidden):
        await talk.services.turns.delete(reader, talk.conversation_id)
    await talk.services.turns.delete(replace(talk.owner, role=UserRole.MEMBER), talk.conversation_id)
