"""What the link needs of the hub's services; ``letsbe_app.composition.Services`` has all of it."""

from typing import Protocol

from letsbe_app.db.session import Database
from letsbe_app.fleet.audit_heads.service import AuditHeadService
from letsbe_app.fleet.secrets.service import SecretService
from letsbe_app.fleet.tenants.service import TenantService
from letsbe_app.hub.rounds import Rounds
from letsbe_app.kit.turnstile import Turnstile
from letsbe_app.relay import Relay
from letsbe_app.workforce.agents.service import AgentService
from letsbe_app.workforce.approvals.remembering import RememberedService
from letsbe_app.workforce.approvals.service import ApprovalService
from letsbe_app.workforce.changes.service import ChangeService
from letsbe_app.workforce.conversations.runs import RunRecorder
from letsbe_app.workforce.notices.service import NoticeService
from letsbe_app.workforce.usage.service import UsageService


class LinkServices(Protocol):
    """The services that links call."""

    @property
    def database(self) -> Database: ...
    @property
    def relay(self) -> Relay: ...
    @property
    def admission(self) -> Turnstile: ...
    @property
    def rounds(self) -> Rounds: ...
    @property
    def tenants(self) -> TenantService: ...
    @property
    def agents(self) -> AgentService: ...
    @property
    def runs(self) -> RunRecorder: ...
    @property
    def approvals(self) -> ApprovalService: ...
    @property
    def remembered(self) -> RememberedService: ...
    @property
    def changes(self) -> ChangeService: ...
    @property
    def notices(self) -> NoticeService: ...
    @property
    def audit_heads(self) -> AuditHeadService: ...
    @property
    def secrets(self) -> SecretService: ...
    @property
    def usage(self) -> UsageService: ...
