"""
Kill one part at a time, in the middle of an answer and of a pending approval.

Afterwards nothing is lost or doubled, or the conversation says plainly what was cut off.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flows.test_journey import sample_password
from tests.support.client import OwnerClient, Watched
from tests.support.system import System, is_ready, wait_until

pytestmark = [pytest.mark.flow, pytest.mark.timeout(420)]

VICTIMS = ["hub", "redis", "link", "wrapper", "proxy", "openclaw", "daemon", "jobs"]
READY_SECONDS = 150
"""OpenClaw alone may take a minute to come back on a busy machine."""
LOOK_AGAIN_SECONDS = 0.5
"""A word on the stream may get lost with what was killed."""


@pytest.fixture
async def owner(system: System) -> AsyncIterator[OwnerClient]:
    client = OwnerClient(system.url)
    await client.sign_in("owner@letsbe.localhost", sample_password(system))
    yield client
    await client.close()


def home_of_sample(system: System) -> Path:
    return system.tenant_homes()[0]


def kill_and_restart(system: System, victim: str) -> None:
    """Kill a part; whoever watches over it brings it back, as in production. Returns when it serves again."""
    home = str(home_of_sample(system))
    if victim == "redis":
        system.redis.restart()
    elif victim == "hub":
        system.kill(system.hub_workers())
    elif victim == "jobs":
        system.kill(system.processes("letsbe_app.jobs"))
    elif victim == "openclaw":
        system.kill(
            [one for one in system.processes("openclaw") if one.environ().get("HOME", "").startswith(home)]
        )
    else:
        # The words as they follow each other: "link" alone stands in the arguments of the daemon as well.
        command = "run" if victim == "daemon" else victim
        system.kill(system.processes(f"tenant_daemon {command} --home {home}"))
    wait_until(lambda: is_ready(system.url), f"the hub is ready after {victim} was killed")


async def wait_until_tenant_is_ready(owner: OwnerClient, watched: Watched) -> None:
    tenant_id = await owner.tenant_id()
    async with asyncio.timeout(READY_SECONDS):
        while True:
            watched.changed.clear()
            tenant = await owner.call("GET", f"/customer/tenants/{tenant_id}")
            if tenant["is_online"] and tenant["is_ready"]:
                return
            await watched.next(LOOK_AGAIN_SECONDS)


@pytest.mark.parametrize("victim", VICTIMS)
async def test_answer_and_pending_approval_survive(system: System, owner: OwnerClient, victim: str) -> None:
    """Both at the moment of one fault, since what was killed takes long to come back."""
    # A name of its own, also for a second try after a failure.
    folder = home_of_sample(system) / "workspaces" / "it-admin" / f"old-{victim}-{time.time_ns() % 1_000_000}"
    folder.mkdir()
    errand, talk = await owner.start("it-admin"), await owner.start("secretary")
    async with owner.watching(errand) as asked, owner.watching(talk) as told:
        await owner.say(errand, f"Please delete the folder {folder.name}")
        await asked.until(lambda seen: any(body["type"] == "approval_waiting" for *_, body in seen.events))
        waiting = await _one_approval(owner, errand, asked)
        await owner.say(talk, "Tell me a long story of 200 words")
        await told.until(lambda seen: len(seen.text(1).split()) > 20)
        kill_and_restart(system, victim)
        await told.until(lambda seen: 1 in seen.outcomes(), seconds=120)
        await wait_until_tenant_is_ready(owner, told)
        assert [one["id"] for one in await owner.approvals(errand)] == [waiting["id"]]
        assert folder.exists()
        await owner.decide(waiting["id"], "approve")
        wait_until(lambda: not folder.exists(), "the approved command ran")
        # The owner is told: by the answer that waited, or by a follow-up when that was cut off.
        await asked.until(lambda seen: "completed" in seen.outcomes().values(), seconds=120)
        # The other conversation goes on: the next question is answered, by the same stream.
        await owner.say(talk, "Tell me a long story of 30 words")
        await told.until(lambda seen: seen.outcomes().get(2) == "completed", seconds=120)

    assert _executions(home_of_sample(system), folder.name) == 1
    await _check_errand(owner, errand, asked)
    await _check_talk(owner, talk, told)


async def _check_errand(owner: OwnerClient, conversation: str, watched: Watched) -> None:
    """What was approved is told once and in order, and what was cut off says so."""
    assert watched.is_in_order()
    for message in await owner.settled_messages(conversation):
        assert message["status"] in {"delivered", "completed", "interrupted"}
        assert message["status"] != "interrupted" or message["note"]


async def _check_talk(owner: OwnerClient, conversation: str, watched: Watched) -> None:
    """The answer is whole, or says what was cut off; the one after it is whole."""
    first, answer, second, last = await owner.settled_messages(conversation)
    assert (first["status"], second["status"], last["status"]) == ("delivered", "delivered", "completed")
    assert watched.is_in_order()
    assert watched.gaps == 0
    assert watched.text(1) == answer["text"]
    assert watched.text(2) == last["text"]
    assert answer["status"] == watched.outcomes()[1]
    if answer["status"] == "completed":
        assert len(answer["text"].split()) >= 190
    else:
        assert answer["status"] in {"interrupted", "failed"}
        assert answer["note"]


async def _one_approval(owner: OwnerClient, conversation: str, watched: Watched) -> dict[str, str]:
    async with asyncio.timeout(60):
        while True:
            watched.changed.clear()
            found = await owner.approvals(conversation)
            if found:
                (only,) = found
                return only
            await watched.next(LOOK_AGAIN_SECONDS)


def _executions(home: Path, name: str) -> int:
    """How often the audit says that a call about this name was executed."""
    with sqlite3.connect(f"file:{home / 'audit.db'}?mode=ro", uri=True) as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [str(row) for table in tables for row in database.execute(f"SELECT * FROM {table}")]
    return sum(name in row and "executed" in row for row in rows)
