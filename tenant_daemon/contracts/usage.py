"""Metering: tokens per agent and model in hourly buckets."""

from typing import Literal

from pydantic import AwareDatetime, Field

from tenant_daemon.contracts.base import Message


class UsageBucket(Message):
    """
    Totals of one agent and model within one hour.

    A bucket is reported with its running totals, and a later report replaces an earlier one when its
    ``revision`` is higher: applying a report twice changes nothing.
    """

    hour: AwareDatetime
    """Start of the hour, UTC."""
    agent_id: str
    model: str
    revision: int = Field(ge=1)
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)
    cached_tokens: int = Field(ge=0)
    """Part of ``prompt_tokens`` that the upstream read from its cache."""
    request_count: int = Field(ge=0)
    estimated_count: int = Field(default=0, ge=0)
    """Requests whose usage had to be estimated, since the stream was cut."""


class UsageReported(Message):
    """Daemon -> hub: buckets that changed since the hub last confirmed them."""

    kind: Literal["usage.reported"] = "usage.reported"
    buckets: list[UsageBucket] = Field(max_length=500)
