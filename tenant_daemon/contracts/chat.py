"""
Chat between a customer and an agent.

An answer is a *run*: a list of events numbered 1, 2, 3 ... by the daemon, which is its only author.
``(run_number, seq)`` is the event's name everywhere: the id in the Redis stream, the browser's place to
resume from, and what makes a second delivery harmless. ``run_number`` counts the runs of a
conversation and only grows.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from tenant_daemon.contracts.base import Message
from tenant_daemon.contracts.trace import Traceparent

MAX_TEXT_CHARACTERS = 32_000
MAX_CLEANED_CHARACTERS = 64_000
"""A placeholder may be longer than what it stands for."""
MAX_FILE_NAME_CHARACTERS = 200
MAX_ATTACHMENTS = 5
MAX_ATTACHMENT_BYTES = 10 * 1024 * 1024


class AttachedFile(Message):
    """A file that waits for the server at the hub, as a box that only it can open."""

    attachment_id: str = Field(pattern=r"^att_[0-9a-z]{26}$", examples=["att_01k9zq5w8x7v3m2n1c4b6t8r0e"])
    name: str = Field(max_length=MAX_FILE_NAME_CHARACTERS)
    """As the customer's computer calls it; no name for a file on the server."""
    media_type: str = Field(max_length=100)
    size_bytes: int = Field(ge=1, le=MAX_ATTACHMENT_BYTES)


def attachment_context(tenant_id: str, attachment_id: str) -> str:
    """What an attachment's box is sealed for, so that it opens nowhere else."""
    return f"letsbe attachment 1\n{tenant_id}\n{attachment_id}"


class SendMessage(Message):
    """Hub -> daemon: the customer said something. Applied once per ``message_id``."""

    kind: Literal["chat.send"] = "chat.send"
    message_id: str
    conversation_id: str
    agent_id: str
    text: str = Field(max_length=MAX_TEXT_CHARACTERS)
    takes_back: list[str] = Field(default_factory=list, max_length=500)
    """Runs of this conversation, oldest first: it is brought to the point before them, then this is said."""
    attachments: list[AttachedFile] = Field(default_factory=list, max_length=MAX_ATTACHMENTS)
    """Files to fetch into the agent's workspace first; one that is there already is not fetched again."""
    traceparent: Traceparent = ""
    """The customer's request, which spans on the server go on with."""


class MessageCleaned(Message):
    """Daemon -> hub: what a customer's message says without its secrets; that alone is kept from now on."""

    kind: Literal["chat.cleaned"] = "chat.cleaned"
    message_id: str
    conversation_id: str
    text: str = Field(max_length=MAX_CLEANED_CHARACTERS)
    """The message with placeholders where secrets stood."""


class ConversationDeleted(Message):
    """Hub -> daemon: stop what goes on in this conversation and forget all that was said in it."""

    kind: Literal["chat.forget"] = "chat.forget"
    conversation_id: str
    agent_id: str


class StopRun(Message):
    """Hub -> daemon: stop what the agent is doing in this conversation, and what waits behind it."""

    kind: Literal["chat.stop"] = "chat.stop"
    conversation_id: str


class RunStarted(Message):
    """First event of a run, seq 1."""

    type: Literal["started"] = "started"
    agent_id: str
    in_reply_to: str | None = None
    """The customer's message, or None for a run that the agent began (a follow-up, a schedule)."""


class TextDelta(Message):
    """More of the answer's text, already redacted."""

    type: Literal["delta"] = "delta"
    text: str


class ToolStarted(Message):
    """The agent called a tool."""

    type: Literal["tool_started"] = "tool_started"
    tool_call_id: str
    tool_name: str
    summary: str
    """One line, redacted: the command or what it is about."""


class ToolFinished(Message):
    """A tool call came to its end."""

    type: Literal["tool_finished"] = "tool_finished"
    tool_call_id: str
    status: str
    """As ``ExecuteStatus``."""
    tier: str = ""
    """As ``tier_label``."""
    is_external: bool = False
    reason: str = ""
    output: str = ""
    """Head and tail of the redacted output, at most 4,000 characters."""


class ApprovalWaiting(Message):
    """The run waits for a person. The request itself travels as ``ApprovalRequested``."""

    type: Literal["approval_waiting"] = "approval_waiting"
    tool_call_id: str
    approval_id: str


class ApprovalSettled(Message):
    """The wait is over."""

    type: Literal["approval_settled"] = "approval_settled"
    tool_call_id: str
    approval_id: str
    verdict: str


class RunOutcome(StrEnum):
    """How a run ended."""

    COMPLETED = "completed"
    STOPPED = "stopped"
    """By the customer."""
    FAILED = "failed"
    """The model or the agent failed; ``note`` says how."""
    INTERRUPTED = "interrupted"
    """A part of the server restarted in the middle; ``note`` says what was cut off."""


class RunFinished(Message):
    """Last event of a run."""

    type: Literal["finished"] = "finished"
    outcome: RunOutcome
    text: str = Field(default="", max_length=400_000)
    """The whole answer, redacted: what the hub commits as the message."""
    note: str = ""
    """Plain words for the customer where the outcome is not ``completed``."""
    is_practice: bool = False
    """True when the practice model answered."""


RunEventBody = Annotated[
    RunStarted | TextDelta | ToolStarted | ToolFinished | ApprovalWaiting | ApprovalSettled | RunFinished,
    Field(discriminator="type"),
]


class RunEvent(Message):
    """Daemon -> hub: the next event of a run. Kept by the daemon until the hub has confirmed it."""

    kind: Literal["run.event"] = "run.event"
    run_id: str
    conversation_id: str
    run_number: int = Field(ge=1)
    seq: int = Field(ge=1)
    created_at: AwareDatetime
    body: RunEventBody


class RunAcknowledged(Message):
    """Hub -> daemon: every event of the run up to ``seq`` is in the stream (for the last one: committed)."""

    kind: Literal["run.ack"] = "run.ack"
    run_id: str
    seq: int = Field(ge=0)


class RunResend(Message):
    """Hub -> daemon: the stream has lost or never had ``from_seq``; send the run again from there."""

    kind: Literal["run.resend"] = "run.resend"
    run_id: str
    from_seq: int = Field(ge=1)
