"""All areas together, per language."""

from dataclasses import dataclass, field
from typing import Final

from letsbe_app.ui.text.access import AccessTexts
from letsbe_app.ui.text.activity import ActivityTexts
from letsbe_app.ui.text.admin import AdminTexts
from letsbe_app.ui.text.agent import AgentTexts
from letsbe_app.ui.text.agents import AgentsTexts
from letsbe_app.ui.text.approvals import ApprovalsTexts
from letsbe_app.ui.text.calculator import CalculatorTexts
from letsbe_app.ui.text.changes import ChangesTexts
from letsbe_app.ui.text.chat import ChatTexts
from letsbe_app.ui.text.common import CommonTexts
from letsbe_app.ui.text.home import HomeTexts
from letsbe_app.ui.text.onboarding import OnboardingTexts
from letsbe_app.ui.text.outgoing import OutgoingTexts
from letsbe_app.ui.text.provisioning import ProvisioningTexts
from letsbe_app.ui.text.retention import RetentionTexts
from letsbe_app.ui.text.secrets import SecretsTexts
from letsbe_app.ui.text.settings import SettingsTexts
from letsbe_app.ui.text.sign_in import SignInTexts
from letsbe_app.ui.text.site import SiteTexts
from letsbe_app.ui.text.usage import UsageTexts
from letsbe_app.ui.text.waiting_time import WaitingTimeTexts

DEFAULT_LOCALE: Final = "en"


@dataclass(frozen=True)
class Catalogue:
    """The words of one language."""

    locale: str = DEFAULT_LOCALE
    common: CommonTexts = field(default_factory=CommonTexts)
    site: SiteTexts = field(default_factory=SiteTexts)
    calculator: CalculatorTexts = field(default_factory=CalculatorTexts)
    sign_in: SignInTexts = field(default_factory=SignInTexts)
    access: AccessTexts = field(default_factory=AccessTexts)
    onboarding: OnboardingTexts = field(default_factory=OnboardingTexts)
    outgoing: OutgoingTexts = field(default_factory=OutgoingTexts)
    home: HomeTexts = field(default_factory=HomeTexts)
    chat: ChatTexts = field(default_factory=ChatTexts)
    retention: RetentionTexts = field(default_factory=RetentionTexts)
    waiting_time: WaitingTimeTexts = field(default_factory=WaitingTimeTexts)
    approvals: ApprovalsTexts = field(default_factory=ApprovalsTexts)
    changes: ChangesTexts = field(default_factory=ChangesTexts)
    secrets: SecretsTexts = field(default_factory=SecretsTexts)
    usage: UsageTexts = field(default_factory=UsageTexts)
    agents: AgentsTexts = field(default_factory=AgentsTexts)
    agent: AgentTexts = field(default_factory=AgentTexts)
    settings: SettingsTexts = field(default_factory=SettingsTexts)
    provisioning: ProvisioningTexts = field(default_factory=ProvisioningTexts)
    activity: ActivityTexts = field(default_factory=ActivityTexts)
    admin: AdminTexts = field(default_factory=AdminTexts)


_CATALOGUES: Final = {DEFAULT_LOCALE: Catalogue()}


def texts(locale: str = DEFAULT_LOCALE) -> Catalogue:
    """The catalogue of a language such as ``de`` or ``de-AT``; English where there is none."""
    return _CATALOGUES.get(locale.partition("-")[0].lower(), _CATALOGUES[DEFAULT_LOCALE])
