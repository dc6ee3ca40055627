"""The record of setting up a server, as its owner sees it."""

import pytest

from letsbe_app.composition import Services
from letsbe_app.errors import Conflict, NotFound
from letsbe_app.fleet.provisioning.schemas import Work
from letsbe_app.fleet.provisioning.steps import STEPS, StepName
from letsbe_app.people.authz.actor import Actor
from letsbe_app.relay.channels import JOBS_CHANNEL
from letsbe_app.relay.subscriber import Signal
from letsbe_app.shop.onboarding.schemas import DraftChanges
from tests.support.hub import FakeClock, paid_order


async def test_there_are_ten_named_steps_that_wait(services: Services, owner: Actor) -> None:
    order_id, tenant_id = await paid_order(services, owner)
    progress = await services.provisioning.progress(owner, order_id)

    assert [step.name for step in progress.steps] == [step.name for step in STEPS] == list(StepName)
    assert len(progress.steps) == 10
    assert {step.state for step in progress.steps} == {"waiting"}
    assert (progress.tenant_id, progress.status, progress.failure, progress.can_retry) == (
        tenant_id,
        "provisioning",
        "",
        False,
    )


async def test_before_the_payment_there_is_nothing_to_see(services: Services, owner: Actor) -> None:
    await services.onboarding.save(owner, DraftChanges(bundle_id="freelancer"))
    order = await services.orders.place(owner)

    with pytest.raises(NotFound):
        await services.provisioning.progress(owner, order.id)


async def test_a_step_shows_how_long_it_takes(services: Services, owner: Actor, clock: FakeClock) -> None:
    order_id, _ = await paid_order(services, owner)
    await services.provisioning.begin(order_id, StepName.RESERVE)
    clock.advance(seconds=2.5)
    running = (await services.provisioning.progress(owner, order_id)).steps[0]
    await services.provisioning.finish(order_id, StepName.RESERVE, "Done.")
    clock.advance(seconds=60)
    done = (await services.provisioning.progress(owner, order_id)).steps[0]

    assert (running.state, running.seconds) == ("running", 2.5)
    assert (done.state, done.seconds, done.detail) == ("done", 2.5, "Done.")


async def test_payment_is_work_and_tells_the_jobs(services: Services, owner: Actor) -> None:
    async with services.relay.subscriber.mailbox() as mailbox:
        await services.relay.subscriber.follow(mailbox, JOBS_CHANNEL)
        order_id, tenant_id = await paid_order(services, owner)
        signal = await mailbox.get()

    assert signal == Signal(JOBS_CHANNEL, tenant_id.encode())
    assert await services.provisioning.waiting_work() == [Work(tenant_id, order_id, 1)]


async def test_a_failure_is_told_and_can_be_tried_again(services: Services, owner: Actor) -> None:
    order_id, tenant_id = await paid_order(services, owner)
    await services.provisioning.begin(order_id, StepName.RESERVE)
    await services.provisioning.finish(order_id, StepName.RESERVE, "")
    await services.provisioning.begin(order_id, StepName.DISK)
    await services.provisioning.fail(Work(tenant_id, order_id, 1), StepName.DISK, "The disk is full.")
    failed = await services.provisioning.progress(owner, order_id)

    assert (failed.status, failed.failure, failed.can_retry) == ("failed", "The disk is full.", True)
    assert await services.provisioning.waiting_work() == []

    again = await services.provisioning.retry(owner, order_id)
    assert [step.state for step in again.steps[:3]] == ["done", "waiting", "waiting"]
    assert (again.failure, again.can_retry) == ("", False)
    (work,) = await services.provisioning.waiting_work()
    assert work.workflow_id == f"provision-{order_id}-2"
    with pytest.raises(Conflict):
        await services.provisioning.retry(owner, order_id)


async def test_a_complete_server_is_no_work(services: Services, owner: Actor) -> None:
    order_id, tenant_id = await paid_order(services, owner)
    await services.provisioning.complete(Work(tenant_id, order_id, 1))

    assert await services.provisioning.waiting_work() == []
    assert (await services.tenants.get(owner, tenant_id)).status == "active"


def test_the_first_workflow_has_the_name_of_its_order() -> None:
    assert Work("ten_1", "ord_1", 1).workflow_id == "provision-ord_1"
