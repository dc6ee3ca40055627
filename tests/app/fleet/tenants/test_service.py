"""Servers: enrolment, keys, heartbeat, kill switch; and nothing for strangers."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import ValidationError
from sqlmodel import select

from letsbe_app.composition import Services
from letsbe_app.db.models import AuditEntry, EnrolmentToken, Tenant, TenantStatus, UserRole
from letsbe_app.errors import Forbidden, InvalidInput, NotFound, NotSignedIn
from letsbe_app.fleet.tenants.enrolment import TokenExpired
from letsbe_app.kit.secrets import token_hash
from letsbe_app.people.authz.actor import Actor
from letsbe_app.relay.channels import JOBS_CHANNEL, customer_channel, link_channel
from letsbe_app.relay.subscriber import Signal
from tenant_daemon.contracts.commands import ConfigApplied
from tenant_daemon.contracts.enrolment import EnrolmentRequest
from tenant_daemon.contracts.health import ComponentHealth, Heartbeat
from tests.support.hub import FakeClock, database_text, new_owner, paid_order

HEARTBEAT = Heartbeat(
    daemon_version="0.1.0",
    openclaw_version="2026.9.6",
    config_version=2,
    is_ready=True,
    components=[ComponentHealth(name="proxy", is_healthy=True)],
    cpu_percent=12.5,
    memory_used_bytes=1_000,
    memory_total_bytes=2_000,
    disk_used_bytes=3_000,
    disk_total_bytes=4_000,
    audit_count=7,
)


def request(token: str, **changes: object) -> EnrolmentRequest:
    values = {
        "token": token,
        "daemon_version": "0.1.0",
        "openclaw_version": "2026.9.6",
        "protocol_version": 1,
        "sealing_public_key": "c2VhbA==",
        **changes,
    }
    return EnrolmentRequest.model_validate(values)


@pytest.fixture
async def tenant_id(services: Services, owner: Actor) -> str:
    return (await paid_order(services, owner))[1]


async def test_a_token_becomes_a_key_that_names_the_server(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    token = await services.tenants.issue_token(tenant_id)
    granted = await services.tenants.enrol(request(token))
    identity = await services.tenants.authenticate(granted.api_key)

    assert (identity.tenant_id, identity.customer_id) == (tenant_id, owner.customer_id)
    assert granted.link_url == "ws://localhost:8000/api/v1/tenant/link"
    view = await services.tenants.get(owner, tenant_id)
    assert (view.daemon_version, view.openclaw_version) == ("0.1.0", "2026.9.6")


async def test_token_and_key_are_stored_as_hashes(services: Services, tenant_id: str) -> None:
    token = await services.tenants.issue_token(tenant_id)
    granted = await services.tenants.enrol(request(token))

    async with services.database.read() as session:
        stored = (await session.exec(select(EnrolmentToken.token_hash))).one()
        key = (await session.exec(select(Tenant.api_key_hash))).one()
    assert (stored, key) == (token_hash(token), token_hash(granted.api_key))
    assert granted.api_key not in repr(granted)
    text = await database_text(services)
    assert token not in text
    assert granted.api_key not in text


async def test_a_token_works_once(services: Services, tenant_id: str) -> None:
    token = await services.tenants.issue_token(tenant_id)
    granted = await services.tenants.enrol(request(token))

    with pytest.raises(TokenExpired):
        await services.tenants.enrol(request(token))
    await services.tenants.authenticate(granted.api_key)


async def test_a_token_lives_fifteen_minutes(services: Services, tenant_id: str, clock: FakeClock) -> None:
    token = await services.tenants.issue_token(tenant_id)
    clock.advance(minutes=15)

    with pytest.raises(TokenExpired):
        await services.tenants.enrol(request(token))


async def test_a_new_token_ends_the_one_before(services: Services, tenant_id: str) -> None:
    first = await services.tenants.issue_token(tenant_id)
    await services.tenants.issue_token(tenant_id)

    with pytest.raises(TokenExpired):
        await services.tenants.enrol(request(first))


async def test_enrolling_again_replaces_the_key(services: Services, tenant_id: str) -> None:
    old = await services.tenants.enrol(request(await services.tenants.issue_token(tenant_id)))
    await services.tenants.enrol(request(await services.tenants.issue_token(tenant_id)))

    with pytest.raises(NotSignedIn):
        await services.tenants.authenticate(old.api_key)


async def test_a_daemon_that_is_too_old_keeps_its_token(services: Services, tenant_id: str) -> None:
    token = await services.tenants.issue_token(tenant_id)
    with pytest.raises(InvalidInput, match="too old"):
        await services.tenants.enrol(request(token, protocol_version=0))

    await services.tenants.enrol(request(token))


@pytest.mark.parametrize("key", ["", "lbt_unknown", "' OR 1=1 --"])
async def test_an_unknown_key_is_nobody(services: Services, tenant_id: str, key: str) -> None:
    with pytest.raises(NotSignedIn):
        await services.tenants.authenticate(key)


async def test_the_key_of_a_removed_server_is_nobodys(services: Services, tenant_id: str) -> None:
    granted = await services.tenants.enrol(request(await services.tenants.issue_token(tenant_id)))
    async with services.database.write() as session:
        (await session.get_one(Tenant, tenant_id)).status = TenantStatus.REMOVED

    with pytest.raises(NotSignedIn):
        await services.tenants.authenticate(granted.api_key)


async def test_a_heartbeat_shows_in_the_view(
    services: Services, owner: Actor, tenant_id: str, clock: FakeClock
) -> None:
    await services.tenants.record_heartbeat(tenant_id, HEARTBEAT)
    await services.relay.presence.renew(tenant_id, "lnk_1")
    view = await services.tenants.get(owner, tenant_id)

    assert (view.is_online, view.is_ready, view.last_seen_at) == (True, True, clock.now)
    assert (view.cpu_percent, view.memory_used_bytes, view.disk_total_bytes) == (12.5, 1_000, 4_000)
    assert (view.applied_config_version, view.audit_count) == (2, 7)
    assert view.components == [ComponentHealth(name="proxy", is_healthy=True)]
    assert view.is_practice


async def test_a_server_without_a_link_is_neither_online_nor_ready(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    await services.tenants.record_heartbeat(tenant_id, HEARTBEAT)
    view = await services.tenants.get(owner, tenant_id)

    assert (view.is_online, view.is_ready) == (False, False)


async def test_a_new_link_is_not_ready_before_it_says_so(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    await services.tenants.record_heartbeat(tenant_id, HEARTBEAT)
    await services.relay.presence.renew(tenant_id, "lnk_2")
    await services.tenants.record_connected(tenant_id)
    restarted = await services.tenants.get(owner, tenant_id)
    await services.tenants.record_heartbeat(tenant_id, HEARTBEAT)

    assert (restarted.is_online, restarted.is_ready, restarted.cpu_percent) == (True, False, 12.5)
    assert (await services.tenants.get(owner, tenant_id)).is_ready


async def test_before_the_first_heartbeat_figures_are_unknown(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    (view,) = await services.tenants.list(owner)

    assert (view.id, view.cpu_percent, view.components, view.last_seen_at) == (tenant_id, None, [], None)


async def test_the_kill_switch_is_a_new_configuration(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    before = await services.tenants.wanted_config(tenant_id)
    stopped = await services.tenants.set_stopped(owner, tenant_id, True)
    config = await services.tenants.wanted_config(tenant_id)

    assert (stopped.is_stopped, config.is_stopped) == (True, True)
    assert config.version == before.version + 1 == stopped.config_version


async def test_pulling_the_switch_twice_changes_once(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    first = await services.tenants.set_stopped(owner, tenant_id, True)
    second = await services.tenants.set_stopped(owner, tenant_id, True)

    assert first.config_version == second.config_version
    async with services.database.read() as session:
        actions = (await session.exec(select(AuditEntry.action))).all()
    assert actions.count("tenant.stopped") == 1


async def test_how_long_questions_wait_is_a_new_configuration(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    before = await services.tenants.wanted_config(tenant_id)
    view = await services.tenants.set_approval_ttl(owner, tenant_id, 3_600)
    again = await services.tenants.set_approval_ttl(owner, tenant_id, 3_600)
    config = await services.tenants.wanted_config(tenant_id)

    assert (before.approval_ttl_seconds, config.approval_ttl_seconds) == (86_400, 3_600)
    assert (view.approval_ttl_seconds, view.config_version) == (3_600, before.version + 1)
    assert again == view
    async with services.database.read() as session:
        entries = (
            await session.exec(select(AuditEntry).where(AuditEntry.action == "tenant.approval_ttl_set"))
        ).all()
    assert [(one.actor, one.detail) for one in entries] == [
        (owner.user_id, {"settings": {"approval_ttl_seconds": 3_600}}),
    ]


@pytest.mark.parametrize("seconds", [59, 0, -1, 604_801])
async def test_what_a_server_would_refuse_is_not_set(
    services: Services, owner: Actor, tenant_id: str, seconds: int
) -> None:
    with pytest.raises(InvalidInput, match="seven days"):
        await services.tenants.set_approval_ttl(owner, tenant_id, seconds)

    assert (await services.tenants.get(owner, tenant_id)).approval_ttl_seconds == 86_400


async def test_an_applied_configuration_never_goes_back(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    for version in (3, 2):
        await services.tenants.record_config_applied(
            tenant_id, ConfigApplied(version=version, is_applied=True)
        )
    await services.tenants.record_config_applied(tenant_id, ConfigApplied(version=9, is_applied=False))

    assert (await services.tenants.get(owner, tenant_id)).applied_config_version == 3


async def test_changes_wake_the_link_the_pages_and_the_jobs(
    services: Services, owner: Actor, tenant_id: str
) -> None:
    async with services.relay.subscriber.mailbox() as mailbox:
        channels = (link_channel(tenant_id), customer_channel(owner.customer_id), JOBS_CHANNEL)
        for channel in channels:
            await services.relay.subscriber.follow(mailbox, channel)
        await services.tenants.set_stopped(owner, tenant_id, True)
        await services.tenants.record_heartbeat(tenant_id, HEARTBEAT)
        signals = [await mailbox.get() for _ in range(4)]

    assert [signal.channel for signal in signals if isinstance(signal, Signal)] == [
        link_channel(tenant_id),
        customer_channel(owner.customer_id),
        JOBS_CHANNEL,
        customer_channel(owner.customer_id),
    ]


async def test_another_business_sees_and_switches_nothing(
    services: Services, stranger: Actor, tenant_id: str
) -> None:
    assert await services.tenants.list(stranger) == []
    with pytest.raises(NotFound):
        await services.tenants.get(stranger, tenant_id)
    with pytest.raises(NotFound):
        await services.tenants.set_stopped(stranger, tenant_id, True)
    with pytest.raises(NotFound):
        await services.tenants.set_approval_ttl(stranger, tenant_id, 60)


async def test_only_who_manages_may_switch(services: Services, owner: Actor, tenant_id: str) -> None:
    for role in (UserRole.APPROVER, UserRole.MEMBER, UserRole.READ_ONLY):
        with pytest.raises(Forbidden):
            await services.tenants.set_stopped(replace(owner, role=role), tenant_id, True)
        with pytest.raises(Forbidden):
            await services.tenants.set_approval_ttl(replace(owner, role=role), tenant_id, 60)
        assert await services.tenants.list(replace(owner, role=role))


async def test_messages_of_unknown_servers_are_refused(services: Services) -> None:
    for call in (
        services.tenants.record_heartbeat("ten_unknown", HEARTBEAT),
        services.tenants.record_connected("ten_unknown"),
        services.tenants.record_config_applied("ten_unknown", ConfigApplied(version=1, is_applied=True)),
    ):
        with pytest.raises(NotFound):
            await call


def test_the_lifetime_of_tokens_is_that_of_the_product() -> None:
    from letsbe_app.fleet.tenants.enrolment import TOKEN_LIFETIME

    assert timedelta(minutes=15) == TOKEN_LIFETIME


async def test_figures_that_cannot_be_kept_cost_no_other_server_its_heartbeat(services: Services) -> None:
    tenant_ids = [
        (await paid_order(services, await new_owner(services, f"{name}@bakery.example")))[1]
        for name in ("ada", "ben", "eve")
    ]
    beats = dict.fromkeys(tenant_ids, HEARTBEAT)
    beats[tenant_ids[2]] = HEARTBEAT.model_copy(update={"config_version": 2**70})
    kept = await services.tenants._write_heartbeats(beats)

    assert set(kept) == set(tenant_ids[:2])
    assert [bool((await services.tenants.row(one)).last_heartbeat_at) for one in tenant_ids] == [
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "wrong", [{"config_version": 2**40}, {"daemon_version": "x" * 41}, {"cpu_percent": float("nan")}]
)
def test_a_heartbeat_that_no_database_keeps_is_no_heartbeat(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Heartbeat.model_validate(HEARTBEAT.model_dump() | wrong)
