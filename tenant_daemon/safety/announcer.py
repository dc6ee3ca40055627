"""Tells the hub and the chat what happens to a call. Everything that it passes on is redacted here."""

import asyncio
import json
from typing import Final

import structlog

from tenant_daemon.contracts.approvals import (
    ApprovalCarriedOut,
    ApprovalForgotten,
    ApprovalRequested,
    ApprovalSettledReport,
    ApprovalStatus,
)
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.changes import ChangeRecorded, ChangeSettled
from tenant_daemon.contracts.chat import ApprovalSettled, ApprovalWaiting, ToolFinished, ToolStarted
from tenant_daemon.contracts.notices import AgentHeldBack
from tenant_daemon.safety.approval_store import Approval
from tenant_daemon.safety.calls import Call
from tenant_daemon.safety.ports import CurrentRedactor, HubDoor, ToolEvent
from tenant_daemon.safety.schemas import ExecuteResponse, ExecuteStatus

_OUTPUT_CHARACTERS: Final = 4_000
_SUMMARY_CHARACTERS: Final = 300
_DETAIL_CHARACTERS: Final = 400
_ARGS_BYTES: Final = 64_000

log = structlog.get_logger()


class Announcer:
    """One per wrapper. Tool events only decorate the chat: that one is lost stops nothing."""

    def __init__(self, hub: HubDoor, redactor: CurrentRedactor) -> None:
        self._hub = hub
        self._redactor = redactor
        self._knocks: set[asyncio.Task[None]] = set()

    def redact(self, text: str) -> str:
        """The text without secrets."""
        return self._redactor().redact(text)

    def redact_args(self, tool_args: object) -> dict[str, object]:
        """Arguments for the edit form; empty when they are too large to be edited there."""
        redacted = self._redactor().redact_payload(tool_args)
        if not isinstance(redacted, dict) or len(json.dumps(redacted)) > _ARGS_BYTES:
            return {}
        return redacted

    def started(self, call: Call, summary: str) -> None:
        self._tell(
            call,
            ToolStarted(
                tool_call_id=call.id,
                tool_name=call.request.tool_name,
                summary=self.redact(summary)[:_SUMMARY_CHARACTERS],
            ),
        )

    def told_later(self, call: Call, summary: str, response: ExecuteResponse) -> None:
        """How a call ended whose answer is over; ``summary`` makes it whole in the next one."""
        self.started(call, summary)
        self.finished(call, response)

    def finished(self, call: Call, response: ExecuteResponse) -> None:
        self._tell(
            call,
            ToolFinished(
                tool_call_id=call.id,
                status=response.status,
                tier=response.tier,
                is_external=response.is_external,
                reason=response.reason,
                output=head_and_tail(response.output, _OUTPUT_CHARACTERS),
            ),
        )

    def request(self, call: Call, request: ApprovalRequested) -> None:
        """Pass an approval to the hub, then to the chat. Raises when the hub can never hear of it."""
        self._hub.put(request)
        self._tell(call, ApprovalWaiting(tool_call_id=call.id, approval_id=request.approval_id))

    def settled(self, call: Call, approval: Approval) -> None:
        """Report how an approval ended, whoever decided."""
        assert approval.settled_at is not None
        decision = approval.decision
        self._hub.put(
            ApprovalSettledReport(
                approval_id=approval.id,
                status=approval.status,
                decided_by=decision.decided_by if decision else "",
                detail=approval.detail,
                settled_at=approval.settled_at,
            )
        )
        verdict = decision.verdict if decision else approval.status
        self._tell(call, ApprovalSettled(tool_call_id=call.id, approval_id=approval.id, verdict=verdict))

    def carried_out(self, approval: Approval, response: ExecuteResponse) -> None:
        """Report what became of an approved call. Raises when it cannot be stored."""
        self._hub.put(
            ApprovalCarriedOut(
                approval_id=approval.id,
                status=response.status,
                detail=_why_not(response),
                changed_to=response.changed_to[:_SUMMARY_CHARACTERS],
                ended_at=utc_now(),
            )
        )
        self._knock()

    def forgotten(self, approval_id: str) -> None:
        """Report that an approval allows nothing more. Raises when it cannot be stored."""
        self._hub.put(ApprovalForgotten(approval_id=approval_id, forgotten_at=utc_now()))
        self._knock()

    def unknown(self, approval_id: str) -> None:
        """Report an approval that is not known here as off."""
        detail = "The server does not know this approval any more."
        self._hub.put(
            ApprovalSettledReport(
                approval_id=approval_id,
                status=ApprovalStatus.CANCELLED,
                detail=detail,
                settled_at=utc_now(),
            )
        )
        self._knock()

    def change(self, message: ChangeRecorded | ChangeSettled) -> None:
        """Pass on what was changed or put back; its texts are redacted. Raises when it cannot be stored."""
        self._hub.put(message)
        self._knock()

    def held_back(self, call: Call, told: str) -> None:
        """Tell the owner that an agent is held back. That it is lost stops nothing."""
        notice = AgentHeldBack(
            agent_id=call.request.agent_id,
            conversation_id=call.conversation_id,
            told=told,
            held_at=utc_now(),
        )
        try:
            self._hub.put(notice)
        except Exception as exc:  # noqa: BLE001 - the call is refused all the same
            log.error("wrapper.notice.lost", call_id=call.id, error=type(exc).__name__)
        self._knock()

    async def tell_agent(self, call: Call, text: str) -> None:
        """Send the agent a follow-up; text must be redacted."""
        try:
            await self._hub.tell_agent(call.request.session_id, text)
        except ValueError:
            log.info("wrapper.follow_up.no_chat", call_id=call.id)

    async def close(self) -> None:
        """Let the knocks that are under way end."""
        await asyncio.gather(*self._knocks, return_exceptions=True)

    def _tell(self, call: Call, event: ToolEvent) -> None:
        if call.conversation_id is None:
            return
        try:
            self._hub.put_tool_event(call.conversation_id, call.request.session_id, event)
        except Exception as exc:  # noqa: BLE001 - whatever it is, the call itself goes on
            log.error("wrapper.tool_event.lost", call_id=call.id, error=type(exc).__name__)
        self._knock()

    def _knock(self) -> None:
        # One that has not begun yet will be heard for this one too.
        if any(not task.done() and task.get_name() == "fresh" for task in self._knocks):
            return
        task = asyncio.create_task(self._knock_once(), name="fresh")
        self._knocks.add(task)
        task.add_done_callback(self._knocks.discard)

    async def _knock_once(self) -> None:
        current = asyncio.current_task()
        assert current is not None
        current.set_name("under way")
        await self._hub.knock()


def _why_not(response: ExecuteResponse) -> str:
    """Why an approved call did not do what it should, in a line or two; empty when it did."""
    if response.status is ExecuteStatus.EXECUTED:
        return ""
    exit_code = "" if response.exit_code is None else f"Exit code {response.exit_code}. "
    words = response.output.strip() or response.reason
    return (exit_code + head_and_tail(words, _DETAIL_CHARACTERS))[:500]


def head_and_tail(text: str, limit: int) -> str:
    """The beginning and the end of a long text."""
    if len(text) <= limit:
        return text
    note = f"\n[... {len(text) - limit} characters left out ...]\n"
    half = (limit - len(note)) // 2
    return text[:half] + note + text[-half:]
