"""Names of all pages. A page is linked by its name here, never by a literal path."""

from typing import Final
from urllib.parse import urlencode

from letsbe_app.settings import LegalNotice

LANDING: Final = "/"
CALCULATOR: Final = "/calculator"
SIGN_UP: Final = "/sign-up"
SIGN_IN: Final = "/sign-in"
FORGOT_PASSWORD: Final = "/forgot-password"  # noqa: S105  # an address
NEW_PASSWORD: Final = "/new-password"  # noqa: S105  # an address
SECOND_STEP: Final = "/second-step"
CONFIRM_EMAIL: Final = "/confirm-email"
JOIN: Final = "/join"
ONBOARDING: Final = "/start"
PAYMENT: Final = "/start/payment/[order_id]"
HOME: Final = "/portal"
CHAT: Final = "/portal/chat"
CONVERSATION: Final = "/portal/chat/[conversation_id]"
APPROVALS: Final = "/portal/approvals"
CHANGES: Final = "/portal/changes"
AGENTS: Final = "/portal/agents"
AGENT: Final = "/portal/agents/[agent_id]"
USAGE: Final = "/portal/usage"
SECRETS: Final = "/portal/secrets"
SETTINGS: Final = "/portal/settings"
ACTIVITY: Final = "/portal/activity"
ADMIN: Final = "/admin"
ADMIN_SIGN_IN: Final = "/admin/sign-in"
ADMIN_JOIN: Final = "/admin/join"
ADMIN_CUSTOMERS: Final = "/admin/customers"
ADMIN_CUSTOMER: Final = "/admin/customers/[customer_id]"
ADMIN_SERVERS: Final = "/admin/servers"
ADMIN_SERVER: Final = "/admin/servers/[tenant_id]"
ADMIN_RUNS: Final = "/admin/runs"
ADMIN_RUN: Final = "/admin/runs/[order_id]"
ADMIN_STAFF: Final = "/admin/staff"
ADMIN_AUDIT: Final = "/admin/audit"
PROVISIONING: Final = "/portal/provisioning/[order_id]"
LEGAL: Final = "/legal"
NOT_FOUND: Final = "404"


def legal(notice: LegalNotice) -> str:
    """Where the hub leads on to the operator's notice."""
    return f"{LEGAL}/{notice.value}"


def conversation(conversation_id: str) -> str:
    return f"{CHAT}/{conversation_id}"


def chat_with(agent_id: str, draft: str = "") -> str:
    """A conversation with this agent that does not exist yet, with something in the composer."""
    return f"{CHAT}?{urlencode({'agent': agent_id, 'draft': draft} if draft else {'agent': agent_id})}"


def provisioning(order_id: str) -> str:
    return f"/portal/provisioning/{order_id}"


def payment(order_id: str) -> str:
    return f"/start/payment/{order_id}"
