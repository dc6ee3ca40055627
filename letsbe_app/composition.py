"""The one place that chooses collaborators. Building is free: connections open at first use."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from letsbe_app.api.csrf import CsrfTokens
from letsbe_app.backoffice.care import FleetCare
from letsbe_app.backoffice.service import BackOffice
from letsbe_app.db.session import Database
from letsbe_app.db.tenant_content import TenantContent
from letsbe_app.fleet.audit_heads.service import AuditHeadService
from letsbe_app.fleet.provisioning.service import ProvisioningService
from letsbe_app.fleet.secrets.service import SecretService
from letsbe_app.fleet.tenants.service import TenantService
from letsbe_app.hub.admission import new_admission
from letsbe_app.hub.rounds import Rounds
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.keyfile import load_or_create_key, new_key
from letsbe_app.kit.outbound import Outbound
from letsbe_app.kit.secret_box import SecretBox, key_line, keys_in
from letsbe_app.kit.turnstile import Turnstile
from letsbe_app.logs import configure_logging, tell_cautions
from letsbe_app.notify.inbox import ReminderNotices
from letsbe_app.notify.service import NotifyService
from letsbe_app.notify.web_push import WebPush, new_vapid_key
from letsbe_app.people.accounts.breached import BreachedPasswords
from letsbe_app.people.accounts.front_door import FrontDoor
from letsbe_app.people.accounts.mailed_codes import MailedCodes
from letsbe_app.people.accounts.mailed_links import MailedLinks
from letsbe_app.people.accounts.passkey_ceremony import Place
from letsbe_app.people.accounts.passkeys import Passkeys
from letsbe_app.people.accounts.passwords import Passwords
from letsbe_app.people.accounts.reauthentication import Reauthentication
from letsbe_app.people.accounts.second_factor import SecondFactors
from letsbe_app.people.accounts.second_step import SecondStep
from letsbe_app.people.accounts.service import AccountService
from letsbe_app.people.accounts.sessions import SessionService
from letsbe_app.people.accounts.sign_in_rules import SignInRules
from letsbe_app.people.accounts.throttle import Throttle
from letsbe_app.people.audit.activity import ActivityLog
from letsbe_app.people.keys.service import KeyService
from letsbe_app.people.mail.mailer import Mailer, OutboxMailer, SmtpMailer
from letsbe_app.people.mail.post import PostRoom
from letsbe_app.people.members.service import MemberService
from letsbe_app.people.privacy.service import PrivacyService
from letsbe_app.people.requests.service import RequestService
from letsbe_app.people.staff.service import StaffService
from letsbe_app.people.support.service import SupportService
from letsbe_app.relay import Relay
from letsbe_app.settings import Settings, load_settings
from letsbe_app.shop.billing.gateway import PaymentGateway
from letsbe_app.shop.billing.practice_gateway import PracticeGateway
from letsbe_app.shop.billing.service import BillingService
from letsbe_app.shop.billing.token_pool import TokenPools
from letsbe_app.shop.catalog.service import Catalog
from letsbe_app.shop.onboarding.service import OnboardingService
from letsbe_app.shop.orders.service import OrderService
from letsbe_app.telemetry.tracing import configure_tracing
from letsbe_app.webhooks.service import WebhookService
from letsbe_app.workforce.agents.service import AgentService
from letsbe_app.workforce.approvals.remembering import RememberedService
from letsbe_app.workforce.approvals.service import ApprovalService
from letsbe_app.workforce.attachments.service import AttachmentService
from letsbe_app.workforce.changes.service import ChangeService
from letsbe_app.workforce.conversations.runs import RunRecorder
from letsbe_app.workforce.conversations.service import ConversationService
from letsbe_app.workforce.conversations.turns import TurnService
from letsbe_app.workforce.notices.service import NoticeService
from letsbe_app.workforce.retention.service import RetentionService
from letsbe_app.workforce.usage.service import UsageService


@dataclass(frozen=True)
class Services:
    """Everything that pages, routes, links and jobs may call."""

    settings: Settings
    database: Database
    relay: Relay
    admission: Turnstile
    rounds: Rounds
    csrf: CsrfTokens
    requests: RequestService
    accounts: AccountService
    links: MailedLinks
    sign_in_rules: SignInRules
    second_factors: SecondFactors
    passkeys: Passkeys
    support: SupportService
    activity: ActivityLog
    staff: StaffService
    back_office: BackOffice
    care: FleetCare
    content: TenantContent
    sessions: SessionService
    reauthentication: Reauthentication
    members: MemberService
    keys: KeyService
    privacy: PrivacyService
    post: PostRoom
    box: SecretBox
    outbound: Outbound
    webhooks: WebhookService
    web_push: WebPush
    notify: NotifyService
    catalog: Catalog
    onboarding: OnboardingService
    orders: OrderService
    billing: BillingService
    provisioning: ProvisioningService
    tenants: TenantService
    agents: AgentService
    conversations: ConversationService
    turns: TurnService
    retention: RetentionService
    attachments: AttachmentService
    runs: RunRecorder
    approvals: ApprovalService
    remembered: RememberedService
    changes: ChangeService
    notices: NoticeService
    audit_heads: AuditHeadService
    secrets: SecretService
    usage: UsageService

    async def close(self) -> None:
        """Close connections; call it at the end of the process."""
        await self.post.close()
        await self.rounds.close()
        await self.relay.close()
        await self.database.close()


def build_services(
    settings: Settings, *, clock: Clock = utc_now, passwords: Passwords | None = None
) -> Services:
    """
    All services over one database and one relay.

    Args:
        settings: Of this process.
        clock: The time; tests set it.
        passwords: How passwords are hashed; tests take a cheaper hash.
    """
    database = Database(settings.async_database_url())
    secret_box = _secret_box(settings)
    csrf_key = load_or_create_key(settings.keys_dir, "csrf.key")
    content = TenantContent(secret_box)
    relay = Relay.from_settings(settings, content)
    catalog = Catalog.load()
    agents = AgentService(database, relay, budgets=TokenPools(catalog).budgets, clock=clock)
    tenants = TenantService(
        database,
        relay,
        agents,
        public_url=settings.public_url,
        is_practice=settings.is_practice_model,
        clock=clock,
    )
    provisioning = ProvisioningService(
        database,
        relay,
        tenants,
        provider=settings.server_provider,
        server_limit=settings.local_tenant_limit,
        clock=clock,
    )
    onboarding = OnboardingService(database, catalog, clock=clock)
    orders = OrderService(database, catalog, onboarding, provisioning.ensure_room, clock=clock)
    attachments = AttachmentService(database, content, clock=clock)
    turns = TurnService(database, relay, content, clock=clock)
    hasher, throttle = passwords or _passwords(settings), Throttle(relay.windows)
    second_factors = SecondFactors(database, secret_box, throttle, clock=clock)
    post = PostRoom(database, secret_box, _mailer(settings), clock=clock)
    outbound = Outbound(allows_local=settings.allows_local_webhooks)
    push_key = load_or_create_key(settings.keys_dir, "push.pem", new_vapid_key)
    web_push = WebPush(push_key, settings.mail_from, outbound)
    reminders = ReminderNotices(database, relay.publisher, clock=clock)
    public, staff = settings.public_url, settings.staff_url
    door = FrontDoor(database, hasher, throttle, post, relay.publisher, public, clock, staff)
    place = Place.of(settings.public_url, settings.allowed_origins())
    support = SupportService(database, relay.publisher, clock=clock)
    passkeys = Passkeys(database, relay.challenges, post, place=place, clock=clock)
    second_step = SecondStep(database, second_factors, passkeys, is_demanded=settings.requires_second_factor)
    reauthentication = Reauthentication(database, hasher, throttle, second_step)
    return Services(
        settings=settings,
        database=database,
        relay=relay,
        admission=new_admission(),
        rounds=Rounds(tenants, relay),
        csrf=CsrfTokens(csrf_key),
        requests=RequestService(database, secret_box, csrf_key, clock=clock),
        accounts=AccountService(
            database,
            hasher,
            throttle,
            second_step=second_step,
            mailed_codes=MailedCodes(
                database, throttle, relay.challenges, post, is_on=settings.asks_for_mailed_codes
            ),
            passkeys=passkeys,
            support=support,
            post=post,
            publisher=relay.publisher,
            session_days=settings.session_days,
            idle_days=settings.session_idle_days,
            clock=clock,
        ),
        links=MailedLinks(door),
        sign_in_rules=SignInRules(door, second_step),
        content=content,
        second_factors=second_factors,
        passkeys=passkeys,
        support=support,
        activity=ActivityLog(database),
        staff=StaffService(door, secret_box),
        back_office=BackOffice(
            database, relay, provisioning, orders, support, cautions=settings.cautions, clock=clock
        ),
        care=FleetCare(database, relay, tenants, clock=clock),
        sessions=SessionService(database, relay.publisher, clock=clock),
        reauthentication=reauthentication,
        members=MemberService(door),
        keys=KeyService(database, clock=clock),
        privacy=PrivacyService(database, content, relay.publisher, post, clock=clock),
        post=post,
        box=secret_box,
        outbound=outbound,
        webhooks=WebhookService(
            database, secret_box, relay.publisher, allows_local=settings.allows_local_webhooks, clock=clock
        ),
        web_push=web_push,
        notify=NotifyService(
            database,
            secret_box,
            relay.publisher,
            public_key=web_push.public_key,
            allows_local=settings.allows_local_webhooks,
            clock=clock,
        ),
        catalog=catalog,
        onboarding=onboarding,
        orders=orders,
        billing=BillingService(database, _gateway(settings), orders, onboarding, provisioning, clock=clock),
        provisioning=provisioning,
        tenants=tenants,
        agents=agents,
        conversations=ConversationService(database, relay, agents, content, attachments, clock=clock),
        turns=turns,
        retention=RetentionService(database, turns, clock=clock),
        attachments=attachments,
        runs=RunRecorder(database, relay, content, clock=clock),
        approvals=ApprovalService(database, relay, content, [reminders], clock=clock),
        remembered=RememberedService(database, relay, content, clock=clock),
        changes=ChangeService(database, relay, content, clock=clock),
        notices=NoticeService(database, relay, clock=clock),
        audit_heads=AuditHeadService(database, relay, clock=clock),
        secrets=SecretService(database, relay, reauthentication, clock=clock),
        usage=UsageService(database, agents, clock=clock),
    )


@lru_cache(maxsize=1)
def get_services() -> Services:
    """The services of this process, built at the first call."""
    settings = load_settings()
    configure_logging(settings)
    tell_cautions(settings)
    configure_tracing(settings, "hub")
    return build_services(settings)


def _passwords(settings: Settings) -> Passwords:
    path = settings.breached_passwords
    return Passwords(breached=BreachedPasswords(Path(path)) if path else None)


def _mailer(settings: Settings) -> Mailer:
    url = settings.smtp_url.get_secret_value()
    if url:
        return SmtpMailer(url, settings.mail_from)
    return OutboxMailer(settings.mail_dir, settings.mail_from)


def _secret_box(settings: Settings) -> SecretBox:
    content = load_or_create_key(settings.keys_dir, "secrets.keys", lambda: key_line(new_key()))
    return SecretBox(keys_in(content))


def _gateway(settings: Settings) -> PaymentGateway:
    match settings.payment_gateway:
        case "practice":
            return PracticeGateway()
