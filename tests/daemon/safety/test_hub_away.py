"""The hub is away: people decide on the server, and the hub hears of it once, in order."""

import asyncio
import json
from collections.abc import Callable
from functools import partial

import pytest

from tenant_daemon.contracts.approvals import Verdict
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.safety import approvals_command
from tenant_daemon.safety.approval_store import ApprovalSettledAlready
from tenant_daemon.safety.hub_door import LinkHubDoor
from tests.support.waiting import eventually
from tests.support.wrapper import WrapperBench

Command = Callable[..., "asyncio.Future[int]"]


@pytest.fixture
def bench(bench: WrapperBench) -> WrapperBench:
    """With the real way to the hub, at whose end nobody is."""
    bench.hub = LinkHubDoor(bench.home)  # type: ignore[assignment]
    return bench


def waiting_for_the_hub(bench: WrapperBench) -> list[tuple[str, str]]:
    """Kind and status of what lies in the outbox about approvals."""
    store = LinkStore(bench.home.link_db)
    payloads = [json.loads(message.payload) for message in store.waiting(after=0, limit=100)]
    store.close()
    return [(one["kind"], one.get("status", "")) for one in payloads if one["kind"].startswith("approval.")]


@pytest.mark.slow
async def test_decision_on_the_server_counts_and_waits_for_the_hub(
    command: Command, bench: WrapperBench, capsys: pytest.CaptureFixture[str]
) -> None:
    approvals = partial(command, approvals_command, "approvals")
    assert await approvals("list") == 0
    (bench.workspace / "x").write_text("x")
    call = bench.begin("shell", command="rm x")
    await eventually(lambda: bench.parts.approvals.count_pending() == 1)
    approval_id = bench.parts.approvals.page(None, before=None, limit=1)[0].id

    assert await approvals("approve", approval_id) == 0
    assert (await call).status == "executed"

    told = [
        ("approval.requested", ""),
        ("approval.settled", "approved"),
        ("approval.carried_out", "executed"),
    ]
    await eventually(lambda: waiting_for_the_hub(bench) == told)
    # The hub comes back, and with it a decision that was taken there meanwhile: it is late, and is told so.
    with pytest.raises(ApprovalSettledAlready):
        await bench.decide(approval_id, Verdict.DENY)
    assert waiting_for_the_hub(bench) == [*told, ("approval.settled", "approved")]
    begun = [entry for entry in bench.audit().entries() if entry.record.event == "call.begun"]
    assert len(begun) == 1


async def test_restart_while_the_hub_is_away_doubles_nothing(bench: WrapperBench) -> None:
    async with bench.started():
        call = bench.begin("shell", command="rm x")
        await eventually(lambda: bench.parts.approvals.count_pending() == 1)
    call.cancel()
    for _ in range(2):
        async with bench.started():
            pass

    assert waiting_for_the_hub(bench) == [("approval.requested", "")]
