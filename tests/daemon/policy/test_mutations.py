"""A hostile command stays hostile when it is written differently."""

import random
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.contracts.tiers import AutonomyLevel, Decision
from tenant_daemon.policy import classify, decide
from tenant_daemon.policy.programs.examples import EXAMPLE_CONTEXT
from tenant_daemon.policy.shell.parser import parse
from tests.support.command_mutations import MUTATIONS, hostile_commands, mutate

FREE = AgentConfig(agent_id="a", name="A", tools=["shell"], level=AutonomyLevel.FULL_AUTONOMY)
HOSTILE = hostile_commands()
SAMPLE = 2_500


def runs(command: str) -> bool:
    judgement = classify("shell", {"command": command}, EXAMPLE_CONTEXT)
    return decide(judgement, FREE, tool_name="shell", is_server_stopped=False).decision is Decision.RUN


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_no_mutation_of_a_hostile_command_runs(part: int) -> None:
    # Another sample every day; `make red-team` tries a million.
    seed = f"{datetime.now(UTC):%Y-%m-%d} {part}"
    assert [mutated for mutated in sampled(seed, SAMPLE) if runs(mutated)] == [], f"seed {seed}"


def sampled(seed: str, count: int) -> Iterator[str]:
    """So many mutations of hostile commands; the same for the same seed."""
    rng = random.Random(seed)
    return (mutate(rng.choice(HOSTILE), rng, rng.randint(1, 4)) for _ in range(count))


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_no_text_makes_the_classifier_fail(text: str) -> None:
    for tool in ("shell", "docker"):
        assert "policy.failed" not in classify(tool, {"command": text}, EXAMPLE_CONTEXT).rule_ids


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(alphabet="abc -'\"\\/.,:=@%+_", min_size=1, max_size=12), min_size=1, max_size=5))
def test_unquoting_equals_shlex(words: list[str]) -> None:
    text = shlex.join(["ls", *words])
    script = parse(text)
    if script.problem is None:
        assert [word.text for word in script.pipelines[0][0].words] == shlex.split(text)


def test_characters_beyond_the_first_plane_do_not_crash_the_grammar() -> None:
    for text in ("ls \U0001f600\U000e0fff", "\U0001f600=1 ls", "cat 𑑶{𝒳}*", "echo ${𑑶}", "ls 𝒳[𝒴]=𝒵"):
        for _ in range(200):
            parse(text)


def test_every_mutation_changes_something() -> None:
    rng = random.Random(1)
    for mutation in MUTATIONS:
        assert any(mutation("rm -rf /", rng) != "rm -rf /" for _ in range(20)), mutation.__name__
