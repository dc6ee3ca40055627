"""The door of the logs: a structlog processor that redacts every value of every event."""

from collections.abc import MutableMapping
from typing import Any

from tenant_daemon.redaction.live import LiveRedactor


class RedactLogs:
    """Put it in front of the renderer. When the vault cannot be read, only the event's name is logged."""

    def __init__(self, live: LiveRedactor) -> None:
        self._live = live

    def __call__(
        self, _logger: Any, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """The event with every value redacted."""
        try:
            redactor = self._live.current()
        except Exception as exc:  # noqa: BLE001
            # Logging must go on whatever happened to the vault, and nothing unredacted may be written.
            return {"event": "log.withheld", "level": event.get("level"), "reason": type(exc).__name__}
        clean = redactor.redact_payload({name: _plain(value) for name, value in event.items()})
        return clean if isinstance(clean, dict) else {}


def _plain(value: object) -> object:
    """What JSON can hold stays; everything else becomes its text, so that it can be searched."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return str(value)
