"""The whole matrix of the product, cell by cell."""

from itertools import product

import pytest

from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.contracts.tiers import AutonomyLevel, Decision, Tier, tier_label
from tenant_daemon.policy import Judgement, decide
from tenant_daemon.policy.actions import RequestSecret

LEVELS = tuple(AutonomyLevel)
RUN, ASK, DENY = Decision.RUN, Decision.ASK, Decision.DENY

# Rows as printed in the product's rules; columns are levels 1, 2 and 3.
MATRIX = {
    Tier.GREEN: (RUN, RUN, RUN),
    Tier.YELLOW: (ASK, RUN, RUN),
    Tier.RED: (ASK, ASK, RUN),
    Tier.CRITICAL_RED: (ASK, ASK, ASK),
}


def judged(
    tier: Tier, *, external: bool = False, unknown: bool = False, forbidden: bool = False
) -> Judgement:
    action = None if forbidden else RequestSecret("x", "y")
    return Judgement(tier, external, "Because.", ("test",), action, unknown, forbidden)


def decide_for(judgement: Judgement, agent: AgentConfig, *, stopped: bool = False) -> Decision:
    return decide(judgement, agent, tool_name="shell", is_server_stopped=stopped).decision


@pytest.mark.parametrize(("tier", "level"), list(product(Tier, LEVELS)))
def test_inside_the_server_the_matrix_decides(agent: AgentConfig, tier: Tier, level: AutonomyLevel) -> None:
    agent = agent.model_copy(update={"level": level})
    assert decide_for(judged(tier), agent) is MATRIX[tier][level - 1]


@pytest.mark.parametrize(("tier", "level"), list(product(Tier, LEVELS)))
def test_external_asks_at_every_level_while_locked(
    agent: AgentConfig, tier: Tier, level: AutonomyLevel
) -> None:
    agent = agent.model_copy(update={"level": level, "unlocked_tools": ["http"]})
    assert decide_for(judged(tier, external=True), agent) is ASK


@pytest.mark.parametrize(("tier", "level"), list(product(Tier, LEVELS)))
def test_external_unlocked_counts_as_yellow_or_its_own_higher_tier(
    agent: AgentConfig, tier: Tier, level: AutonomyLevel
) -> None:
    agent = agent.model_copy(update={"level": level, "unlocked_tools": ["shell"]})
    expected = MATRIX[max(tier, Tier.YELLOW)][level - 1]
    assert decide_for(judged(tier, external=True), agent) is expected


@pytest.mark.parametrize(
    ("tier", "level", "external", "unlocked"), list(product(Tier, LEVELS, (False, True), (False, True)))
)
def test_what_is_not_understood_asks_everywhere(
    agent: AgentConfig, tier: Tier, level: AutonomyLevel, external: bool, unlocked: bool
) -> None:
    agent = agent.model_copy(update={"level": level, "unlocked_tools": ["shell"] if unlocked else []})
    found = decide(
        judged(tier, external=external, unknown=True), agent, tool_name="shell", is_server_stopped=False
    )
    assert found.decision is ASK
    assert found.tier >= Tier.RED


@pytest.mark.parametrize(("floor", "tier", "level"), list(product(Tier, Tier, LEVELS)))
def test_a_floor_only_makes_stricter(
    agent: AgentConfig, floor: Tier, tier: Tier, level: AutonomyLevel
) -> None:
    agent = agent.model_copy(update={"level": level, "tier_floors": {"shell": floor}})
    assert decide_for(judged(tier), agent) is MATRIX[max(tier, floor)][level - 1]


def test_a_floor_of_another_tool_does_not_count(agent: AgentConfig) -> None:
    agent = agent.model_copy(update={"tier_floors": {"http": Tier.CRITICAL_RED}})
    assert decide_for(judged(Tier.GREEN), agent) is RUN


@pytest.mark.parametrize(("tier", "level", "external"), list(product(Tier, LEVELS, (False, True))))
def test_a_kill_switch_denies_everything(
    agent: AgentConfig, tier: Tier, level: AutonomyLevel, external: bool
) -> None:
    free = agent.model_copy(update={"level": level, "unlocked_tools": ["shell"]})
    call = judged(tier, external=external)
    assert decide_for(call, free, stopped=True) is DENY
    assert decide_for(call, free.model_copy(update={"is_stopped": True})) is DENY


@pytest.mark.parametrize("level", LEVELS)
def test_everything_together_is_the_whole_table(agent: AgentConfig, level: AutonomyLevel) -> None:
    yes_or_no = (False, True)
    for tier, floor, external, unlocked, unknown, agent_stopped, server_stopped in product(
        Tier, Tier, yes_or_no, yes_or_no, yes_or_no, yes_or_no, yes_or_no
    ):
        settings = {
            "level": level,
            "tier_floors": {"shell": floor},
            "unlocked_tools": ["shell"] if unlocked else [],
            "is_stopped": agent_stopped,
        }
        expected = MATRIX[max(tier, floor, Tier.YELLOW if external else Tier.GREEN)][level - 1]
        if unknown or (external and not unlocked):
            expected = ASK
        if agent_stopped or server_stopped:
            expected = DENY
        call = judged(tier, external=external, unknown=unknown)
        found = decide_for(call, agent.model_copy(update=settings), stopped=server_stopped)
        assert found is expected, (call, settings, server_stopped)


@pytest.mark.parametrize("level", LEVELS)
def test_the_forbidden_is_denied_and_not_asked(agent: AgentConfig, level: AutonomyLevel) -> None:
    agent = agent.model_copy(update={"level": level})
    assert decide_for(judged(Tier.CRITICAL_RED, unknown=True, forbidden=True), agent) is DENY


def test_a_tool_that_the_agent_has_not_been_given_is_denied(agent: AgentConfig) -> None:
    assert decide(judged(Tier.GREEN), agent, tool_name="docker", is_server_stopped=False).decision is DENY


def test_five_labels_are_shown() -> None:
    labels = {tier_label(tier, external=external) for tier, external in product(Tier, (False, True))}
    assert labels == {"GREEN", "YELLOW", "YELLOW_EXTERNAL", "RED", "CRITICAL_RED"}


@pytest.mark.parametrize(
    ("judgement", "changes", "why"),
    [
        (judged(Tier.RED, unknown=True), {}, "What is not known here always asks."),
        (
            judged(Tier.YELLOW, external=True),
            {},
            "It reaches people or systems outside, and that is locked for IT.",
        ),
        (judged(Tier.YELLOW), {"level": AutonomyLevel.TRAINING_WHEELS}, "IT asks before every change."),
        (judged(Tier.RED), {}, "It is hard to undo, and IT asks before such things."),
        (
            judged(Tier.CRITICAL_RED),
            {"level": AutonomyLevel.FULL_AUTONOMY},
            "What cannot be undone, or touches what protects the server, always asks.",
        ),
        (
            judged(Tier.GREEN),
            {"tier_floors": {"shell": Tier.RED}},
            "You have set IT to ask before this.",
        ),
    ],
)
def test_owner_is_told_why_it_is_theirs_to_decide(
    agent: AgentConfig, judgement: Judgement, changes: dict[str, object], why: str
) -> None:
    decision = decide(judgement, agent.model_copy(update=changes), tool_name="shell", is_server_stopped=False)
    assert (decision.decision, decision.reason, decision.why_asked) == (ASK, "Because.", why)
