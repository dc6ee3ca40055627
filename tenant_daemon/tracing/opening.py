"""Chooses between traces and none."""

from tenant_daemon.settings import TenantSettings
from tenant_daemon.tracing.spans import NO_TRACES, Traces


def open_traces(settings: TenantSettings, process: str) -> Traces:
    """The traces of this process, by the address in ``[traces]``."""
    if not settings.traces.otlp_url:
        return NO_TRACES
    # Imported here: a server without traces does not pay for the exporter.
    from tenant_daemon.tracing.otlp import to_collector

    return to_collector(settings.traces.otlp_url, process)
