"""Who holds a link."""

import pytest

from letsbe_app.kit.ids import new_id
from letsbe_app.relay import Relay, RelayAway
from letsbe_app.relay.presence import link_id
from tests.support.hub import new_content

OLDER = link_id(1_000, "lnk_z")
NEWER = link_id(1_001, "lnk_a")


async def test_tenant_is_online_while_a_link_renews(relay: Relay) -> None:
    tenant = new_id("ten")
    assert not await relay.presence.is_online(tenant)
    assert await relay.presence.renew(tenant, OLDER)
    assert await relay.presence.renew(tenant, OLDER)
    assert await relay.presence.online_among([tenant, "ten_other"]) == {tenant}
    await relay.presence.release(tenant, OLDER)
    assert not await relay.presence.is_online(tenant)


async def test_newer_link_keeps_the_tenant_also_against_a_late_claim(relay: Relay) -> None:
    tenant = new_id("ten")
    assert await relay.presence.renew(tenant, NEWER)
    assert not await relay.presence.renew(tenant, OLDER)
    await relay.presence.release(tenant, OLDER)
    assert await relay.presence.is_online(tenant)


async def test_newer_link_wins_again_after_redis_forgot_both(relay: Relay) -> None:
    tenant = new_id("ten")
    assert await relay.presence.renew(tenant, NEWER)
    await relay._redis.flushall()
    assert await relay.presence.renew(tenant, OLDER)
    assert await relay.presence.renew(tenant, NEWER)
    assert not await relay.presence.renew(tenant, OLDER)


async def test_nobody_is_online_while_redis_is_away() -> None:
    relay = Relay("redis://127.0.0.1:1/0", new_content())
    assert await relay.presence.online_among(["ten_1"]) == set()
    with pytest.raises(RelayAway):
        await relay.presence.renew("ten_1", OLDER)
    await relay.presence.release("ten_1", OLDER)
    await relay.close()
