"""A server's key: renewed without an interruption, and cut off at once when it is revoked."""

import time
from contextlib import suppress
from pathlib import Path

import pytest

from letsbe_app.errors import NotFound, NotSignedIn
from tenant_daemon.contracts.errors import CLOSE_UNAUTHENTICATED
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.hub_key import HubKey
from tenant_daemon.settings import HUB_KEY_SECRET
from tenant_daemon.vault import Vault
from tests.support.live_hub import Customer, LiveHub, daemon, new_customer
from tests.support.redis import RedisServer


async def test_revocation_cuts_the_link_within_two_seconds(hub: LiveHub, customer: Customer) -> None:
    async with daemon(hub.workers[0], customer.api_key) as link:
        began = time.monotonic()
        await hub.workers[1].services.tenants.revoke_key(customer.actor, customer.tenant_id)
        assert await link.close_code() == CLOSE_UNAUTHENTICATED
        assert time.monotonic() - began < 2
    async with daemon(hub.workers[0], customer.api_key, hello=False) as link:
        assert await link.close_code() == CLOSE_UNAUTHENTICATED


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
