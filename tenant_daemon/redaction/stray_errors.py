"""
What would be printed past structlog, made into log events: one event per error, redacted as a whole.

A traceback printed line by line would let a secret through that spans several lines, such as a private key.
"""

import logging
import re
import sys
import threading
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, Final

import structlog

# An exception group is printed with a margin, which would part the lines of a secret.
_GROUP_MARGIN: Final = re.compile(r"^ +\| ?", re.MULTILINE)

log = structlog.get_logger()


class _IntoEvents(logging.Handler):
    """Records of the standard library's logging (asyncio, uvicorn) as events."""

    def emit(self, record: logging.LogRecord) -> None:
        tell = log.error if record.levelno >= logging.ERROR else log.warning
        tell("library.message", logger=record.name, message=record.getMessage(), exc_info=record.exc_info)


def without_margin(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor, to come after ``format_exc_info``: exception groups without their margin."""
    if isinstance(text := event.get("exception"), str):
        event["exception"] = _GROUP_MARGIN.sub("", text)
    return event


def capture_stray_errors() -> None:
    """From now on nothing in this process prints an error by itself."""
    logging.basicConfig(handlers=[_IntoEvents()], level=logging.WARNING, force=True)
    logging.captureWarnings(True)
    sys.excepthook = _on_uncaught
    sys.unraisablehook = lambda lost: _on_uncaught(lost.exc_type, lost.exc_value, lost.exc_traceback)
    threading.excepthook = lambda lost: _on_uncaught(lost.exc_type, lost.exc_value, lost.exc_traceback)


def _on_uncaught(
    kind: type[BaseException], exc: BaseException | None, traceback: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    log.error("process.uncaught", exc_info=(kind, exc, traceback))
