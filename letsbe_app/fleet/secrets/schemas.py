"""What secrets look like from outside, and what a person may ask."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from letsbe_app.db.models import CanaryAlarm, SecretList, SecretRequest
from tenant_daemon.contracts.secrets import SecretSummary


@dataclass(frozen=True)
class Provided:
    """A value for a name, sealed in the browser to the server's key."""

    name: str
    sealed: str = field(repr=False)
    secret_kind: str = "password"  # noqa: S105
    note: str = ""
    is_new: bool = True


@dataclass(frozen=True)
class SecretView:
    """A secret without its value."""

    name: str
    secret_kind: str
    version: int
    note: str
    changed_at: datetime
    changed_by: str
    used_at: datetime | None
    used_by: str
    told_tool: str = ""
    """Who takes a new value as well when it is rotated; empty where nobody is told."""
    is_unsettled: bool = False
    """A rotation was begun, and it is not known which of two values its tool takes."""


@dataclass(frozen=True)
class AlarmView:
    """A planted secret turned up."""

    id: str
    name: str
    door: str
    seen_at: datetime
    is_open: bool
    agent_id: str = ""
    """In whose work; empty where the server does not know."""
    conversation_id: str = ""


@dataclass(frozen=True)
class SecretsView:
    """A server's secrets as it told them last."""

    tenant_id: str
    sealing_public_key: str
    """X25519, base64: what the browser seals values to."""
    secrets: list[SecretView]
    is_cut: bool
    listed_at: datetime | None
    """None while the server has not told any."""
    alarms: list[AlarmView]
    """Those that nobody has acknowledged."""


@dataclass(frozen=True)
class RequestView:
    """Something asked of a server, and what became of it."""

    id: str
    tenant_id: str
    action: str
    name: str
    status: str
    detail: str
    created_at: datetime
    expires_at: datetime


def secrets_view(
    tenant_id: str, public_key: str, listed: SecretList | None, alarms: Sequence[CanaryAlarm]
) -> SecretsView:
    """The view of a server's rows."""
    summaries = [SecretSummary.model_validate(one) for one in listed.secrets] if listed else []
    return SecretsView(
        tenant_id=tenant_id,
        sealing_public_key=public_key,
        secrets=[SecretView(**one.model_dump()) for one in summaries],
        is_cut=listed.is_cut if listed else False,
        listed_at=listed.received_at if listed else None,
        alarms=[alarm_view(alarm) for alarm in alarms],
    )


def alarm_view(row: CanaryAlarm) -> AlarmView:
    """The view of an alarm."""
    return AlarmView(
        id=row.id,
        name=row.name,
        door=row.door,
        seen_at=row.seen_at,
        is_open=row.acknowledged_at is None,
        agent_id=row.agent_id,
        conversation_id=row.conversation_id,
    )


def request_view(row: SecretRequest) -> RequestView:
    """The view of a request."""
    return RequestView(
        id=row.id,
        tenant_id=row.tenant_id,
        action=row.action,
        name=row.name,
        status=row.status,
        detail=row.detail,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
