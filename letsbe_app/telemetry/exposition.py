"""The page that Prometheus reads: metrics of all processes behind the port, and figures of the whole hub."""

import hmac
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from letsbe_app.telemetry.shared_files import VARIABLE

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_FILE: Final = re.compile(r"gauge_live\w+_(\d+)\.db")


def is_authorized(header: str, token: str) -> bool:
    """Whether the ``Authorization`` header carries the token; never while there is none."""
    return bool(token) and hmac.compare_digest(header.encode(), f"Bearer {token}".encode())


def render(figures: Mapping[str, float]) -> bytes:
    """
    The page.

    Args:
        figures: What is true of the whole hub, by the names of ``FIGURES``.
    """
    registry = CollectorRegistry()
    registry.register(_Figures(figures))
    folder = os.environ.get(VARIABLE)
    if not folder:
        return generate_latest(REGISTRY) + generate_latest(registry)
    _forget_the_dead(Path(folder))
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


FIGURES: Final = {
    "servers_online": "Servers that have a link now.",
    "servers_active": "Servers that are set up.",
    "server_messages_waiting": "Messages to servers that are not confirmed.",
    "events_waiting": "Events that are not handed on.",
    "webhooks_waiting": "Webhooks that are not delivered.",
    "notices_waiting": "Words to people that are not out.",
    "mails_waiting": "Mails that are not out.",
    "approvals_waiting": "Approvals that nobody has decided.",
}


class _Figures:
    def __init__(self, figures: Mapping[str, float]) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        for name, value in self._figures.items():
            yield GaugeMetricFamily(f"letsbe_{name}", FIGURES[name], value=value)


def _forget_the_dead(folder: Path) -> None:
    """A worker that was killed could not take its open streams back: they are closed all the same."""
    for path in folder.glob("gauge_live*.db"):
        found = _FILE.fullmatch(path.name)
        if found and not Path(f"/proc/{found[1]}").exists():
            mark_process_dead(int(found[1]), str(folder))  # type: ignore[no-untyped-call]
