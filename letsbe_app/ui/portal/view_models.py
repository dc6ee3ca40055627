"""What the frame of the portal and the approval cards on its pages show."""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from letsbe_app.db.models import TenantStatus
from letsbe_app.fleet.tenants.schemas import TenantView
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, is_allowed
from letsbe_app.ui import routes
from letsbe_app.ui.diffs import Diff, diff_of
from letsbe_app.ui.portal.call_parts import CallPart, parts_of
from letsbe_app.ui.portal.editing import can_edit
from letsbe_app.ui.text import texts
from letsbe_app.workforce.approvals.batches import fits_batch, group_key
from letsbe_app.workforce.approvals.schemas import ApprovalView
from tenant_daemon.contracts.approvals import Verdict
from tenant_daemon.contracts.hidden import with_hidden_shown

_MOVING: Final = {TenantStatus.PROVISIONING, TenantStatus.FAILED}


@dataclass(frozen=True)
class Frame:
    """State of the customer's server, as every page shows it."""

    email: str = ""
    is_visit: bool = False
    """Support looks in, with the owner's word."""
    can_manage: bool = False
    """Whether this person may change agents and servers. What they may not do is not offered."""
    can_decide: bool = False
    """Whether this person may decide what agents ask."""
    is_reader: bool = False
    """Whether this person may read conversations and not write in them."""
    tenant_id: str = ""
    server_name: str = ""
    has_server: bool = False
    is_online: bool = False
    last_seen_at: str = ""
    """The server's last sign of life; empty where there was none yet."""
    is_ready: bool = False
    is_stopped: bool = False
    is_practice: bool = False
    has_alarm: bool = False
    """A planted secret turned up, and nobody has looked into it."""
    notice: str = ""
    """An agent was held back, in one sentence."""
    has_audit_alarm: bool = False
    """The server's record of what was done does not continue what it sent before."""
    vault_trouble: str = ""
    """Why the vault is locked and what to do; empty while it is open."""
    is_disk_full: bool = False
    """Nothing can be written on the server, so it does nothing."""
    model_trouble: str = ""
    """What the provider of the language model says while it does not answer; empty while it does."""
    why_quiet: str = ""
    """Why an answer does not go on, where that is known."""
    set_up_path: str = ""
    """Where a server that is being set up can be watched; empty when there is none."""
    has_set_up_failed: bool = False


@dataclass(frozen=True)
class ApprovalCard:
    """An approval as its card shows it, hidden characters made visible."""

    id: str
    agent_id: str
    agent_name: str
    summary: str
    reason: str
    risk: str
    tier: str
    is_external: bool
    is_critical: bool
    command: str
    """The exact argv as one line that a shell would read the same way; empty when it is no command."""
    diff: Diff
    call: str
    """The call as the agent wrote it, where neither a command nor lines that change show it all."""
    parts: tuple[CallPart, ...]
    """The same taken apart."""
    conversation_id: str
    created_at: str
    expires_at: str
    status: str
    is_open: bool
    can_edit: bool
    settled_at: str
    decided_by: str
    call_digest: str
    group: str
    """Cards with the same text are alike; empty where a card must be looked at alone."""
    was_reminded: bool
    note: str
    """Why it was refused, or what the server says about how it ended."""
    changed_to: str
    """What was done instead, where a person changed it; known once it has run."""
    was_changed: bool
    remembered_until: str
    """Until when it runs without asking; empty when it asks."""
    is_being_withdrawn: bool


def frame_of(actor: Actor, tenants: Sequence[TenantView]) -> Frame:
    """The frame for a customer with these servers: it is about the newest one that works."""
    newest_first = sorted(tenants, key=lambda tenant: tenant.id, reverse=True)
    working = next((tenant for tenant in newest_first if tenant.status == TenantStatus.ACTIVE), None)
    moving = next((tenant for tenant in newest_first[:1] if tenant.status in _MOVING), None)
    frame = Frame(
        email=actor.email,
        is_visit=actor.visit_id is not None,
        can_manage=_may(actor, Permission.MANAGE),
        can_decide=_may(actor, Permission.APPROVE),
        is_reader=not _may(actor, Permission.CHAT),
        set_up_path=routes.provisioning(moving.order_id) if moving else "",
        has_set_up_failed=moving is not None and moving.status == TenantStatus.FAILED,
    )
    if working is None:
        return frame
    return replace(
        frame,
        tenant_id=working.id,
        server_name=working.name,
        has_server=True,
        is_online=working.is_online,
        last_seen_at=working.last_seen_at.isoformat() if working.last_seen_at else "",
        is_ready=working.is_ready,
        is_stopped=working.is_stopped,
        is_practice=working.is_practice,
        vault_trouble=texts().common.vault_detail(working.vault_trouble) if working.vault_trouble else "",
        is_disk_full=working.is_disk_full,
        model_trouble=working.model_trouble,
        why_quiet=_why_quiet(working),
    )


