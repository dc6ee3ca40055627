"""The jobs process as a process: killed in the middle, it goes on where it was."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from letsbe_app.composition import Services
from letsbe_app.jobs.removal import Remover
from letsbe_app.people.authz.actor import Actor
from letsbe_app.relay.channels import customer_channel
from tenant_daemon.contracts.health import Heartbeat
from tests.support.fake_daemon import Reports
from tests.support.hub import new_owner, paid_order, running_services
from tests.support.live_hub import eventually
from tests.support.postgresql import running_postgresql
from tests.support.scripted_provider import ScriptedProvider

pytestmark = pytest.mark.flow

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(params=["sqlite", "postgresql"])
async def services(request: pytest.FixtureRequest, tmp_path: Path, redis_url: str) -> AsyncIterator[Services]:
    if request.param == "sqlite":
        async with running_services(tmp_path / "data", redis_url) as hub:
            yield hub
        return
    with running_postgresql() as url:
        async with running_services(tmp_path / "data", redis_url, DATABASE_URL=url) as hub:
            yield hub


@asynccontextmanager
async def jobs_process(
    services: Services, folder: Path, wait_in: str = ""
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The process; whatever a test leaves of it is killed."""
    settings = services.settings
    environment = {
        **os.environ,
        "LETSBE_DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
    }
    program = [sys.executable, "-m", "tests.support.jobs_program", str(folder), wait_in]
    process = await asyncio.create_subprocess_exec(*program, cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def stopped(process: asyncio.subprocess.Process) -> int:
    """Its exit code after SIGTERM."""
    process.send_signal(signal.SIGTERM)
    return await asyncio.wait_for(process.wait(), 60)


async def is_active(services: Services, owner: Actor, order_id: str) -> None:
    """Wait until the order's server is its owner's."""
    async with asyncio.timeout(30), services.relay.subscriber.mailbox() as mailbox:
        await services.relay.subscriber.follow(mailbox, customer_channel(owner.customer_id))
        while (await services.orders.get(owner, order_id)).status != "active":
            await mailbox.get()


async def test_killed_in_a_step_it_goes_on_with_that_step(
    services: Services, owner: Actor, tmp_path: Path
) -> None:
    async with Reports(tmp_path / "reports") as reports:
        order_id, tenant_id = await paid_order(services, owner)
        async with jobs_process(services, tmp_path / "reports", "start") as first:
            before = [(await reports.next())["call"] for _ in range(4)]
            first.kill()

        async with jobs_process(services, tmp_path / "reports") as second:
            after = (await reports.next())["call"]
            wanted = await services.tenants.wanted_config(tenant_id)
            await services.tenants.record_heartbeat(tenant_id, ready(wanted.version))
            await is_active(services, owner, order_id)
            code = await stopped(second)

        assert before == ["reserve", "prepare", "enrol", "start"]
        assert (after, code) == ("start", 0)
        assert reports.is_empty
        assert len(await services.agents.list(owner, tenant_id)) == 5


async def test_what_was_paid_while_it_was_away_is_begun_at_its_start_and_once(
    services: Services, owner: Actor, tmp_path: Path
) -> None:
    order_id, _ = await paid_order(services, owner)
    async with Reports(tmp_path / "reports") as reports:
        async with jobs_process(services, tmp_path / "reports") as jobs:
            calls = [(await reports.next())["call"] for _ in range(4)]
            for _ in range(5):
                await services.relay.publisher.wake_jobs("ten_whatever")
            code = await stopped(jobs)

        assert (calls, code) == (["reserve", "prepare", "enrol", "start"], 0)
        assert reports.is_empty
    # Told to stop in the middle: not failed, but to go on later.
    assert (await services.provisioning.progress(owner, order_id)).status == "provisioning"


async def test_the_engine_writes_no_token_down(tmp_path: Path, redis_url: str) -> None:
    async with running_services(tmp_path / "data", redis_url) as services:
        await paid_order(services, await new_owner(services))
        folder = tmp_path / "reports"
        async with Reports(folder) as reports, jobs_process(services, folder) as jobs:
            for _ in range(4):
                await reports.next()
            await stopped(jobs)

    with closing(sqlite3.connect(tmp_path / "data" / "workflows.db")) as workflows:
        text = "\n".join(workflows.iterdump())
    assert "provision-ord_" in text
    assert "lbe_" not in text


def ready(config_version: int) -> Heartbeat:
    return Heartbeat(
        daemon_version="0.1.0",
        openclaw_version="2026.9.6",
        config_version=config_version,
        is_ready=True,
    )


async def test_a_server_whose_business_is_gone_is_removed(
    services: Services, owner: Actor, tmp_path: Path
) -> None:
    _, tenant_id = await paid_order(services, owner)
    await services.tenants.set_provider_ref(tenant_id, "3")
    await services.privacy.delete(owner, "Ada's Bakery")
    remover = Remover(services.tenants, ScriptedProvider())

    async def is_gone() -> bool:
        return not await remover.waiting()

    assert not await is_gone()
    async with (
        Reports(tmp_path / "reports") as reports,
        jobs_process(services, tmp_path / "reports") as process,
    ):
        assert (await reports.next())["call"] == "remove"
        await eventually(is_gone)
        assert await stopped(process) == 0
