"""Single steps, with a provider that does as told and a server that reports as told."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from letsbe_app.composition import Services
from letsbe_app.db.models import Order, OrderStatus, Tenant, TenantStatus
from letsbe_app.fleet.provisioning.schemas import Work
from letsbe_app.fleet.provisioning.steps import STEPS, StepName
from letsbe_app.jobs.provisioner import Provisioner
from letsbe_app.jobs.wakes import JobWakes
from letsbe_app.people.authz.actor import Actor
from tenant_daemon.contracts.health import ComponentHealth, Heartbeat
from tests.support.hub import new_owner, paid_order
from tests.support.scripted_provider import ScriptedProvider
from tests.support.waiting import eventually


def heartbeat(*healthy: str, is_ready: bool = False, config_version: int = 0) -> Heartbeat:
    return Heartbeat(
        daemon_version="0.1.0",
        openclaw_version="2026.9.6",
        config_version=config_version,
        is_ready=is_ready,
        components=[ComponentHealth(name=name, is_healthy=True) for name in healthy],
    )


@pytest.fixture
def provider() -> ScriptedProvider:
    return ScriptedProvider()


@pytest.fixture
async def wakes(services: Services) -> AsyncIterator[JobWakes]:
    made = JobWakes(services.relay)
    is_listening = asyncio.Event()

    async def on_wake() -> None:
        is_listening.set()

    task = asyncio.create_task(made.listen(on_wake))
    await is_listening.wait()
    yield made
    task.cancel()


def provisioner(
    services: Services, provider: ScriptedProvider, wakes: JobWakes, wait_seconds: float = 10
) -> Provisioner:
    return Provisioner(
        services.provisioning,
        services.tenants,
        services.orders,
        services.agents,
        provider,
        wakes,
        wait_seconds=wait_seconds,
    )


@pytest.fixture
async def work(services: Services, owner: Actor) -> Work:
    order_id, tenant_id = await paid_order(services, owner)
    return Work(tenant_id, order_id, 1)


@pytest.mark.slow
async def test_from_paid_to_active(
    services: Services, owner: Actor, provider: ScriptedProvider, wakes: JobWakes, work: Work
) -> None:
    steps = provisioner(services, provider, wakes)
    await steps.begin(work)

    async def play_the_server() -> None:
        await provider.started.wait()
        wanted = await services.tenants.wanted_config(work.tenant_id)
        for report in (
            heartbeat(),
            heartbeat("proxy", "wrapper"),
            heartbeat("proxy", "wrapper", "openclaw"),
            heartbeat("proxy", "wrapper", "openclaw", is_ready=True),
            heartbeat(is_ready=True, config_version=wanted.version),
        ):
            await services.tenants.record_heartbeat(work.tenant_id, report)

    server = asyncio.create_task(play_the_server())
    failures = [await steps.run(work, step.name) for step in STEPS]
    await steps.complete(work)
    await server

    assert failures == [""] * 10
    progress = await services.provisioning.progress(owner, work.order_id)
    assert (progress.status, {step.state for step in progress.steps}) == ("active", {"done"})
    assert progress.steps[5].detail == "It runs LetsBe 0.1.0 with OpenClaw 2026.9.6."
    assert (await services.orders.get(owner, work.order_id)).status == "active"
    assert len(await services.agents.list(owner, work.tenant_id)) == 5
    assert provider.calls == ["reserve", "prepare", "enrol", "start"]


async def test_a_step_that_is_done_is_not_done_again(
    services: Services, provider: ScriptedProvider, wakes: JobWakes, work: Work
) -> None:
    steps = provisioner(services, provider, wakes)
    for _ in range(2):
        assert await steps.run(work, StepName.RESERVE) == ""

    assert provider.calls == ["reserve"]


async def test_a_failed_step_is_tried_again_from_there(
    services: Services, owner: Actor, provider: ScriptedProvider, wakes: JobWakes, work: Work
) -> None:
    provider.failures = {"prepare": 1}
    steps = provisioner(services, provider, wakes)
    await steps.begin(work)
    assert await steps.run(work, StepName.RESERVE) == ""
    reason = await steps.run(work, StepName.DISK)
    await steps.give_up(work, StepName.DISK, reason)

    order = await services.orders.get(owner, work.order_id)
    assert (reason, order.status, order.failure) == (
        "No luck with prepare.",
        "failed",
        "No luck with prepare.",
    )

    await services.provisioning.retry(owner, work.order_id)
    (again,) = await services.provisioning.waiting_work()
    await steps.begin(again)
    assert [await steps.run(again, name) for name in (StepName.RESERVE, StepName.DISK)] == ["", ""]
    assert provider.calls == ["reserve", "prepare", "prepare"]


async def test_two_servers_never_get_one_place(
    services: Services, provider: ScriptedProvider, wakes: JobWakes, work: Work
) -> None:
    other_order, other_tenant = await paid_order(services, await new_owner(services, "bob@x.example"))
    steps = provisioner(services, provider, wakes)
    await asyncio.gather(
        steps.run(work, StepName.RESERVE),
        steps.run(Work(other_tenant, other_order, 1), StepName.RESERVE),
    )
    tenants = await services.tenants.with_status(TenantStatus.PROVISIONING)

    assert sorted(tenant.provider_ref for tenant in tenants) == ["0", "1"]


async def test_every_enrolment_has_a_token_of_its_own_that_is_nowhere_else(
    services: Services, owner: Actor, provider: ScriptedProvider, wakes: JobWakes, work: Work
) -> None:
    provider.failures = {"enrol": 1}
    steps = provisioner(services, provider, wakes)
    answers = [await steps.run(work, StepName.KEYS) for _ in range(2)]

    (token,) = provider.tokens
    progress = await services.provisioning.progress(owner, work.order_id)
    assert token not in repr((answers, progress))


async def test_a_server_that_stays_silent_fails_in_words(
    services: Services, provider: ScriptedProvider, wakes: JobWakes, work: Work
) -> None:
    steps = provisioner(services, provider, wakes, wait_seconds=0.05)

    assert await steps.run(work, StepName.HEARTBEAT) == "The server did not call us in time."
    await services.tenants.record_heartbeat(work.tenant_id, heartbeat())
    assert await steps.run(work, StepName.GUARDS) == "The guards did not come up in time."
    assert await steps.run(work, StepName.OPENCLAW) == "OpenClaw did not start in time."
    assert await steps.run(work, StepName.TOOLS) == "The server could not show that its tools are safe."
    assert "did not come into force" in await steps.run(work, StepName.HANDOVER)


async def test_a_server_that_keeps_dying_fails_at_once_and_says_why(
    services: Services, provider: ScriptedProvider, wakes: JobWakes, work: Work
) -> None:
    provider.down = "the server's programs stopped 3 times (exit code 1)"
    steps = provisioner(services, provider, wakes, wait_seconds=60)

    assert await asyncio.wait_for(steps.run(work, StepName.HEARTBEAT), 5) == (
        "The server does not stay up: the server's programs stopped 3 times (exit code 1)."
    )


async def test_an_error_nobody_thought_of_is_told_without_its_text(
    services: Services, provider: ScriptedProvider, wakes: JobWakes, work: Work
) -> None:
    async def broken(_tenant_id: str) -> None:
        raise RuntimeError("password=hush-hush")

    class BrokenAgents:
        create_defaults = staticmethod(broken)

    steps = provisioner(services, provider, wakes)
    steps._agents = BrokenAgents()
    reason = await steps.run(work, StepName.AGENTS)

    assert reason == "Something went wrong on our side. We have noted it; please try again."


async def test_giving_up_and_completing_may_be_repeated(
    services: Services, owner: Actor, provider: ScriptedProvider, wakes: JobWakes, work: Work
) -> None:
    steps = provisioner(services, provider, wakes)
    for _ in range(2):
        await steps.begin(work)
    for _ in range(2):
        await steps.give_up(work, StepName.DISK, "No luck.")
    assert (await services.orders.get(owner, work.order_id)).status == OrderStatus.FAILED

    await services.provisioning.retry(owner, work.order_id)
    await steps.begin(work)
    for _ in range(2):
        await steps.complete(work)
    assert (await services.orders.get(owner, work.order_id)).status == OrderStatus.ACTIVE


async def test_a_step_that_is_under_way_when_the_business_is_deleted_ends_the_work(
    services: Services, owner: Actor, provider: ScriptedProvider, wakes: JobWakes, work: Work
) -> None:
    steps = provisioner(services, provider, wakes)
    running = asyncio.create_task(steps.run(work, StepName.HEARTBEAT))
    await eventually(lambda: _is_running(services, owner, work))
    await services.privacy.delete(owner, "Ada's Bakery")
    await services.relay.publisher.wake_jobs(work.tenant_id)
    assert await asyncio.wait_for(running, 5) in {"The business was deleted.", "There is no such server."}


async def _is_running(services: Services, owner: Actor, work: Work) -> bool:
    progress = await services.provisioning.progress(owner, work.order_id)
    return progress.steps[5].state == "running"


async def test_a_business_that_is_deleted_while_its_server_is_made_ends_the_work_quietly(
    services: Services, owner: Actor, provider: ScriptedProvider, wakes: JobWakes, work: Work
) -> None:
    steps = provisioner(services, provider, wakes)
    await steps.begin(work)
    assert await steps.run(work, StepName.RESERVE) == ""
    await services.privacy.delete(owner, "Ada's Bakery")

    reason = await steps.run(work, StepName.DISK)
    assert reason == "The business was deleted."
    await steps.begin(work)
    await steps.give_up(work, StepName.DISK, reason)
    await steps.complete(work)
    # As when it is deleted between the look and the write.
    await services.provisioning.complete(work)

    async with services.database.read() as session:
        tenant = await session.get_one(Tenant, work.tenant_id)
        order = await session.get_one(Order, work.order_id)
    assert (tenant.status, order.status) == (TenantStatus.REMOVED, OrderStatus.CANCELLED)
    assert [row.id for row in await services.tenants.left_at(tenant.provider)] == [work.tenant_id]
