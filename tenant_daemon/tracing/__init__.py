"""
Traces: what this server did for one request of a browser, and how long it took.

Off unless ``[traces]`` names a collector; then nothing of OpenTelemetry is imported. Attributes are of the
closed list ``Attribute``: names, counts and states, never what people or agents say, and never a value.
"""

from tenant_daemon.tracing.opening import open_traces
from tenant_daemon.tracing.spans import NO_SPAN, NO_TRACES, Attribute, Span, Traces

__all__ = ["NO_SPAN", "NO_TRACES", "Attribute", "Span", "Traces", "open_traces"]
