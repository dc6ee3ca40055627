"""Who holds a link."""

from letsbe_app.kit.ids import new_id
from letsbe_app.relay import Relay


async def test_tenant_is_online_while_a_link_renews(relay: Relay) -> None:
    tenant = new_id("ten")
    assert not await relay.presence.is_online(tenant)
    link = await relay.presence.claim(tenant, "lnk_a")
    assert await relay.presence.renew(tenant, link)
    assert await relay.presence.online_among([tenant, "ten_other"]) == {tenant}
    await relay.presence.release(tenant, link)
    assert not await relay.presence.is_online(tenant)


async def test_newer_link_keeps_the_tenant(relay: Relay) -> None:
    tenant = new_id("ten")
    older = await relay.presence.claim(tenant, "lnk_z")
    newer = await relay.presence.claim(tenant, "lnk_a")
    assert newer > older
    assert not await relay.presence.renew(tenant, older)
    await relay.presence.release(tenant, older)
    assert await relay.presence.is_online(tenant)


async def test_newer_link_wins_again_after_redis_forgot_both(relay: Relay) -> None:
    tenant = new_id("ten")
    older = await relay.presence.claim(tenant, "lnk_z")
    newer = await relay.presence.claim(tenant, "lnk_a")
    await relay._redis.flushall()
    assert await relay.presence.renew(tenant, older)
    assert await relay.presence.renew(tenant, newer)
    assert not await relay.presence.renew(tenant, older)


async def test_nobody_is_online_while_redis_is_away() -> None:
    relay = Relay("redis://127.0.0.1:1/0")
    assert await relay.presence.online_among(["ten_1"]) == set()
    assert (await relay.presence.claim("ten_1", "lnk_1")).endswith("lnk_1")
    await relay.presence.release("ten_1", "lnk_1")
    await relay.close()