def _why_quiet(tenant: TenantView) -> str:
    t = texts().chat
    if tenant.is_disk_full:
        return texts().common.disk_full
    if not tenant.is_online:
        return t.quiet_away
    if tenant.model_trouble:
        return t.quiet_trouble
    return t.quiet_model if tenant.is_model_silent else ""


def _may(actor: Actor, permission: Permission) -> bool:
    return actor.visit_id is None and is_allowed(actor.role, permission)


def approval_card(approval: ApprovalView, agent_names: Mapping[str, str]) -> ApprovalCard:
    """The card of an approval."""
    command = shlex.join(approval.argv)
    diff = diff_of(approval.diff)
    is_call = not command and not diff.counts
    return ApprovalCard(
        id=approval.id,
        agent_id=approval.agent_id,
        agent_name=agent_names.get(approval.agent_id, approval.agent_id),
        summary=with_hidden_shown(approval.summary),
        reason=with_hidden_shown(approval.reason),
        risk=with_hidden_shown(approval.risk),
        tier=approval.tier,
        is_external=approval.is_external,
        is_critical=approval.tier == "CRITICAL_RED",
        command=with_hidden_shown(command),
        diff=diff,
        call=with_hidden_shown(_call_text(approval)) if is_call else "",
        parts=tuple(map(_shown_part, parts_of(approval.tool_args))) if is_call else (),
        conversation_id=approval.conversation_id or "",
        created_at=approval.created_at.isoformat(),
        expires_at=approval.expires_at.isoformat(),
        status=_shown_status(approval),
        is_open=approval.is_open,
        can_edit=approval.is_open and can_edit(approval.tool_args),
        settled_at=approval.settled_at.isoformat() if approval.settled_at else "",
        decided_by=approval.decided_by,
        call_digest=approval.call_digest,
        group="\n".join(group_key(approval)) if fits_batch(approval) else "",
        was_reminded=approval.reminder_count > 0,
        note=with_hidden_shown(approval.deny_reason or approval.detail or approval.outcome_detail),
        changed_to=with_hidden_shown(approval.changed_to),
        was_changed=approval.verdict == Verdict.EDIT_AND_APPROVE and approval.status == "approved",
        remembered_until=approval.remembered_until.isoformat() if approval.remembered_until else "",
        is_being_withdrawn=approval.is_being_withdrawn,
    )


@dataclass(frozen=True)
class CardGroup:
    """Several open questions that are alike."""

    key: str = ""
    title: str = ""
    summaries: tuple[str, ...] = ()


def card_groups(cards: Sequence[ApprovalCard]) -> list[CardGroup]:
    """What may be decided with one tap: two or more open cards of one agent with the same program."""
    found: dict[str, list[ApprovalCard]] = {}
    for card in cards:
        if card.group and card.is_open:
            found.setdefault(card.group, []).append(card)
    return [
        CardGroup(
            key=key,
            title=texts().approvals.group(alike[0].agent_name, len(alike), _what_is_alike(alike[0])),
            summaries=tuple(map(_whole, alike)),
        )
        for key, alike in found.items()
        if len(alike) > 1
    ]


def _whole(card: ApprovalCard) -> str:
    return card.command or card.call or "\n".join((card.summary, *(part.text for part in card.diff.parts)))


def _what_is_alike(card: ApprovalCard) -> str:
    return card.group.split("\n")[1] if card.command else card.summary


def _call_text(approval: ApprovalView) -> str:
    arguments = json.dumps(approval.tool_args, ensure_ascii=False, indent=2)
    return f"{approval.tool_name} {arguments}"


def _shown_part(part: CallPart) -> CallPart:
    return replace(part, label=with_hidden_shown(part.label), text=with_hidden_shown(part.text))


def _shown_status(approval: ApprovalView) -> str:
    """``deciding`` while a decision is on its way to the server; once it has run, what became of it."""
    if approval.status == "pending" and approval.verdict:
        return "deciding"
    if approval.status != "approved" or not approval.outcome:
        return approval.status
    return approval.outcome if approval.outcome in {"executed", "failed"} else "not_done"
