"""Spans of tool calls: which tool, what the gate said, what became of it. Never arguments, never output."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tenant_daemon.policy.classify import TOOL_NAMES
from tenant_daemon.safety.calls import Call
from tenant_daemon.safety.gate import Ruling
from tenant_daemon.safety.schemas import ExecuteResponse
from tenant_daemon.tracing import NO_TRACES, Attribute, Span, Traces


class CallSpan:
    """One call."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def ruled(self, ruling: Ruling) -> None:
        """What the gate says at first; a person may be asked afterwards."""
        self._span.note({Attribute.TIER: ruling.label, Attribute.DECISION: ruling.decision.value})

    def answered(self, response: ExecuteResponse) -> None:
        """How it ended."""
        self._span.note({Attribute.STATUS: response.status.value})
        if response.exit_code is not None:
            self._span.note({Attribute.EXIT_CODE: response.exit_code})


class CallTraces:
    """
    Gives each call its span, below the run that it belongs to.

    OpenClaw, which stands between, knows nothing of traces: the call's session names the conversation, and
    the link's journal the run in progress there.
    """

    def __init__(
        self, traces: Traces = NO_TRACES, of_conversation: Callable[[str], Sequence[str]] = lambda _id: ()
    ) -> None:
        self._traces = traces
        self._of_conversation = of_conversation

    @contextmanager
    def around(self, call: Call) -> Iterator[CallSpan]:
        """The span of what happens in the block."""
        span = self._traces.begin("tool call", lambda: self._of_conversation(call.conversation_id or ""))
        request = call.request
        # A model may ask for a tool that there is not, under a name that says anything.
        tool = request.tool_name if request.tool_name in TOOL_NAMES else "other"
        span.note({Attribute.TOOL: tool, Attribute.AGENT_ID: request.agent_id})
        try:
            yield CallSpan(span)
        except BaseException as exc:
            span.end(type(exc).__name__)
            raise
        span.end()
