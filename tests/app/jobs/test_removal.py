"""The end of a server whose business was deleted."""

from pathlib import Path

from letsbe_app.composition import Services
from letsbe_app.fleet.provisioning.providers.base import Server
from letsbe_app.jobs.removal import Remover
from letsbe_app.people.authz.actor import Actor
from tests.support.hub import paid_order
from tests.support.scripted_provider import ScriptedProvider


async def test_its_machine_goes_once_and_its_place_is_free(
    services: Services, owner: Actor, stranger: Actor, tmp_path: Path
) -> None:
    provider = ScriptedProvider()
    _, tenant_id = await paid_order(services, owner)
    _, other_id = await paid_order(services, stranger)
    for one in (tenant_id, other_id):
        await services.tenants.set_provider_ref(one, "3")
    remover = Remover(services.tenants, provider)
    assert await remover.waiting() == []
    await services.privacy.delete(owner, "Ada's Bakery")

    (server,) = await remover.waiting()
    assert server == Server(tenant_id, "removed", "3")
    for _ in range(2):
        await remover.remove(server)
        await remover.forget(server)
    assert await remover.waiting() == []
    assert await services.tenants.count_living("local") == 1
