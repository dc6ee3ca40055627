"""A server's key: renewed without an interruption, and cut off at once when it is revoked."""

import time
from contextlib import suppress
from pathlib import Path

import pytest

from letsbe_app.db.models import StaffRole
from letsbe_app.errors import NotFound, NotSignedIn
from letsbe_app.fleet.tenants.enrolment import TokenExpired
from letsbe_app.kit.clock import utc_now
from tenant_daemon.contracts.enrolment import EnrolmentRequest
from tenant_daemon.contracts.errors import CLOSE_UNAUTHENTICATED
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.hub_key import HubKey
from tenant_daemon.settings import HUB_KEY_SECRET
from tenant_daemon.vault import Vault
from tests.support.hub import FakeClock
from tests.support.live_hub import Customer, LiveHub, daemon, new_customer
from tests.support.redis import RedisServer
from tests.support.staff import new_member


async def test_revocation_cuts_the_link_within_two_seconds(hub: LiveHub, customer: Customer) -> None:
    async with daemon(hub.workers[0], customer.api_key) as link:
        began = time.monotonic()
        await hub.workers[1].services.tenants.revoke_key(customer.actor, customer.tenant_id)
        assert await link.close_code() == CLOSE_UNAUTHENTICATED
        assert time.monotonic() - began < 2
    async with daemon(hub.workers[0], customer.api_key, hello=False) as link:
        assert await link.close_code() == CLOSE_UNAUTHENTICATED


@pytest.mark.slow
async def test_revocation_cuts_the_link_also_while_redis_is_away(
    hub: LiveHub, customer: Customer, shared_redis: RedisServer
) -> None:
    async with daemon(hub.workers[0], customer.api_key) as link:
        shared_redis.kill()
        try:
            await hub.workers[1].services.tenants.revoke_key(customer.actor, customer.tenant_id)
            assert await link.close_code() == CLOSE_UNAUTHENTICATED
        finally:
            shared_redis.start()


async def test_only_the_owner_revokes(hub: LiveHub, customer: Customer) -> None:
    services = hub.workers[0].services
    other = await new_customer(services, "eve@other.example")
    for act in (services.tenants.revoke_key, services.tenants.renew_key):
        with pytest.raises(NotFound):
            await act(other.actor, customer.tenant_id)
    async with daemon(hub.workers[0], customer.api_key):
        pass


async def test_the_old_key_works_until_the_new_one_is_used(hub: LiveHub, customer: Customer) -> None:
    tenants = hub.workers[0].services.tenants
    lost, renewed = [(await tenants.exchange_key(customer.api_key)).api_key for _ in range(2)]

    assert (await tenants.authenticate(customer.api_key)).tenant_id == customer.tenant_id
    assert (await tenants.authenticate(renewed)).tenant_id == customer.tenant_id
    for dead in (lost, customer.api_key):
        with pytest.raises(NotSignedIn):
            await tenants.authenticate(dead)


async def test_a_server_is_asked_to_renew_and_does_so_over_http(
    hub: LiveHub, customer: Customer, tmp_path: Path
) -> None:
    home = TenantHome(tmp_path / "home")
    home.create()
    vault = Vault.open(home)
    vault.put(HUB_KEY_SECRET, customer.api_key, actor="test")
    key = HubKey(vault, f"{hub.workers[0].ws}/api/v1/tenant/link")
    async with daemon(hub.workers[0], key.current()) as link:
        await hub.workers[1].services.tenants.renew_key(customer.actor, customer.tenant_id)
        await link.next("key.renew")
        assert await key.renew()
        assert key.current() != customer.api_key
        async with daemon(hub.workers[1], key.current()):
            # The newer connection takes over: from here on the old key is worth nothing.
            with suppress(TimeoutError):
                await link.close_code()
    async with daemon(hub.workers[0], customer.api_key, hello=False) as link:
        assert await link.close_code() == CLOSE_UNAUTHENTICATED
    vault.close()


async def test_a_revoked_key_renews_nothing(hub: LiveHub, customer: Customer, tmp_path: Path) -> None:
    services = hub.workers[0].services
    await services.tenants.revoke_key(customer.actor, customer.tenant_id)
    home = TenantHome(tmp_path / "home")
    home.create()
    vault = Vault.open(home)
    vault.put(HUB_KEY_SECRET, customer.api_key, actor="test")

    assert not await HubKey(vault, f"{hub.workers[0].ws}/api/v1/tenant/link").renew()
    assert vault.get(HUB_KEY_SECRET, actor="test", purpose="look") == customer.api_key
    vault.close()


async def test_a_server_that_staff_has_cut_off_comes_back_by_a_fresh_token(
    hub: LiveHub, customer: Customer
) -> None:
    services = hub.workers[1].services
    clock = FakeClock()
    clock.now = utc_now()
    grace = (await new_member(services, clock, StaffRole.OPERATOR)).actor
    async with daemon(hub.workers[0], customer.api_key) as link:
        waiting = await services.tenants.issue_token(customer.tenant_id)
        began = time.monotonic()
        await services.care.revoke_key(grace, customer.tenant_id, "The server was stolen.")
        assert await link.close_code() == CLOSE_UNAUTHENTICATED
        assert time.monotonic() - began < 2
    with pytest.raises(TokenExpired):
        await services.tenants.enrol(enrolment(waiting))

    anew = await services.care.enrol_anew(grace, customer.tenant_id, "It was found again.")
    key = (await services.tenants.enrol(enrolment(anew.token))).api_key
    async with daemon(hub.workers[0], key):
        pass
    with pytest.raises(TokenExpired):
        await services.tenants.enrol(enrolment(anew.token))
    acts = (await services.activity.list(customer.actor)).items
    reasons = [act.reason for act in acts if act.action == "tenant.key_revoked"]
    assert reasons == ["It was found again.", "The server was stolen."]


async def test_a_second_enrolment_ends_the_link_of_the_first(hub: LiveHub, customer: Customer) -> None:
    services = hub.workers[1].services
    async with daemon(hub.workers[0], customer.api_key) as link:
        token = await services.tenants.issue_token(customer.tenant_id)
        await services.tenants.enrol(enrolment(token))
        assert await link.close_code() == CLOSE_UNAUTHENTICATED


def enrolment(token: str) -> EnrolmentRequest:
    return EnrolmentRequest(
        token=token, daemon_version="1", openclaw_version="1", protocol_version=1, sealing_public_key="k"
    )
