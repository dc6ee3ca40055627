"""Browser scenarios and sub-agents are judged like every other call, by closed lists and fixed limits."""

from dataclasses import replace

import pytest

from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.contracts.tiers import AutonomyLevel, Decision, Tier
from tenant_daemon.policy import Judgement, PolicyContext, classify, decide
from tenant_daemon.policy.actions import BrowseScenario, StartHelper
from tenant_daemon.policy.browser import SCENARIOS
from tenant_daemon.policy.judgement import HelperLimits

TOOL = "https://tools.example.com/setup"


def decision(judgement: Judgement, tool: str, level: AutonomyLevel) -> Decision:
    agent = AgentConfig(agent_id="a", name="A", tools=[tool], level=level)
    return decide(judgement, agent, tool_name=tool, is_server_stopped=False).decision


@pytest.mark.parametrize("scenario", sorted(SCENARIOS))
def test_known_scenarios_have_their_tier(scenario: str, context: PolicyContext) -> None:
    found = classify("browser", {"scenario": scenario, "url": TOOL}, context)
    assert found.tier is SCENARIOS[scenario].tier
    assert found.action == BrowseScenario(scenario, TOOL, "93.184.216.34")
    asks = Decision.RUN if found.tier is Tier.GREEN else Decision.ASK
    assert decision(found, "browser", AutonomyLevel.TRUSTED_ASSISTANT) is asks


@pytest.mark.parametrize(
    "path",
    [
        "/logout",
        "/wp-login.php?action=logout",
        "/wp-admin/admin-ajax.php?action=delete",
        "/unsubscribe/1",
        "/?rest_route=/wp/v2/posts/1&_method=DELETE",
        "/web/database/drop",
        "/api/v1/webhooks/abc",
        "/wp-config.php.bak",
        "/.env",
        "/graphql?query=mutation%7BdeletePost%7D",
    ],
)
def test_a_page_that_does_something_is_not_only_looked_at(path: str, context: PolicyContext) -> None:
    found = classify("browser", {"scenario": "look", "url": f"https://tools.example.com{path}"}, context)
    assert decision(found, "browser", AutonomyLevel.TRUSTED_ASSISTANT) is not Decision.RUN


@pytest.mark.parametrize("path", ["/", "/admin/settings", "/apps/files/?dir=/Reports", "/wp-admin/edit.php"])
def test_a_page_is_looked_at(path: str, context: PolicyContext) -> None:
    found = classify("browser", {"scenario": "look", "url": f"https://tools.example.com{path}"}, context)
    assert decision(found, "browser", AutonomyLevel.TRAINING_WHEELS) is Decision.RUN, found.reason


@pytest.mark.parametrize(
    ("scenario", "url"),
    [
        ("anything", TOOL),
        ("look", "https://evil.example/"),
        ("look", "file:///etc/passwd"),
        ("look", "https://tools.example.com@evil.example/"),
        ("look", "https://tools.example.com:444/"),
        ("look", "http://169.254.169.254/"),
        ("look", "javascript:alert(1)"),
        ("look", "https://tools.example.com/\u202e"),
        ("look", "https://tools.example.com/?k=SECRET_REF(x)"),
        ("look", "https://unknown.internal/"),
        ("LOOK", TOOL),
        ("", ""),
    ],
)
def test_everything_else_is_refused(scenario: str, url: str, context: PolicyContext) -> None:
    found = classify("browser", {"scenario": scenario, "url": url}, context)
    assert found.is_forbidden
    assert found.action is None
    assert decision(found, "browser", AutonomyLevel.FULL_AUTONOMY) is Decision.DENY


def test_a_listed_name_that_leads_inside_is_refused(context: PolicyContext) -> None:
    rebound = replace(context, resolve=lambda _name: ("10.0.0.1",))
    assert classify("browser", {"scenario": "look", "url": TOOL}, rebound).is_forbidden


def test_helpers_stay_within_their_limits(context: PolicyContext) -> None:
    limits = HelperLimits(most_deep=1, most_running=2, tokens_each=20_000, tokens_left=15_000)

    def start(limits: HelperLimits, **args: object) -> Judgement:
        return classify("helper", {"task": "Count the orders.", **args}, replace(context, helpers=limits))

    allowed = start(limits, tokens=10_000)
    assert (allowed.tier, allowed.action) == (Tier.GREEN, StartHelper("Count the orders.", 10_000))
    for refused in (
        start(HelperLimits()),
        start(replace(limits, depth=1), tokens=10_000),
        start(replace(limits, running=2), tokens=10_000),
        start(limits, tokens=16_000),
        start(limits),
        start(limits, tokens=10),
        start(limits, tokens=-5),
        start(limits, tokens=10_000, task=" "),
        start(limits, tokens=10_000, task="x" * 20_000),
        start(limits, tokens=10_000, task="a\u202eb"),
    ):
        assert refused.is_forbidden
        assert refused.action is None
    assert start(limits, tokens="many").action is None
