"""The local door over its real socket."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.handovers import HandoverRefused
from tenant_daemon.hub_client.local_door import (
    LinkAway,
    LinkRefused,
    ask_colleague,
    knock,
    read_status,
    tell_agent,
)
from tenant_daemon.hub_client.local_server import build_local_app
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.hub_client.sessions import ChatSession
from tenant_daemon.kit.http_server import serve_on
from tenant_daemon.kit.unix_address import bind_private
from tenant_daemon.local_tokens import local_token, token_path


@dataclass
class _Link:
    home: TenantHome
    knocks: int = 0
    asked: list[tuple[str, ChatSession, str]] = field(default_factory=list)
    answer: "asyncio.Future[str]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    began: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        self.knocks += 1

    async def ask(self, from_agent: str, session: ChatSession, message: str) -> str:
        self.asked.append((from_agent, session, message))
        self.began.set()
        try:
            return await self.answer
        except asyncio.CancelledError:
            self.stopped.set()
            raise


@pytest.fixture
def home(tmp_path: Path) -> TenantHome:
    home = TenantHome(tmp_path)
    home.create()
    return home


@pytest.fixture
async def link(home: TenantHome) -> AsyncIterator[_Link]:
    link = _Link(home)
    app = build_local_app(link.wake, lambda: {"is_ready": True}, link.ask, local_token(home, "link"))
    task = asyncio.create_task(serve_on(bind_private(home.link_socket), app))
    yield link
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _ask(home: TenantHome) -> str:
    return await ask_colleague(home, "it-admin", "sales", "cnv1", "What is sold?", "call_1.abc")


async def test_knock_is_heard(link: _Link) -> None:
    await knock(link.home)
    assert link.knocks == 1


async def test_status_is_told(link: _Link) -> None:
    assert await read_status(link.home) == {"is_ready": True}


async def test_nobody_without_the_token_is_heard(link: _Link) -> None:
    token_path(link.home, "link").write_text("another")

    await knock(link.home)
    with pytest.raises(LinkAway, match="401"):
        await read_status(link.home)
    with pytest.raises(LinkRefused, match="token"):
        await _ask(link.home)

    assert (link.knocks, link.asked) == (0, [])


async def test_colleague_is_asked(link: _Link) -> None:
    link.answer.set_result("Ten boxes.")
    assert await _ask(link.home) == "Ten boxes."
    assert link.asked == [("it-admin", ChatSession("sales", "cnv1", "call_1.abc"), "What is sold?")]


async def test_refusal_is_told_in_its_words(link: _Link) -> None:
    link.answer.set_exception(HandoverRefused("There is no colleague sales on this server."))
    with pytest.raises(LinkRefused, match="no colleague sales"):
        await _ask(link.home)


async def test_wish_that_cannot_be_used_is_refused(link: _Link) -> None:
    with pytest.raises(LinkRefused, match="to_agent"):
        await ask_colleague(link.home, "it-admin", "../x", "cnv1", "hi", "call_1")


async def test_colleague_is_stopped_when_the_caller_hangs_up(link: _Link) -> None:
    asking = asyncio.create_task(_ask(link.home))
    await link.began.wait()
    asking.cancel()
    async with asyncio.timeout(30):
        await link.stopped.wait()


async def test_link_that_is_away(home: TenantHome) -> None:
    await knock(home)
    with pytest.raises(LinkAway):
        await _ask(home)
    with pytest.raises(LinkAway):
        await read_status(home)


async def test_follow_up_is_kept_even_while_the_link_is_away(home: TenantHome) -> None:
    await tell_agent(home, "agent:it-admin:c-cnv1", "It was approved.")
    (follow_up,) = LinkStore(home.link_db).follow_ups.waiting()
    assert (follow_up.session, follow_up.text) == (ChatSession("it-admin", "cnv1"), "It was approved.")
    with pytest.raises(ValueError, match="not a chat session"):
        await tell_agent(home, "agent:main:main", "x")


async def test_link_that_fails_over_a_question_is_away(link: _Link) -> None:
    link.answer.set_exception(RuntimeError("a fault of ours"))
    with pytest.raises(LinkAway, match="500"):
        await _ask(link.home)
