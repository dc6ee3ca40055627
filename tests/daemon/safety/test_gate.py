"""What was judged or approved is judged once more right before it runs."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.judgement import Judgement, PolicyContext
from tenant_daemon.safety.calls import Call
from tests.support.wrapper import WrapperBench, scripted_classify

APPROVERS = ["", "user:owner"]


def call_of(bench: WrapperBench, command: str) -> Call:
    return Call("key", "call-1", bench.request("shell", command=command), utc_now())


@pytest.mark.parametrize("approver", APPROVERS)
async def test_content_binds_what_a_person_approved(running: WrapperBench, approver: str) -> None:
    script = running.workspace / "job.sh"
    script.write_text("one")
    call, gate = call_of(running, "rm job.sh"), running.parts.gate
    ruling = dataclasses.replace(await gate.rule(call), approver=approver)
    assert await gate.is_still(call, ruling)

    script.write_text("two")

    # What runs by itself may read a log that grows meanwhile.
    assert await gate.is_still(call, ruling) is (approver == "")


@pytest.mark.parametrize("approver", APPROVERS)
@pytest.mark.parametrize(
    ("since", "is_still"),
    [
        ({}, True),
        ({"tier": Tier.YELLOW}, True),
        ({"tier": Tier.CRITICAL_RED}, False),
        ({"is_external": True}, False),
        ({"is_unknown": True}, False),
        ({"is_forbidden": True}, False),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
async def test_what_has_become_stricter_is_another_call(
    bench: WrapperBench, approver: str, since: dict[str, Any], is_still: bool
) -> None:
    judged: dict[str, Any] = {"tier": Tier.RED, "is_external": False}

    def classify(name: str, args: Mapping[str, object], context: PolicyContext) -> Judgement:
        action = scripted_classify(name, args, context).action
        return Judgement(reason="It is.", rule_ids=("scripted",), action=action, **judged)

    bench.classify = classify
    async with bench.started() as parts:
        call = call_of(bench, "rm a")
        ruling = dataclasses.replace(await parts.gate.rule(call), approver=approver)
        judged |= since

        assert await parts.gate.is_still(call, ruling) is is_still
