"""Hostile commands, written in a million other ways: none may run without a person."""

import random

import pytest

from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.contracts.tiers import AutonomyLevel, Decision
from tenant_daemon.policy import classify, decide
from tenant_daemon.policy.programs.examples import EXAMPLE_CONTEXT
from tests.support.command_mutations import hostile_commands, mutate

pytestmark = pytest.mark.redteam

FREE = AgentConfig(agent_id="a", name="A", tools=["shell"], level=AutonomyLevel.FULL_AUTONOMY)
PARTS = 20
COUNT = 1_000_000


@pytest.mark.parametrize("part", range(PARTS))
def test_no_mutation_of_a_hostile_command_runs(part: int) -> None:
    rng, hostile = random.Random(f"red team {part}"), hostile_commands()
    ran = []
    for _ in range(COUNT // PARTS):
        mutated = mutate(rng.choice(hostile), rng, rng.randint(1, 5))
        judgement = classify("shell", {"command": mutated}, EXAMPLE_CONTEXT)
        decision = decide(judgement, FREE, tool_name="shell", is_server_stopped=False).decision
        if decision is Decision.RUN:
            ran.append(mutated)
    assert ran == []
