"""What customers do with their agents: conversations, messages, approvals."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field, StrictInt

from letsbe_app.api.body import Body
from letsbe_app.api.dependencies import ChangingActor, CurrentActor, HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import IdempotentRoute
from letsbe_app.api.ids import Id
from letsbe_app.api.paging import Cursor, Limit, page_of
from letsbe_app.workforce.agents.budgets import Budget
from letsbe_app.workforce.agents.schemas import AgentChanges, AgentView
from letsbe_app.workforce.approvals.batches import MAX_BATCH
from letsbe_app.workforce.approvals.schemas import ApprovalView, BatchItem, BatchOutcome, Choice
from letsbe_app.workforce.changes import steps
from letsbe_app.workforce.changes.schemas import ChangeView, UndoOutcome, UndoPlan
from letsbe_app.workforce.changes.service import MOST_AT_ONCE
from letsbe_app.workforce.conversations.schemas import ConversationView, MessageView
from letsbe_app.workforce.usage.export import as_csv
from letsbe_app.workforce.usage.schemas import UsageReport, UsageSummary
from tenant_daemon.contracts.approvals import Verdict
from tenant_daemon.contracts.chat import MAX_ATTACHMENTS

router = APIRouter(prefix="/customer", tags=["workforce"], route_class=IdempotentRoute)


class StartConversation(Body):
    agent_id: str = Field(max_length=40)


class Say(Body):
    text: str = Field(max_length=100_000)
    message_id: str | None = Field(default=None, max_length=40)
    attachments: list[str] = Field(default_factory=list, max_length=MAX_ATTACHMENTS)
    """Ids of files that were uploaded for this message."""


class Decide(Body):
    verdict: Verdict
    deny_reason: str = Field(default="", max_length=500)
    edited_args: dict[str, object] | None = None
    remember_days: StrictInt | None = None
    call_digest: str = Field(default="", max_length=128)


class DecidedItem(Body):
    approval_id: str = Field(min_length=1, max_length=60)
    call_digest: str = Field(min_length=1, max_length=128)


class DecideAll(Body):
    items: list[DecidedItem] = Field(min_length=1, max_length=MAX_BATCH)
    verdict: Verdict
    deny_reason: str = Field(default="", max_length=500)


class UndoAll(Body):
    change_ids: list[Annotated[str, Field(min_length=1, max_length=60)]] = Field(
        min_length=1, max_length=MOST_AT_ONCE
    )


class ChangeAgent(Body):
    name: str | None = Field(default=None, min_length=1, max_length=60)
    soul_md: str | None = Field(default=None, max_length=20_000)
    tools: list[str] | None = Field(default=None, max_length=100, examples=[["file_read", "shell"]])
    level: StrictInt | None = None
    model: str | None = Field(default=None, min_length=1, max_length=120)
    unlocked_tools: list[str] | None = Field(default=None, max_length=100, examples=[["http"]])
    tier_floors: dict[str, StrictInt] | None = Field(default=None, max_length=100, examples=[{"shell": 3}])
    duty: str | None = Field(default=None, max_length=200)
    has_premium: bool | None = None
    parent_agent_id: str | None = Field(default=None, max_length=40)
    """For whom it works; empty for nobody."""
    budgets: list[Budget] | None = Field(default=None, max_length=4)


class SetStopped(Body):
    is_stopped: bool


@router.get("/tenants/{tenant_id}/agents")
async def list_agents(
    hub: HubServices, actor: CurrentActor, tenant_id: Id, cursor: Cursor = None, limit: Limit = None
) -> Answer[list[AgentView]]:
    """A server's agents."""
    page = page_of(await hub.agents.list(actor, tenant_id), lambda one: one.agent_id, cursor, limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.patch("/tenants/{tenant_id}/agents/{agent_id}")
async def change_agent(
    hub: HubServices, actor: ChangingActor, tenant_id: Id, agent_id: Id, body: ChangeAgent
) -> Answer[AgentView]:
    """Change an agent's settings; what is left out stays."""
    given = {name: getattr(body, name) for name in type(body).model_fields}
    changes = AgentChanges(**given)
    return answer(await hub.agents.update(actor, tenant_id, agent_id, changes))


@router.post("/tenants/{tenant_id}/agents/{agent_id}/stop")
async def stop_agent(
    hub: HubServices, actor: ChangingActor, tenant_id: Id, agent_id: Id, body: SetStopped
) -> Answer[AgentView]:
    """The agent's kill switch."""
    return answer(await hub.agents.set_stopped(actor, tenant_id, agent_id, body.is_stopped))


@router.get("/tenants/{tenant_id}/usage")
async def usage(hub: HubServices, actor: CurrentActor, tenant_id: Id) -> Answer[UsageSummary]:
    """A server's tokens of this month."""
    return answer(await hub.usage.summary(actor, tenant_id))


@router.get("/tenants/{tenant_id}/usage/report")
async def usage_report(hub: HubServices, actor: CurrentActor, tenant_id: Id) -> Answer[UsageReport]:
    """A server's tokens day by day, and against every budget that is in force."""
    return answer(await hub.usage.report(actor, tenant_id))


@router.get(
    "/tenants/{tenant_id}/usage/report.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "The table."}},
)
async def usage_table(hub: HubServices, actor: CurrentActor, tenant_id: Id) -> Response:
    """The same day by day for a spreadsheet: day, agent, model, tokens, cost in euros."""
    report = await hub.usage.report(actor, tenant_id)
    name = f"letsbe-usage-{report.since}-{report.until}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(as_csv(report.days), headers=headers, media_type="text/csv; charset=utf-8")


@router.get("/tenants/{tenant_id}/conversations")
async def list_conversations(
    hub: HubServices,
    actor: CurrentActor,
    tenant_id: Id,
    agent_id: Annotated[str | None, Query(max_length=40)] = None,
    cursor: Cursor = None,
    limit: Limit = None,
) -> Answer[list[ConversationView]]:
    """A server's conversations, newest first."""
    page = await hub.conversations.list(actor, tenant_id, agent_id=agent_id, cursor=cursor, limit=limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.post("/tenants/{tenant_id}/conversations", status_code=201)
async def start_conversation(
    hub: HubServices, actor: ChangingActor, tenant_id: Id, body: StartConversation
) -> Answer[ConversationView]:
    """Begin a thread with an agent."""
    return answer(await hub.conversations.start(actor, tenant_id, body.agent_id))


@router.get("/conversations/{conversation_id}")
async def get_conversation(
    hub: HubServices, actor: CurrentActor, conversation_id: Id
) -> Answer[ConversationView]:
    """One conversation."""
    return answer(await hub.conversations.get(actor, conversation_id))


@router.get("/conversations/{conversation_id}/messages")
async def list_messages(
    hub: HubServices,
    actor: CurrentActor,
    conversation_id: Id,
    before: Cursor = None,
    limit: Limit = None,
) -> Answer[list[MessageView]]:
    """The newest messages in reading order; watch the stream from ``meta.resume_after`` on."""
    page = await hub.conversations.messages(actor, conversation_id, before=before, limit=limit)
    return answer(page.items, next_cursor=page.next_cursor, resume_after=page.resume_after)


@router.post("/conversations/{conversation_id}/messages", status_code=201)
async def say(hub: HubServices, actor: ChangingActor, conversation_id: Id, body: Say) -> Answer[MessageView]:
    """Say something; the same ``message_id`` twice is one message."""
    message = await hub.conversations.send(
        actor, conversation_id, body.text, message_id=body.message_id, attachments=body.attachments
    )
    return answer(message)


@router.post("/conversations/{conversation_id}/stop")
async def stop(hub: HubServices, actor: ChangingActor, conversation_id: Id) -> Answer[None]:
    """Stop what the agent does in this conversation."""
    await hub.conversations.stop(actor, conversation_id)
    return answer(None)


@router.get("/approvals")
async def list_approvals(
    hub: HubServices,
    actor: CurrentActor,
    tenant_id: Annotated[str | None, Query(max_length=60)] = None,
    is_settled: bool = False,
    is_remembered: bool = False,
    cursor: Cursor = None,
    limit: Limit = None,
) -> Answer[list[ApprovalView]]:
    """What waits for a decision, or what is over, or what was allowed from then on; newest first."""
    ask = hub.approvals.list_settled if is_settled else hub.approvals.list_open
    if is_remembered:
        ask = hub.remembered.list
    page = await ask(actor, tenant_id, cursor=cursor, limit=limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.get("/approvals/{approval_id}")
async def get_approval(hub: HubServices, actor: CurrentActor, approval_id: Id) -> Answer[ApprovalView]:
    """One approval."""
    return answer(await hub.approvals.get(actor, approval_id))


@router.post("/approvals/{approval_id}/decision")
async def decide(
    hub: HubServices, actor: ChangingActor, approval_id: Id, body: Decide
) -> Answer[ApprovalView]:
    """Decide; the first decision wins, a second one is a conflict."""
    choice = Choice(**body.model_dump())
    return answer(await hub.approvals.decide(actor, approval_id, choice))


@router.post("/approvals/{approval_id}/withdrawal")
async def withdraw(hub: HubServices, actor: ChangingActor, approval_id: Id) -> Answer[ApprovalView]:
    """Have a call that was allowed from then on asked about again, as soon as the server has heard of it."""
    return answer(await hub.remembered.withdraw(actor, approval_id))


@router.post("/approvals/decisions")
async def decide_all(hub: HubServices, actor: ChangingActor, body: DecideAll) -> Answer[list[BatchOutcome]]:
    """Decide several that were shown together; each is bound to its own call, and some may fail."""
    items = [BatchItem(item.approval_id, item.call_digest) for item in body.items]
    return answer(await hub.approvals.decide_all(actor, items, body.verdict, body.deny_reason))


@router.get("/changes")
async def list_changes(
    hub: HubServices,
    actor: CurrentActor,
    tenant_id: Annotated[str | None, Query(max_length=60)] = None,
    conversation_id: Annotated[str | None, Query(max_length=60)] = None,
    cursor: Cursor = None,
    limit: Limit = None,
) -> Answer[list[ChangeView]]:
    """What agents changed; newest first."""
    page = await hub.changes.list(
        actor, tenant_id, conversation_id=conversation_id, cursor=cursor, limit=limit
    )
    return answer(page.items, next_cursor=page.next_cursor)


@router.get("/changes/{change_id}")
async def get_change(hub: HubServices, actor: CurrentActor, change_id: Id) -> Answer[ChangeView]:
    """One change."""
    return answer(await hub.changes.get(actor, change_id))


@router.post("/changes/{change_id}/undo")
async def undo_change(hub: HubServices, actor: ChangingActor, change_id: Id) -> Answer[ChangeView]:
    """Have a change put back; the server may refuse, which the change then says."""
    return answer(await hub.changes.undo(actor, change_id))


@router.get("/changes/{change_id}/step")
async def plan_undo(
    hub: HubServices, actor: CurrentActor, change_id: Id, *, whole_answer: bool = False
) -> Answer[UndoPlan]:
    """What undoing all that the change's call did would put back; or all that its agent did in the answer."""
    _, plan = await steps.plan_undo(
        hub.changes, hub.conversations, actor, change_id, is_whole_answer=whole_answer
    )
    return answer(plan)


@router.post("/changes/undo")
async def undo_changes(
    hub: HubServices, actor: ChangingActor, body: UndoAll
) -> Answer[Sequence[UndoOutcome]]:
    """Have several changes put back, the newest first; some may be refused, which their outcome says."""
    return answer(await hub.changes.undo_all(actor, body.change_ids))
