"""One example of every wire message; the golden files hold them as they travel in each protocol version."""

from datetime import UTC, datetime

from tenant_daemon.contracts.approvals import (
    ApprovalCarriedOut,
    ApprovalDecided,
    ApprovalForgotten,
    ApprovalRequested,
    ApprovalSettledReport,
    ApprovalStatus,
    ApprovalWithdrawn,
    Verdict,
)
from tenant_daemon.contracts.audit import AuditHeadReported
from tenant_daemon.contracts.base import Message
from tenant_daemon.contracts.budget import BudgetPeriod, BudgetReached, TokenBudget
from tenant_daemon.contracts.changes import ChangeKind, ChangeRecorded, ChangeSettled, UndoRequested
from tenant_daemon.contracts.chat import (
    ApprovalSettled,
    ApprovalWaiting,
    AttachedFile,
    ConversationDeleted,
    MessageCleaned,
    RunAcknowledged,
    RunEvent,
    RunEventBody,
    RunFinished,
    RunOutcome,
    RunResend,
    RunStarted,
    SendMessage,
    StopRun,
    TextDelta,
    ToolFinished,
    ToolStarted,
)
from tenant_daemon.contracts.commands import ApplyConfig, ConfigApplied, KeyRenewalAsked
from tenant_daemon.contracts.config import AgentCleaned, AgentConfig, TenantConfig
from tenant_daemon.contracts.enrolment import EnrolmentGranted, EnrolmentRequest, KeyRenewed
from tenant_daemon.contracts.envelope import Acknowledged, Hello, HubEnvelope, Rejected, Welcome
from tenant_daemon.contracts.errors import ErrorCode
from tenant_daemon.contracts.health import ComponentHealth, Heartbeat
from tenant_daemon.contracts.notices import AgentHeldBack
from tenant_daemon.contracts.reports import ApprovalResponse, HeartbeatAnswer, HeartbeatReport
from tenant_daemon.contracts.secrets import (
    CanarySeen,
    RevealAsked,
    SecretAnswered,
    SecretChange,
    SecretChangeAsked,
    SecretProvided,
    SecretsListed,
    SecretSummary,
)
from tenant_daemon.contracts.tiers import AutonomyLevel, Tier
from tenant_daemon.contracts.usage import UsageBucket, UsageReported

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def run_event(seq: int, body: RunEventBody) -> RunEvent:
    """An event of the example run."""
    return RunEvent(run_id="run_1", conversation_id="cnv_1", run_number=3, seq=seq, created_at=AT, body=body)


CONFIG = TenantConfig(
    version=7,
    agents=[
        AgentConfig(
            agent_id="it-admin",
            name="Iris",
            soul_md="# Iris\n",
            tools=["shell", "http"],
            level=AutonomyLevel.FULL_AUTONOMY,
            model="complex",
            unlocked_tools=["http"],
            tier_floors={"shell": Tier.RED},
            is_stopped=True,
            parent_agent_id="dispatcher",
        )
    ],
    is_stopped=True,
    approval_ttl_seconds=3600,
    period_token_limit=8_000_000,
    budgets=[
        TokenBudget(
            period=BudgetPeriod.PLAN,
            tokens=8_000_000,
            agent_id="it-admin",
            with_sub_agents=True,
            plan_began_at=AT,
            applies_from=AT,
            applies_until=LATER,
        )
    ],
)

