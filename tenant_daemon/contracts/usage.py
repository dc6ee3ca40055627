"""Metering: tokens per agent and model in hourly buckets."""

from datetime import UTC, datetime
from typing import Literal

from pydantic import AwareDatetime, Field

from tenant_daemon.contracts.base import Count, Message


class UsageBucket(Message):
    """
    Totals of one agent and model within one hour.

    A bucket is reported with its running totals, and a later report replaces an earlier one when its
    ``revision`` is higher: applying a report twice changes nothing.
    """

    hour: AwareDatetime = Field(ge=datetime(2020, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))
    """Start of the hour, UTC."""
    agent_id: str
    model: str
    revision: int = Field(ge=1, le=2_147_483_647)
    prompt_tokens: Count
    completion_tokens: Count
    cached_tokens: Count
    """Part of ``prompt_tokens`` that the upstream read from its cache."""
    request_count: Count
    estimated_count: Count = 0
    """Requests whose usage had to be estimated, since the stream was cut."""


class UsageReported(Message):
    """Daemon -> hub: buckets that changed since the hub last confirmed them."""

    kind: Literal["usage.reported"] = "usage.reported"
    buckets: list[UsageBucket] = Field(max_length=500)
