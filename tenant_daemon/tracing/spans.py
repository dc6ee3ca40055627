"""What the parts of the daemon know of traces. The classes here are those of a server that traces nothing."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final, Literal

SpanName = Literal["run", "tool call", "model request"]
Value = str | int | bool
Parents = Callable[[], Sequence[str]]
"""Looks up the ``traceparent`` of what led to this; only called where somebody traces."""


class Attribute(StrEnum):
    """All that a span of this server may tell."""

    AGENT_ID = "letsbe.agent_id"
    CONVERSATION_ID = "letsbe.conversation_id"
    RUN_ID = "letsbe.run_id"
    OUTCOME = "letsbe.outcome"
    """As ``RunOutcome``."""
    TOOL = "gen_ai.tool.name"
    TIER = "letsbe.tier"
    DECISION = "letsbe.decision"
    """What the gate said first."""
    STATUS = "letsbe.status"
    """As ``ExecuteStatus``."""
    EXIT_CODE = "process.exit.code"
    PROVIDER = "letsbe.provider"
    """As ``daemon.toml`` names it."""
    ROUTE = "letsbe.route"
    """The format's path behind ``/v1/``."""
    MODEL = "gen_ai.request.model"
    """As ``daemon.toml`` names it."""
    PROMPT_TOKENS = "gen_ai.usage.input_tokens"
    COMPLETION_TOKENS = "gen_ai.usage.output_tokens"
    IS_ESTIMATED = "letsbe.is_estimated"
    ERROR = "error.type"
    """Our code for what went wrong, or the type of the exception."""


class Span:
    """A piece of work. ``end`` it once; what comes afterwards is passed over."""

    traceparent: str = ""
    """For whoever goes on with it; empty where nobody traces."""

    def note(self, attributes: Mapping[Attribute, Value]) -> None:
        """Add what is known by now."""

    def end(self, error: str = "") -> None:
        """It is over; ``error`` says that it failed, and by which code."""


NO_SPAN: Final = Span()


class Traces:
    """Where spans begin. One per process; ``close`` it at the end."""

    def begin(self, _name: SpanName, _parents: Parents) -> Span:
        """
        A span that goes on with its parent, which may be in another process.

        Of several that may have led to it none is the parent: it then begins a trace that names them all.
        """
        return NO_SPAN

    def close(self) -> None:
        """Hand over what waits, or give it up after a moment."""


NO_TRACES: Final = Traces()
