"""What becomes of the hub's messages, with the wrapper's real HTTP door played by a small server."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tenant_daemon.contracts.approvals import ApprovalDecided, Verdict
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.changes import UndoRequested
from tenant_daemon.contracts.chat import ConversationDeleted, SendMessage, StopRun
from tenant_daemon.contracts.commands import ApplyConfig, ConfigApplied, KeyRenewalAsked
from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.contracts.secrets import SecretChange, SecretChangeAsked
from tenant_daemon.hub_client import dispatch
from tenant_daemon.hub_client.applied_config import AppliedConfig, ConfigRefused
from tenant_daemon.hub_client.dispatch import Dispatcher
from tenant_daemon.hub_client.inbox import InboxPayload, Incoming
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.hub_client.secrets import SecretRequest
from tenant_daemon.hub_client.sessions import ChatSession
from tenant_daemon.hub_client.wrapper_client import WrapperClient
from tenant_daemon.kit.backoff import Backoff
from tenant_daemon.kit.http_server import serve_on
from tests.support.sockets import listening_socket
from tests.support.waiting import eventually

DECISION = ApprovalDecided(approval_id="apr1", verdict=Verdict.DENY, decided_by="usr1", deny_reason="no")


LATER = utc_now() + timedelta(minutes=5)


class _Chat:
    def __init__(self) -> None:
        self.messages: list[Incoming] = []
        self.stopped: list[str] = []
        self.forgotten: list[tuple[str, str]] = []

    def on_message(self, message: Incoming) -> None:
        self.messages.append(message)

    async def stop(self, conversation_id: str) -> None:
        self.stopped.append(conversation_id)

    async def forget(self, conversation_id: str, agent_id: str) -> None:
        self.forgotten.append((conversation_id, agent_id))


@dataclass
class _Wrapper:
    statuses: list[int] = field(default_factory=list)
    """Answers to give before it says 200."""
    requests: list[tuple[str, Any]] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer wrapper-token"
        self.requests.append((request.url.path, await request.json()))
        return JSONResponse({}, self.statuses.pop(0) if self.statuses else 200)


class _Answered:
    """Requests about secrets that were answered."""

    def __init__(self) -> None:
        self.requests: list[SecretRequest] = []
        self.cleaned: list[str] = []

    async def clean(self, said: SendMessage) -> None:
        self.cleaned.append(said.message_id)

    async def take(self, request: SecretRequest) -> None:
        self.requests.append(request)


@dataclass
class _Desk:
    store: LinkStore
    chat: _Chat
    wrapper: _Wrapper
    config: AppliedConfig
    dispatcher: Dispatcher
    answered: _Answered
    config_changes: int = 0
    key_renewals: int = 0
    checked: list[int] = field(default_factory=list)
    may_check: asyncio.Event = field(default_factory=asyncio.Event)
    refusal: str = ""

    def accept(self, message_id: str, payload: InboxPayload) -> None:
        message = self.store.inbox.accept(message_id, payload)
        assert message is not None
        self.dispatcher.on_message(message)

    async def until_done(self) -> None:
        """Wait for every task that the messages set off."""
        mine = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not mine and task.get_name() == "work"]
        async with asyncio.timeout(30):
            await asyncio.gather(*tasks)


class _Tasks:
    """A task group that names its tasks."""

    def create_task(self, work: Any) -> "asyncio.Task[None]":
        return asyncio.create_task(work, name="work")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[_Desk]:
    store, chat, played = LinkStore(tmp_path / "link.db"), _Chat(), _Wrapper()
    config = AppliedConfig(tmp_path / "config.json")
    listener = listening_socket()
    app = Starlette(routes=[Route("/{path:path}", played.take, methods=["POST"])])
    server = asyncio.create_task(serve_on(listener, app))

    async def on_config() -> None:
        desk.config_changes += 1

    async def renew_key() -> None:
        desk.key_renewals += 1

    async def check(config: TenantConfig) -> None:
        desk.checked.append(config.version)
        await desk.may_check.wait()
        if desk.refusal:
            raise ConfigRefused(desk.refusal)

    async with WrapperClient(listener.getsockname()[1], "wrapper-token") as wrapper:
        answered = _Answered()
        dispatcher = Dispatcher(
            store,
            chat,
            wrapper,
            config,
            check,
            on_config,
            _Tasks(),  # type: ignore[arg-type]
            answered.take,
            renew_key,
            answered.clean,
        )
        desk = _Desk(store, chat, played, config, dispatcher, answered)
        desk.may_check.set()
        yield desk
    server.cancel()
    await asyncio.gather(server, return_exceptions=True)


def _reports(desk: _Desk) -> list[ConfigApplied]:
    return [
        ConfigApplied.model_validate_json(message.payload)
        for message in desk.store.waiting(after=0, limit=10)
    ]


def _config(version: int, *names: str) -> TenantConfig:
    return TenantConfig(version=version, agents=[AgentConfig(agent_id=name, name=name) for name in names])


async def test_message_goes_to_the_chat_and_stays_in_the_inbox(desk: _Desk) -> None:
    desk.accept("m1", SendMessage(message_id="msg1", conversation_id="c", agent_id="sales", text="hi"))
    assert [message.id for message in desk.chat.messages] == ["m1"]
    await desk.until_done()
    assert desk.answered.cleaned == ["msg1"]
    assert desk.store.inbox.pending_count() == 1


async def test_what_a_message_takes_back_asks_no_more(desk: _Desk) -> None:
    desk.wrapper.statuses = [503]
    said = SendMessage(
        message_id="m", conversation_id="cnv1", agent_id="sales", text="rather not", takes_back=["run_1"]
    )
    desk.accept("obx1", said)
    (message,) = desk.chat.messages
    await eventually(lambda: len(desk.wrapper.requests) == 2)
    body = {"conversation_id": "cnv1", "asked_at": message.received_at.isoformat()}
    assert desk.wrapper.requests == [("/api/v1/conversations/cancel", body)] * 2
    assert desk.chat.messages == [message]
    # A restart may have come between, so it is called off once more; the chat sees to its messages itself.
    desk.dispatcher.restore()
    await eventually(lambda: len(desk.wrapper.requests) == 3)
    assert desk.chat.messages == [message]


async def test_stop_is_done_when_the_chat_has_stopped(desk: _Desk) -> None:
    desk.accept("m1", StopRun(conversation_id="cnv1"))
    await desk.until_done()
    assert desk.chat.stopped == ["cnv1"]
    assert desk.store.inbox.pending_count() == 0


@pytest.mark.parametrize(
    "payload",
    [StopRun(conversation_id="cnv1"), ConversationDeleted(conversation_id="cnv1", agent_id="sales")],
    ids=["stopped", "deleted"],
)
async def test_what_a_conversation_asked_is_called_off_until_the_wrapper_has_it(
    desk: _Desk, payload: InboxPayload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "_RETRY_CAP_SECONDS", 0.01)
    before = utc_now()
    desk.store.inbox.accept("m1", payload)
    after = utc_now()
    desk.wrapper.statuses = [503]
    # As after a restart of the link: what is called off is what there was when the wish came.
    desk.dispatcher.restore()
    await desk.until_done()

    (path, body), again = desk.wrapper.requests
    assert (path, body) == again
    assert (path, body["conversation_id"]) == ("/api/v1/conversations/cancel", "cnv1")
    assert before <= datetime.fromisoformat(body["asked_at"]) <= after
    assert desk.store.inbox.pending_count() == 0


async def test_decision_is_repeated_until_the_wrapper_has_it(
    desk: _Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "_RETRY_CAP_SECONDS", 0.01)
    desk.wrapper.statuses = [503, 500]
    desk.accept("m1", DECISION)
    await desk.until_done()
    sent = ("/api/v1/approvals/apr1/decision", DECISION.model_dump(mode="json"))
    assert desk.wrapper.requests == [sent] * 3
    assert desk.store.inbox.pending_count() == 0


@pytest.mark.parametrize("status", [409, 404, 422])
async def test_decision_that_came_too_late_is_not_repeated(desk: _Desk, status: int) -> None:
    desk.wrapper.statuses = [status]
    desk.accept("m1", DECISION)
    await desk.until_done()
    assert len(desk.wrapper.requests) == 1
    assert desk.store.inbox.pending_count() == 0


async def test_configuration_is_applied_and_told(desk: _Desk) -> None:
    desk.accept("m1", ApplyConfig(config=_config(3, "sales")))
    await desk.until_done()
    desk.accept("m2", ApplyConfig(config=_config(2, "old")))
    await desk.until_done()
    assert desk.config.current == _config(3, "sales")
    assert _reports(desk) == [ConfigApplied(version=3, is_applied=True)]
    assert desk.config_changes == 1


async def test_refused_configuration_leaves_the_last_good_one(desk: _Desk) -> None:
    desk.accept("m1", ApplyConfig(config=_config(3, "sales")))
    await desk.until_done()
    desk.accept("m2", ApplyConfig(config=_config(4, "sales", "sales")))
    await desk.until_done()
    assert desk.config.version == 3
    (report,) = _reports(desk)
    assert (report.version, report.is_applied) == (4, False)


async def test_configuration_that_openclaw_refuses_is_not_taken_over(desk: _Desk) -> None:
    desk.accept("m1", ApplyConfig(config=_config(3, "sales")))
    await desk.until_done()
    desk.refusal = "It cannot work with these settings."
    desk.accept("m2", ApplyConfig(config=_config(4, "sales", "it-admin")))
    await desk.until_done()
    assert desk.config.current == _config(3, "sales")
    assert _reports(desk) == [ConfigApplied(version=4, is_applied=False, detail=desk.refusal)]
    assert (desk.config_changes, desk.store.inbox.pending_count()) == (1, 0)


async def test_kill_switch_waits_for_no_check(desk: _Desk) -> None:
    desk.accept("m1", ApplyConfig(config=_config(3, "sales", "it-admin")))
    await desk.until_done()
    desk.may_check.clear()
    desk.refusal = "No."
    stopped = AgentConfig(agent_id="sales", name="new name", is_stopped=True)
    desk.accept("m2", ApplyConfig(config=TenantConfig(version=4, agents=[stopped], is_stopped=True)))
    await eventually(lambda: desk.checked == [3, 4])
    assert (desk.config.version, desk.config_changes) == (3, 2)
    held = desk.config.current
    assert held is not None
    assert held.is_stopped
    assert [(agent.name, agent.is_stopped) for agent in held.agents] == [("sales", True), ("it-admin", False)]
    desk.may_check.set()
    await desk.until_done()
    assert desk.config.current == held


async def test_late_refusal_of_an_older_configuration_is_not_told(desk: _Desk) -> None:
    desk.may_check.clear()
    desk.refusal = "No."
    desk.accept("m1", ApplyConfig(config=_config(3, "sales")))
    await eventually(lambda: desk.checked == [3])
    desk.config.apply(_config(4, "sales"))
    desk.may_check.set()
    await desk.until_done()
    assert _reports(desk) == []


async def test_restart_does_what_was_left_undone(desk: _Desk) -> None:
    desk.store.inbox.accept("m1", StopRun(conversation_id="cnv1"))
    desk.store.inbox.accept(
        "m2", SendMessage(message_id="msg1", conversation_id="c", agent_id="sales", text="hi")
    )
    desk.dispatcher.restore()
    await desk.until_done()
    assert desk.chat.stopped == ["cnv1"]
    assert desk.chat.messages == []


async def test_undos_are_done_in_the_order_in_which_they_came(
    desk: _Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "Backoff", lambda **_: Backoff(uniform=lambda _low, _high: 0.0))
    # The newest first: an older change of the same file cannot be put back before it.
    desk.wrapper.statuses = [503]
    for number in (3, 2, 1):
        desk.accept(f"out_{number}", UndoRequested(change_id=f"chg_{number}", requested_by="usr1"))
    await desk.until_done()

    asked = [path.split("/")[-2] for path, _ in desk.wrapper.requests]
    assert asked == ["chg_3", "chg_3", "chg_2", "chg_1"]
    assert desk.store.inbox.pending() == []


async def test_wrapper_is_told_of_a_stopped_session(desk: _Desk) -> None:
    await desk.dispatcher._wrapper.cancel(ChatSession("sales", "cnv1"))
    assert desk.wrapper.requests == [("/api/v1/sessions/cancel", {"session_id": "agent:sales:c-cnv1"})]


async def test_request_about_a_secret_is_answered_and_then_done(desk: _Desk) -> None:
    request = SecretChangeAsked(
        request_id="sec_1", name="shop-key", change=SecretChange.ROTATE, asked_by="usr1", expires_at=LATER
    )
    desk.accept("out_9", request)
    await desk.until_done()

    assert desk.answered.requests == [request]
    assert desk.store.inbox.pending() == []


async def test_a_wish_for_a_new_key_is_carried_out_once(desk: _Desk) -> None:
    for _ in range(2):
        message = desk.store.inbox.accept("out_key", KeyRenewalAsked())
        if message is not None:
            desk.dispatcher.on_message(message)
    async with asyncio.timeout(30):
        while desk.store.inbox.pending():  # noqa: ASYNC110  # one turn of the loop
            await asyncio.sleep(0)

    assert desk.key_renewals == 1


async def test_deleted_conversation_is_forgotten(desk: _Desk) -> None:
    desk.accept("obx1", ConversationDeleted(conversation_id="cnv1", agent_id="sales"))
    await desk.until_done()
    assert desk.chat.forgotten == [("cnv1", "sales")]
    assert desk.store.inbox.pending() == []