FROM_DAEMON: dict[str, Message] = {
    "canary_seen": CanarySeen(
        alarm_id="cny_1",
        name="old-pay-key",
        door="model request",
        seen_at=AT,
        agent_id="sales",
        conversation_id="cnv_1",
    ),
    "secret_answered": SecretAnswered(request_id="sec_1", is_done=True, sealed="AQID"),
    "secrets_listed": SecretsListed(
        secrets=[
            SecretSummary(
                name="shop-key",
                secret_kind="api_key",
                version=2,
                note="the shop",
                changed_at=AT,
                changed_by="user:usr_1",
                used_at=LATER,
                used_by="agent:sales",
                told_tool="PostgreSQL",
                is_unsettled=True,
            )
        ],
        is_cut=True,
        sealing_public_key="cHVibGlj",
    ),
    "budget_reached": BudgetReached(
        percent=80,
        agent_id="it-admin",
        period=BudgetPeriod.MONTH,
        period_began_at=AT,
        budget_tokens=1_000,
        used_tokens=812,
        note="Iris has used 80 % of the tokens for this month.",
        reached_at=LATER,
    ),
    "hello": Hello(protocol_version=1, daemon_version="0.1.0", config_version=7, link_number=8),
    "acknowledged": Acknowledged(ids=["obx_1", "obx_2"]),
    "rejected": Rejected(id="run_1", code=ErrorCode.NOT_FOUND, detail="the run is not kept here"),
    "heartbeat": Heartbeat(
        daemon_version="0.1.0",
        openclaw_version="2026.9.6",
        config_version=7,
        is_ready=True,
        components=[ComponentHealth(name="proxy", is_healthy=False, detail="no answer")],
        cpu_percent=12.5,
        memory_used_bytes=1,
        memory_total_bytes=2,
        disk_used_bytes=3,
        disk_total_bytes=4,
        audit_head="ab",
        audit_count=5,
        outbox_depth=6,
    ),
    "run_started": run_event(1, RunStarted(agent_id="it-admin", in_reply_to="msg_1")),
    "run_delta": run_event(2, TextDelta(text="There are ")),
    "run_tool_started": run_event(3, ToolStarted(tool_call_id="call_1", tool_name="shell", summary="df -h")),
    "run_approval_waiting": run_event(4, ApprovalWaiting(tool_call_id="call_1", approval_id="apr_1")),
    "run_approval_settled": run_event(
        5, ApprovalSettled(tool_call_id="call_1", approval_id="apr_1", verdict="approved")
    ),
    "run_tool_finished": run_event(
        6,
        ToolFinished(
            tool_call_id="call_1",
            status="executed",
            tier="GREEN",
            is_external=True,
            reason="only reads",
            output="20 GB",
        ),
    ),
    "run_finished": run_event(
        7,
        RunFinished(outcome=RunOutcome.INTERRUPTED, text="There are ", note="A restart.", is_practice=True),
    ),
    "approval_requested": ApprovalRequested(
        approval_id="apr_1",
        conversation_id="cnv_1",
        agent_id="it-admin",
        tool_call_id="call_1",
        tool_name="shell",
        tier=Tier.RED,
        is_external=True,
        summary="Delete the folder drafts",
        reason="It removes files.",
        risk="They cannot be brought back.",
        argv=["rm", "-r", "drafts"],
        tool_args={"command": "rm -r drafts"},
        diff="-a\n",
        call_digest="00",
        created_at=AT,
        expires_at=LATER,
    ),
    "approval_settled": ApprovalSettledReport(
        approval_id="apr_1", status=ApprovalStatus.DENIED, decided_by="usr_1", detail="no", settled_at=AT
    ),
    "approval_carried_out": ApprovalCarriedOut(
        approval_id="apr_1", status="failed", detail="Exit code 1.", changed_to="rm -r old", ended_at=AT
    ),
    "approval_forgotten": ApprovalForgotten(approval_id="apr_1", forgotten_at=AT),
    "usage_reported": UsageReported(
        buckets=[
            UsageBucket(
                hour=AT,
                agent_id="it-admin",
                model="m",
                revision=2,
                prompt_tokens=10,
                completion_tokens=5,
                cached_tokens=4,
                request_count=1,
                estimated_count=1,
            )
        ]
    ),
    "config_applied": ConfigApplied(version=7, is_applied=False, detail="an agent is named twice"),
    "change_recorded": ChangeRecorded(
        change_id="chg_2",
        conversation_id="cnv_1",
        agent_id="it-admin",
        tool_call_id="call_1",
        change=ChangeKind.MOVED,
        path="notes.md",
        moved_from="draft.md",
        setting="PORT",
        diff="-a\n+b\n",
        undoes="chg_1",
        made_by="usr_1",
        can_undo=False,
        created_at=AT,
        undo_until=LATER,
    ),
    "change_settled": ChangeSettled(
        change_id="chg_1",
        is_undone=False,
        detail="It was changed since.",
        is_final=False,
        requested_by="usr_1",
        settled_at=AT,
    ),
    "audit_head": AuditHeadReported(
        count=2,
        head="ab" * 32,
        since_count=1,
        since_head="cd" * 32,
        signed_at=AT,
        public_key="AAAA",
        signature="BBBB",
    ),
    "message_cleaned": MessageCleaned(
        message_id="msg_1", conversation_id="cnv_1", text="The login is [REDACTED:password]."
    ),
    "agent_cleaned": AgentCleaned(agent_id="sales", soul_md="The login is SECRET_REF(shop-key)."),
    "agent_held_back": AgentHeldBack(
        agent_id="it-admin",
        conversation_id="cnv_1",
        told="made the same call 21 times in 5 minutes",
        held_at=AT,
    ),
}

