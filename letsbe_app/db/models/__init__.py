"""All tables; importing this module is what makes Alembic see them."""

from letsbe_app.db.models.access import (
    AccountToken,
    ApiKey,
    Invitation,
    Passkey,
    RecoveryCode,
    SecondFactor,
    TokenPurpose,
)
from letsbe_app.db.models.accounts import Customer, User, UserRole, UserSession
from letsbe_app.db.models.attachments import Attachment, AttachmentStatus
from letsbe_app.db.models.changes import AuditHead, ChangeStatus, FileChange
from letsbe_app.db.models.figures import HeartbeatHour, HeartbeatSample
from letsbe_app.db.models.fleet import (
    EnrolmentToken,
    OutboxMessage,
    ProvisioningStep,
    StepState,
    Tenant,
    TenantStatus,
)
from letsbe_app.db.models.outgoing import (
    DeliveryStatus,
    MailOutbox,
    NoticePreference,
    OutgoingEvent,
    PushSubscription,
    TenantHealth,
    WaitingNotice,
    WebhookDelivery,
    WebhookEndpoint,
)
from letsbe_app.db.models.oversight import AuditEntry
from letsbe_app.db.models.requests import IdempotentRequest
from letsbe_app.db.models.secrets import CanaryAlarm, SecretList, SecretRequest, SecretRequestStatus
from letsbe_app.db.models.shop import FoundingMember, OnboardingDraft, Order, OrderStatus, PaymentEvent
from letsbe_app.db.models.staff import StaffMember, StaffRole, StaffSession, SupportGrant, SupportVisit
from letsbe_app.db.models.usage import UsageAlert
from letsbe_app.db.models.workforce import (
    Agent,
    AgentBudget,
    AgentVersion,
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
    "AgentBudget",
    "AgentVersion",
    "ApiKey",
    "Approval",
    "Attachment",
    "AttachmentStatus",
    "AuditEntry",
    "AuditHead",
    "CanaryAlarm",
    "ChangeStatus",
    "ChatMessage",
    "Conversation",
    "Customer",
    "DeliveryStatus",
    "EnrolmentToken",
    "FileChange",
    "FoundingMember",
    "HeartbeatHour",
    "HeartbeatSample",
    "IdempotentRequest",
    "Invitation",
    "MailOutbox",
    "MessageRole",
    "MessageStatus",
    "NoticePreference",
    "OnboardingDraft",
    "Order",
    "OrderStatus",
    "OutboxMessage",
    "OutgoingEvent",
    "Passkey",
    "PaymentEvent",
    "ProvisioningStep",
    "PushSubscription",
    "RecoveryCode",
    "SecondFactor",
    "SecretList",
    "SecretRequest",
    "SecretRequestStatus",
    "StaffMember",
    "StaffRole",
    "StaffSession",
    "StepState",
    "SupportGrant",
    "SupportVisit",
    "Tenant",
    "TenantHealth",
    "TenantStatus",
    "TokenPurpose",
    "UsageAlert",
    "UsageRecord",
    "User",
    "UserRole",
    "UserSession",
    "WaitingNotice",
    "WebhookDelivery",
    "WebhookEndpoint",
]
