"""
Logging of the hub's processes: one event per line, JSON for machines, plain for a terminal.

Ids, counts and durations are logged; content and secrets never. A processor refuses the field names under
which they would most easily slip in.
"""

import logging
import os
import sys
from collections.abc import MutableMapping
from typing import Any, Final, TextIO, cast

import structlog

from letsbe_app.kit.log_output import LogOutput
from letsbe_app.settings import Settings

_NEVER: Final = frozenset(
    {"password", "token", "api_key", "secret", "cookie", "authorization", "text", "body", "content"}
)


def configure_logging(settings: Settings) -> None:
    """Call once, at the start of a process."""
    level = logging.getLevelName(settings.log_level.upper())
    is_terminal = sys.stderr.isatty()
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(
            colors="NO_COLOR" not in os.environ,
            # By default it would show the values of local variables where that library is installed.
            exception_formatter=structlog.dev.plain_traceback,
        )
        if is_terminal
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            drop_content,
            _format_exceptions,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Looked up at each use: whoever replaces standard error (a test, a supervisor) is followed.
        logger_factory=lambda *_names: structlog.WriteLogger(cast(TextIO, LogOutput(sys.stderr))),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")


def tell_cautions(settings: Settings) -> None:
    """Warn of settings that are only right for trying the hub out."""
    for caution in settings.cautions:
        structlog.get_logger().warning("settings.caution", caution=caution)


def drop_content(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace what must not be logged by a mark that shows the mistake."""
    for field in _NEVER & event.keys():
        event[field] = "[not logged]"
    return event


def _format_exceptions(
    _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    # The type and the place of an exception, not its text: that may quote a value.
    failure = event.pop("exc_info", None)
    exception = sys.exc_info()[1] if failure is True else failure
    if isinstance(exception, BaseException):
        event["exception"] = type(exception).__name__
        event["at"] = _places(exception)
    return event


def _places(exception: BaseException) -> list[str]:
    places = []
    trace = exception.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{os.path.basename(code.co_filename)}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-8:]
