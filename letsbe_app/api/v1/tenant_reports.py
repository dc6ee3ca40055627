"""What servers report one by one, and fetch; see ``tenant_daemon/contracts/reports.py``."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends

from letsbe_app.api.dependencies import CurrentTenant, HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import IdempotentTenantRoute
from letsbe_app.api.ids import Id
from letsbe_app.hub.reports import TenantReports
from tenant_daemon.contracts.approvals import ApprovalRequested
from tenant_daemon.contracts.commands import ConfigApplied
from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.contracts.reports import (
    APPROVAL_REQUEST_PATH,
    APPROVAL_RESPONSE_PATH,
    CONFIG_PATH,
    HEARTBEAT_PATH,
    USAGE_PATH,
    ApprovalResponse,
    HeartbeatAnswer,
    HeartbeatReport,
)
from tenant_daemon.contracts.usage import UsageReported

router = APIRouter(prefix="/tenant", tags=["tenant reports"], route_class=IdempotentTenantRoute)


async def _reports(hub: HubServices, identity: CurrentTenant) -> TenantReports:
    return TenantReports(identity, hub)


Reports = Annotated[TenantReports, Depends(_reports)]


@router.post(HEARTBEAT_PATH)
async def report_heartbeat(
    reports: Reports, report: Annotated[HeartbeatReport, Body()]
) -> Answer[HeartbeatAnswer]:
    """Figures in; the wanted configuration's version and pending commands out."""
    return answer(await reports.heartbeat(report))


@router.get(CONFIG_PATH)
async def fetch_config(reports: Reports) -> Answer[TenantConfig]:
    """The configuration that the server should have in force."""
    return answer(await reports.config())


@router.post(CONFIG_PATH)
async def report_config(reports: Reports, report: Annotated[ConfigApplied, Body()]) -> Answer[None]:
    """What became of a configuration: it is in force, or was refused and why."""
    await reports.config_applied(report)
    return answer(None)


@router.post(USAGE_PATH)
async def report_usage(reports: Reports, report: Annotated[UsageReported, Body()]) -> Answer[None]:
    """Tokens by hour, agent and model; an older revision of a bucket changes nothing."""
    await reports.usage(report)
    return answer(None)


@router.post(APPROVAL_REQUEST_PATH)
async def request_approval(
    reports: Reports, asked: Annotated[ApprovalRequested, Body()]
) -> Answer[ApprovalResponse]:
    """Bring what an agent asks before people."""
    return answer(await reports.approval_request(asked))


@router.get(f"{APPROVAL_RESPONSE_PATH}/{{approval_id}}")
async def fetch_approval_response(reports: Reports, approval_id: Id) -> Answer[ApprovalResponse]:
    """What people have decided, as soon as they have."""
    return answer(await reports.approval_response(approval_id))
