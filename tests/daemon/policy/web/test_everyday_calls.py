"""How much is asked about calls of the tools, and that nothing that must wait runs. See the issue's goals."""

from pathlib import Path

import pytest

from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.contracts.tiers import AutonomyLevel, Decision, Tier
from tenant_daemon.policy import Judgement, PolicyContext, classify, decide

CORPUS = Path(__file__).parent / "corpus"
HOST = "https://tools.example.com"
MOST_READS_ASKED = 0.01
MOST_CHANGES_ASKED = 0.02


def lines(name: str) -> list[str]:
    text = (CORPUS / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def judge(line: str, context: PolicyContext) -> Judgement:
    method, path, body = (*line.split(" ", 2), "")[:3]
    return classify("http", {"method": method, "url": HOST + path, "body": body}, context)


def does_run(found: Judgement, level: AutonomyLevel) -> bool:
    agent = AgentConfig(agent_id="a", name="A", tools=["http"], level=level)
    return decide(found, agent, tool_name="http", is_server_stopped=False).decision is Decision.RUN


@pytest.mark.parametrize(
    ("name", "level", "most"),
    [
        ("reads.txt", AutonomyLevel.TRAINING_WHEELS, MOST_READS_ASKED),
        ("changes.txt", AutonomyLevel.TRUSTED_ASSISTANT, MOST_CHANGES_ASKED),
    ],
)
def test_everyday_calls_hardly_ever_ask(
    name: str, level: AutonomyLevel, most: float, context: PolicyContext
) -> None:
    asked = [line for line in lines(name) if not does_run(judge(line, context), level)]
    assert len(asked) <= most * len(lines(name)), asked


@pytest.mark.slow
def test_what_must_wait_waits(context: PolicyContext) -> None:
    """Each line says what it must be; see the top of the list."""
    wrong = []
    for line in lines("waiting.txt"):
        kind, call = line.split(" ", 1)
        found = judge(call, context)
        waits = not does_run(found, AutonomyLevel.FULL_AUTONOMY)
        is_right = {
            "X": found.is_external and waits,
            "R": found.tier >= Tier.RED or found.is_external,
            "C": found.tier >= Tier.CRITICAL_RED,
            "A": waits,
        }[kind]
        if not is_right:
            wrong.append((line, found.rule_ids))
    assert wrong == []
