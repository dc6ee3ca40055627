"""Spans of model requests: who is asked for which model, and how many tokens it took. Never content."""

from collections.abc import Callable, Sequence

from tenant_daemon.egress.formats import WireFormat
from tenant_daemon.metering import Usage
from tenant_daemon.settings import Upstream
from tenant_daemon.tracing import NO_TRACES, Attribute, Span, Traces


class RequestTraces:
    """
    Gives each request its span, below the run of its agent.

    A request names its agent and nothing else: where that agent answers in several conversations at once, the
    span begins a trace of its own that names them all.
    """

    def __init__(
        self, traces: Traces = NO_TRACES, of_agent: Callable[[str], Sequence[str]] = lambda _id: ()
    ) -> None:
        self._traces = traces
        self._of_agent = of_agent

    def begin(self, agent_id: str, upstream: Upstream, wire: WireFormat, model: str) -> Span:
        """The span of a request that is admitted."""
        span = self._traces.begin("model request", lambda: self._of_agent(agent_id))
        span.note(
            {
                Attribute.AGENT_ID: agent_id,
                Attribute.PROVIDER: upstream.name,
                Attribute.ROUTE: wire.path,
                Attribute.MODEL: model,
            }
        )
        return span


def finish(span: Span, usage: Usage | None, error: str) -> None:
    """The request is over; ``usage`` is None where nothing was charged."""
    if usage is not None:
        span.note(
            {
                Attribute.PROMPT_TOKENS: usage.prompt,
                Attribute.COMPLETION_TOKENS: usage.completion,
                Attribute.IS_ESTIMATED: usage.is_estimated,
            }
        )
    span.end(error)
