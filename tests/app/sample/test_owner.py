"""The sample owner, made and found again."""

import asyncio
import base64
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from letsbe_app.composition import Services
from letsbe_app.db.models import Order, OrderStatus, Tenant, User
from letsbe_app.fleet.provisioning.schemas import Work
from letsbe_app.fleet.provisioning.steps import StepName
from letsbe_app.people.accounts.totp import STEP_SECONDS, code_at
from letsbe_app.sample import __main__ as sample_command
from letsbe_app.sample import owner as owner_module
from letsbe_app.sample.owner import EMAIL, SampleFailed, SampleTaken, make_sample, wait_until_ready
from tenant_daemon.contracts.health import Heartbeat
from tests.support.hub import FakeClock, running_services


async def test_making_it_twice_makes_it_once(services: Services) -> None:
    first = await make_sample(services)
    second = await make_sample(services)

    assert first == second
    assert stat.S_IMODE(first.password_file.stat().st_mode) == 0o600
    async with services.database.read() as session:
        assert [user.email for user in (await session.exec(select(User))).all()] == [EMAIL]
        assert [order.status for order in (await session.exec(select(Order))).all()] == [OrderStatus.PAID]
        assert len((await session.exec(select(Tenant))).all()) == 1


async def test_her_password_signs_her_in(services: Services) -> None:
    sample = await make_sample(services)
    signed_in = await services.accounts.sign_in(EMAIL, sample.password_file.read_text())

    account = await services.accounts.account(signed_in.actor)
    assert account.business_name == "Sample Bakery"


async def test_another_password_is_told(services: Services) -> None:
    sample = await make_sample(services)
    sample.password_file.write_text("violet-harbour-tractor-92")

    with pytest.raises(SampleTaken, match="another password"):
        await make_sample(services)


async def test_a_second_factor_is_told(services: Services, clock: FakeClock) -> None:
    sample = await make_sample(services)
    owner = (await services.accounts.sign_in(EMAIL, sample.password_file.read_text())).actor
    setup = await services.second_factors.begin(owner)
    step = int(clock().timestamp() // STEP_SECONDS)
    await services.second_factors.enable(owner, code_at(base64.b32decode(setup.secret), step))

    with pytest.raises(SampleTaken, match="second factor"):
        await make_sample(services)


async def test_the_system_starts_also_where_she_is_somebodys_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def taken(*_: object) -> None:
        raise SampleTaken("She has another password.")

    for name in ("build_services", "configure_logging"):
        monkeypatch.setattr(sample_command, name, lambda _settings: None)
    monkeypatch.setattr(sample_command, "_run", taken)
    monkeypatch.setattr(sys, "argv", ["sample"])

    assert await asyncio.to_thread(sample_command.main) == 0
    assert "She has another password." in capsys.readouterr().out


async def test_where_codes_are_mailed_she_needs_none(
    tmp_path: Path, redis_url: str, database_url: str
) -> None:
    changes = {"DATABASE_URL": database_url, "LETSBE_MAILED_CODES": True}
    async with running_services(tmp_path / "data", redis_url, **changes) as services:
        assert await make_sample(services) == await make_sample(services)


async def test_a_failed_server_is_tried_again(services: Services) -> None:
    sample = await make_sample(services)
    tenant = await services.tenants.of_order(sample.order_id)
    await services.orders.move(sample.order_id, OrderStatus.PROVISIONING)
    await services.orders.move(sample.order_id, OrderStatus.FAILED, "No luck.")
    await services.provisioning.fail(Work(tenant.id, sample.order_id, 1), StepName.DISK, "No luck.")

    with pytest.raises(SampleFailed, match="No luck"):
        await wait_until_ready(services, 5)
    await make_sample(services)
    assert len(await services.provisioning.waiting_work()) == 1


async def test_waiting_ends_when_her_agents_can_be_talked_to(services: Services) -> None:
    sample = await make_sample(services)
    tenant = await services.tenants.of_order(sample.order_id)
    waiting = asyncio.create_task(wait_until_ready(services, 20))
    await services.provisioning.complete(Work(tenant.id, sample.order_id, 1))
    await services.relay.presence.renew(tenant.id, "lnk_1")
    await services.tenants.record_heartbeat(
        tenant.id,
        Heartbeat(daemon_version="0", openclaw_version="0", config_version=1, is_ready=True),
    )

    await asyncio.wait_for(waiting, 10)


async def test_waiting_ends_with_its_time(services: Services) -> None:
    await make_sample(services)

    with pytest.raises(SampleFailed, match="not ready within"):
        await wait_until_ready(services, 0.05)


async def test_waiting_ends_also_when_news_come_in_the_same_moment(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_sample(services)
    follow, heard, looks = services.relay.subscriber.follow, [], []

    async def follow_and_note(mailbox: Any, channel: str) -> None:
        heard.append(mailbox)
        await follow(mailbox, channel)

    async def is_ready(*_: object) -> bool:
        await asyncio.sleep(0)
        looks.append(1)
        assert len(looks) == 1, "it went on after its time"
        task = asyncio.current_task()
        assert task is not None
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            # A unit of work comes to its end first, and asks for the cancellation again.
            task.uncancel()
            task.cancel()
        heard[0].recheck()
        return False

    monkeypatch.setattr(services.relay.subscriber, "follow", follow_and_note)
    monkeypatch.setattr(owner_module, "_is_ready", is_ready)
    with pytest.raises(SampleFailed, match="not ready within"):
        await wait_until_ready(services, 0.2)
