"""All tables; importing this module is what makes Alembic see them."""

from letsbe_app.db.models.access import (
    AccountToken,
    ApiKey,
    Invitation,
    RecoveryCode,
    SecondFactor,
    TokenPurpose,
)
from letsbe_app.db.models.accounts import Customer, User, UserRole, UserSession
from letsbe_app.db.models.changes import AuditHead, ChangeStatus, FileChange
from letsbe_app.db.models.fleet import (
    EnrolmentToken,
    OutboxMessage,
    ProvisioningStep,
    StepState,
    Tenant,
    TenantStatus,
)
from letsbe_app.db.models.oversight import AuditEntry
from letsbe_app.db.models.requests import IdempotentRequest
from letsbe_app.db.models.secrets import CanaryAlarm, SecretList, SecretRequest, SecretRequestStatus
from letsbe_app.db.models.shop import FoundingMember, OnboardingDraft, Order, OrderStatus, PaymentEvent
from letsbe_app.db.models.usage import UsageAlert
from letsbe_app.db.models.workforce import (
    Agent,
    Approval,
    ChatMessage,
    Conversation,
    MessageRole,
    MessageStatus,
    UsageRecord,
)

__all__ = [
    "AccountToken",
    "Agent",
    "ApiKey",
    "Approval",
    "AuditEntry",
    "AuditHead",
    "CanaryAlarm",
    "ChangeStatus",
    "ChatMessage",
    "Conversation",
    "Customer",
    "EnrolmentToken",
    "FileChange",
    "FoundingMember",
    "IdempotentRequest",
    "Invitation",
    "MessageRole",
    "MessageStatus",
    "OnboardingDraft",
    "Order",
    "OrderStatus",
    "OutboxMessage",
    "PaymentEvent",
    "ProvisioningStep",
    "RecoveryCode",
    "SecondFactor",
    "SecretList",
    "SecretRequest",
    "SecretRequestStatus",
    "StepState",
    "Tenant",
    "TenantStatus",
    "TokenPurpose",
    "UsageAlert",
    "UsageRecord",
    "User",
    "UserRole",
    "UserSession",
]
