"""Redaction: what leaves the tenant's server passes here first."""

from tenant_daemon.redaction.detectors.known import KnownSecret
from tenant_daemon.redaction.findings import Redaction
from tenant_daemon.redaction.live import LiveRedactor
from tenant_daemon.redaction.redactor import Redactor
from tenant_daemon.redaction.stream import StreamRedactor

__all__ = ["KnownSecret", "LiveRedactor", "Redaction", "Redactor", "StreamRedactor"]
