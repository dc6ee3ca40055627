"""Metering: how many tokens each agent spent on which model, hour by hour."""

from tenant_daemon.metering.meter import Meter, Usage
from tenant_daemon.metering.reporter import UsageReporter

__all__ = ["Meter", "Usage", "UsageReporter"]
