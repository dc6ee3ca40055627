"""Who holds a link."""

from letsbe_app.kit.ids import new_id
from letsbe_app.relay import Relay


async def test_tenant_is_online_while_a_connection_renews(relay: Relay) -> None:
    tenant, connection = new_id("ten"), new_id("lnk")
    assert not await relay.presence.is_online(tenant)
    assert await relay.presence.renew(tenant, connection)
    assert await relay.presence.online_among([tenant, "ten_other"]) == {tenant}
    await relay.presence.release(tenant, connection)
    assert not await relay.presence.is_online(tenant)


async def test_newer_connection_keeps_the_link(relay: Relay) -> None:
    tenant = new_id("ten")
    older, newer = "lnk_1", "lnk_2"
    assert await relay.presence.renew(tenant, older)
    assert await relay.presence.renew(tenant, newer)
    assert not await relay.presence.renew(tenant, older)
    await relay.presence.release(tenant, older)
    assert await relay.presence.is_online(tenant)


async def test_nobody_is_online_while_redis_is_away() -> None:
    relay = Relay("redis://127.0.0.1:1/0")
    assert await relay.presence.online_among(["ten_1"]) == set()
    await relay.presence.release("ten_1", "lnk_1")
    await relay.close()
