"""All pages in one list: route, title, what it shows, what runs when it opens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.pages.access.page import (
    confirm_email_page,
    forgot_password_page,
    join_page,
    new_password_page,
    second_step_page,
)
from letsbe_app.ui.pages.activity.page import activity_page
from letsbe_app.ui.pages.activity.state import ActivityState
from letsbe_app.ui.pages.admin.page import (
    audit_page,
    customer_page,
    customers_page,
    overview_page,
    run_page,
    runs_page,
    server_page,
    servers_page,
    staff_page,
)
from letsbe_app.ui.pages.admin.state import (
    AuditState,
    CustomersState,
    CustomerState,
    OverviewState,
    RunsState,
    ServersState,
    ServerState,
    StaffListState,
)
from letsbe_app.ui.pages.admin_access.page import staff_join_page, staff_sign_in_page
from letsbe_app.ui.pages.agent.page import agent_page
from letsbe_app.ui.pages.agent.state import AgentState
from letsbe_app.ui.pages.agents.page import agents_page
from letsbe_app.ui.pages.agents.state import AgentsState
from letsbe_app.ui.pages.approvals.page import approvals_page
from letsbe_app.ui.pages.approvals.state import ApprovalsState
from letsbe_app.ui.pages.calculator.page import calculator_page
from letsbe_app.ui.pages.calculator.state import CalculatorState
from letsbe_app.ui.pages.changes.page import changes_page
from letsbe_app.ui.pages.changes.state import ChangesState
from letsbe_app.ui.pages.chat.page import chat_page, conversation_page
from letsbe_app.ui.pages.chat.state import ChatState
from letsbe_app.ui.pages.home.page import home_page
from letsbe_app.ui.pages.home.state import HomeState
from letsbe_app.ui.pages.not_found import not_found_page
from letsbe_app.ui.pages.onboarding.page import onboarding_page
from letsbe_app.ui.pages.onboarding.state import OnboardingState
from letsbe_app.ui.pages.payment.page import payment_page
from letsbe_app.ui.pages.payment.state import PaymentState
from letsbe_app.ui.pages.provisioning.page import provisioning_page
from letsbe_app.ui.pages.provisioning.state import ProvisioningState
from letsbe_app.ui.pages.secrets.page import secrets_page
from letsbe_app.ui.pages.secrets.state import SecretsState
from letsbe_app.ui.pages.settings.page import settings_page
from letsbe_app.ui.pages.settings.state import SettingsState
from letsbe_app.ui.pages.sign_in.page import sign_in_page, sign_up_page
from letsbe_app.ui.pages.site.legal import legal_page
from letsbe_app.ui.pages.site.page import landing_page
from letsbe_app.ui.pages.usage.page import usage_page
from letsbe_app.ui.pages.usage.state import UsageState
from letsbe_app.ui.text import texts


@dataclass(frozen=True)
class Page:
    """A page as the app registers it."""

    route: str
    name: str
    component: Callable[[], rx.Component]
    on_load: Any = None
    description: str = ""
    is_public: bool = False

    @property
    def title(self) -> str:
        return texts().common.page_title(self.name)

    def meta(self) -> list[dict[str, str]]:
        """Pages behind sign-in are nothing for search engines."""
        return [] if self.is_public else [{"name": "robots", "content": "noindex"}]


_t = texts()

PAGES = [
    Page(routes.LANDING, _t.site.title, landing_page, description=_t.site.promise_detail, is_public=True),
    Page(
        routes.CALCULATOR,
        _t.calculator.title,
        calculator_page,
        CalculatorState.open_page,
        description=_t.calculator.intro,
        is_public=True,
    ),
    Page(routes.LEGAL, _t.site.legal_title, legal_page, is_public=True),
    Page(routes.SIGN_UP, _t.sign_in.sign_up_title, sign_up_page, is_public=True),
    Page(routes.SIGN_IN, _t.sign_in.sign_in, sign_in_page, is_public=True),
    Page(routes.FORGOT_PASSWORD, _t.access.forgot_title, forgot_password_page),
    Page(routes.NEW_PASSWORD, _t.access.new_title, new_password_page),
    Page(routes.SECOND_STEP, _t.access.factor_title, second_step_page),
    Page(routes.CONFIRM_EMAIL, _t.access.confirm_title, confirm_email_page),
    Page(routes.JOIN, _t.access.join_title, join_page),
    Page(routes.ONBOARDING, _t.onboarding.title, onboarding_page, OnboardingState.open_page),
    Page(routes.PAYMENT, _t.onboarding.pay_title, payment_page, PaymentState.open_page),
    Page(routes.HOME, _t.home.title, home_page, HomeState.load),
    Page(routes.CHAT, _t.chat.title, chat_page, ChatState.load),
    Page(routes.CONVERSATION, _t.chat.title, conversation_page, ChatState.load),
    Page(routes.APPROVALS, _t.approvals.title, approvals_page, ApprovalsState.load),
    Page(routes.CHANGES, _t.changes.title, changes_page, ChangesState.load),
    Page(routes.AGENTS, _t.agents.title, agents_page, AgentsState.load),
    Page(routes.AGENT, _t.agent.title, agent_page, AgentState.load),
    Page(routes.USAGE, _t.usage.title, usage_page, UsageState.load),
    Page(routes.SECRETS, _t.secrets.title, secrets_page, SecretsState.load),
    Page(routes.SETTINGS, _t.settings.title, settings_page, SettingsState.load),
    Page(routes.ACTIVITY, _t.activity.title, activity_page, ActivityState.load),
    Page(routes.ADMIN_SIGN_IN, _t.admin.sign_in_title, staff_sign_in_page),
    Page(routes.ADMIN_JOIN, _t.admin.join_title, staff_join_page),
    Page(routes.ADMIN, _t.admin.overview, overview_page, OverviewState.load),
    Page(routes.ADMIN_CUSTOMERS, _t.admin.customers, customers_page, CustomersState.load),
    Page(routes.ADMIN_CUSTOMER, _t.admin.customers, customer_page, CustomerState.load),
    Page(routes.ADMIN_SERVERS, _t.admin.servers, servers_page, ServersState.load),
    Page(routes.ADMIN_SERVER, _t.admin.servers, server_page, ServerState.load),
    Page(routes.ADMIN_RUNS, _t.admin.runs, runs_page, RunsState.load),
    Page(routes.ADMIN_RUN, _t.admin.runs, run_page, RunsState.load_one),
    Page(routes.ADMIN_STAFF, _t.admin.staff, staff_page, StaffListState.load),
    Page(routes.ADMIN_AUDIT, _t.admin.audit, audit_page, AuditState.load),
    Page(routes.PROVISIONING, _t.provisioning.title, provisioning_page, ProvisioningState.load),
    Page(routes.NOT_FOUND, _t.common.not_found_title, not_found_page),
]
