"""Everyday and hostile command lines; each test names every line that is judged wrongly."""

from dataclasses import replace
from pathlib import Path

import pytest

from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.contracts.tiers import AutonomyLevel, Decision, Tier, tier_label
from tenant_daemon.policy import Judgement, PolicyContext, classify, decide

CORPUS = Path(__file__).parent / "corpus"


@pytest.fixture
def context(context: PolicyContext) -> PolicyContext:
    """A server on which nothing runs: `kill 1234` in a list means no process of this machine."""
    return replace(context, has_processes=False)


def lines(name: str) -> list[str]:
    text = (CORPUS / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("# ")]


def judge(command: str, context: PolicyContext) -> Judgement:
    return classify("shell", {"command": command}, context)


def strays(name: str, tier: Tier, context: PolicyContext) -> list[tuple[str, str]]:
    """Lines that are not judged as this tier, known, inside the server, with something to run."""
    found = [(line, judge(line, context)) for line in lines(name)]
    return [
        (line, judgement.reason)
        for line, judgement in found
        if judgement.tier is not tier
        or judgement.is_unknown
        or judgement.is_external
        or judgement.action is None
    ]


def test_everyday_reads_are_green(context: PolicyContext) -> None:
    assert strays("reads.txt", Tier.GREEN, context) == []


def test_everyday_changes_are_yellow(context: PolicyContext) -> None:
    assert strays("changes.txt", Tier.YELLOW, context) == []


def test_hostile_commands_never_run_by_themselves(context: PolicyContext, agent: AgentConfig) -> None:
    free = agent.model_copy(update={"level": AutonomyLevel.FULL_AUTONOMY})
    run = [
        line
        for line in lines("hostile.txt")
        if decide(judge(line, context), free, tool_name="shell", is_server_stopped=False).decision
        is Decision.RUN
    ]
    assert run == []


def test_where_the_rules_fix_a_tier_it_is_that_one(context: PolicyContext) -> None:
    wrong = []
    for line in lines("tiers.txt"):
        label, command = line.split(" ", 1)
        found = judge(command, context)
        shown = tier_label(found.tier, external=found.is_external)
        if shown != label:
            wrong.append((line, shown, found.reason))
    assert wrong == []
