"""Metering: how many tokens each agent spent on which model, hour by hour."""

from tenant_daemon.metering.entries import Closed, Noted, OpenRequest, Progress, Usage, open_request
from tenant_daemon.metering.ledger import Ledger
from tenant_daemon.metering.meter import Meter
from tenant_daemon.metering.reporter import UsageReporter

__all__ = [
    "Closed",
    "Ledger",
    "Meter",
    "Noted",
    "OpenRequest",
    "Progress",
    "Usage",
    "UsageReporter",
    "open_request",
]
