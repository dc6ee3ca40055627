"""How every process of the daemon that knows secrets logs."""

import sys
from typing import TextIO, cast

import structlog

from tenant_daemon.kit.log_output import LogOutput
from tenant_daemon.redaction.live import LiveRedactor
from tenant_daemon.redaction.log_processor import RedactLogs
from tenant_daemon.redaction.stray_errors import capture_stray_errors, without_margin


def configure_logging(live: LiveRedactor) -> None:
    """Log JSON lines to standard error, redacted, with what nobody caught."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            without_margin,
            RedactLogs(live),
            # Behind the redaction, which remembers events that are alike.
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, LogOutput(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    capture_stray_errors()