FROM_HUB: dict[str, Message] = {
    "reveal_asked": RevealAsked(
        request_id="sec_1", name="shop-key", public_key="cHVibGlj", asked_by="usr_1", expires_at=LATER
    ),
    "secret_change_asked": SecretChangeAsked(
        request_id="sec_1", name="shop-key", change=SecretChange.ROTATE, asked_by="usr_1", expires_at=LATER
    ),
    "secret_provided": SecretProvided(
        request_id="sec_1",
        name="shop-key",
        secret_kind="api_key",
        note="the shop",
        is_new=False,
        sealed="AQID",
        asked_by="usr_1",
        expires_at=LATER,
    ),
    "welcome": Welcome(protocol_version=1, tenant_id="ten_1", server_time=AT),
    "acknowledged": Acknowledged(ids=["out_1"]),
    "rejected": Rejected(id="out_1", code=ErrorCode.BAD_MESSAGE, detail="payload: missing"),
    "send_message": SendMessage(
        message_id="msg_1",
        conversation_id="cnv_1",
        agent_id="it-admin",
        text="How much disk is left?",
        takes_back=["run_1"],
        attachments=[
            AttachedFile(
                attachment_id="att_00000000000000000000000001",
                name="invoice.pdf",
                media_type="application/pdf",
                size_bytes=1_024,
            )
        ],
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ),
    "stop_run": StopRun(conversation_id="cnv_1"),
    "conversation_deleted": ConversationDeleted(conversation_id="cnv_1", agent_id="it-admin"),
    "run_acknowledged": RunAcknowledged(run_id="run_1", seq=7),
    "run_resend": RunResend(run_id="run_1", from_seq=2),
    "approval_withdrawn": ApprovalWithdrawn(approval_id="apr_1", withdrawn_by="usr_1"),
    "approval_decided": ApprovalDecided(
        approval_id="apr_1",
        verdict=Verdict.EDIT_AND_APPROVE,
        decided_by="usr_1",
        deny_reason="not now",
        edited_args={"command": "ls"},
        remember_until=LATER,
    ),
    "apply_config": ApplyConfig(config=CONFIG),
    "undo_requested": UndoRequested(change_id="chg_1", requested_by="usr_1"),
    "key_renewal_asked": KeyRenewalAsked(),
}

OVER_HTTP: dict[str, Message] = {
    "enrolment_request": EnrolmentRequest(
        token="lbe_example-token-of-no-server",
        daemon_version="0.1.0",
        openclaw_version="2026.9.6",
        protocol_version=1,
        sealing_public_key="AAAA",
    ),
    "enrolment_granted": EnrolmentGranted(
        tenant_id="ten_1", api_key="lbt_example-key-of-no-server", link_url="wss://hub.example/link"
    ),
    "heartbeat_report": HeartbeatReport(
        daemon_version="0.1.0", openclaw_version="2026.9.6", config_version=7, is_ready=True, taken=["out_1"]
    ),
    "heartbeat_answer": HeartbeatAnswer(
        config_version=8,
        commands=[HubEnvelope(id="out_2", sent_at=AT, payload=StopRun(conversation_id="cnv_1"))],
        server_time=AT,
    ),
    "approval_response": ApprovalResponse(
        approval_id="apr_1",
        status=ApprovalStatus.PENDING,
        decision=ApprovalDecided(approval_id="apr_1", verdict=Verdict.APPROVE, decided_by="usr_1"),
    ),
    "key_renewed": KeyRenewed(api_key="lbt_example-key-of-no-server"),
}
