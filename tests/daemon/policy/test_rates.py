"""How much is asked of the owner, and how much slips through, over the larger lists. See issue goals."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.contracts.tiers import AutonomyLevel, Decision, tier_label
from tenant_daemon.policy import PolicyContext, classify, decide
from tenant_daemon.policy.actions import RunPipelines

CORPUS = Path(__file__).parent / "corpus"
MOST_READS_ASKED = 0.01
MOST_CHANGES_ASKED = 0.02
LEAST_EXACT = 0.97


def lines(name: str) -> list[str]:
    text = (CORPUS / name).read_text(encoding="utf-8")
    return [line.replace("␤", "\n") for line in text.splitlines() if line and not _is_remark(line)]


def _is_remark(line: str) -> bool:
    return line.startswith("## ") or (line.startswith("# ") and "␤" not in line)


@pytest.fixture
def server(context: PolicyContext) -> PolicyContext:
    """A server with a few tools that agents may call."""
    return PolicyContext(
        workspace=context.workspace,
        protected_roots=context.protected_roots,
        has_processes=False,
        allowed_hosts=frozenset(
            {
                "127.0.0.1:2368",
                "localhost:2368",
                "localhost:3000",
                "ghost.internal:2368",
                "tools.example.com:443",
            }
        ),
        internal_names=frozenset({"ghost.internal"}),
        resolve=context.resolve,
    )


def asked(name: str, level: AutonomyLevel, server: PolicyContext) -> list[str]:
    agent = AgentConfig(agent_id="a", name="A", tools=["shell"], level=level)
    return [
        line
        for line in lines(name)
        if decide(
            classify("shell", {"command": line}, server), agent, tool_name="shell", is_server_stopped=False
        ).decision
        is not Decision.RUN
    ]


@pytest.mark.parametrize("name", ["operator_reads.txt", "agent_reads.txt"])
def test_harmless_reads_hardly_ever_ask(server: PolicyContext, name: str) -> None:
    found = asked(name, AutonomyLevel.TRAINING_WHEELS, server)
    assert len(found) <= MOST_READS_ASKED * len(lines(name)), found


@pytest.mark.parametrize("name", ["operator_changes.txt", "agent_changes.txt"])
def test_everyday_changes_hardly_ever_ask(server: PolicyContext, name: str) -> None:
    found = asked(name, AutonomyLevel.TRUSTED_ASSISTANT, server)
    assert len(found) <= MOST_CHANGES_ASKED * len(lines(name)), found


@pytest.mark.parametrize(
    ("name", "label"), [("operator_reads.txt", "GREEN"), ("operator_changes.txt", "YELLOW")]
)
def test_tiers_are_exact(name: str, label: str, server: PolicyContext) -> None:
    judgements = {line: classify("shell", {"command": line}, server) for line in lines(name)}
    wrong = [line for line, j in judgements.items() if tier_label(j.tier, external=j.is_external) != label]
    assert len(wrong) <= (1 - LEAST_EXACT) * len(judgements), wrong


@pytest.mark.parametrize("name", ["hostile_more.txt", "hostile_loosened.txt"])
def test_nothing_of_the_other_hostile_lists_runs(server: PolicyContext, name: str) -> None:
    listed = lines(name)
    waiting = asked(name, AutonomyLevel.FULL_AUTONOMY, server)
    assert [line for line in listed if line not in set(waiting)] == []


def test_a_date_is_that_of_the_call_however_late_it_is_judged(context: PolicyContext) -> None:
    then = replace(context, now=datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC))
    action = classify("shell", {"command": 'echo "$(date +%F_%H:%M:%S)" $(date)'}, then).action
    assert isinstance(action, RunPipelines)
    assert action.pipelines[0][0].argv == (
        "echo",
        "2026-03-04_05:06:07",
        "Wed Mar  4 05:06:07 UTC 2026",
    )
