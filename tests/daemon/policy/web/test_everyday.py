"""The shape of everyday changes to a tool's records."""

import pytest

from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.contracts.tiers import AutonomyLevel, Decision, Tier
from tenant_daemon.policy import PolicyContext, classify, decide
from tenant_daemon.policy.web.everyday import is_everyday


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/contacts"),
        ("POST", "/api/contacts/7/notes"),
        ("PATCH", "/api/contacts/7"),
        ("PUT", "/api/contacts/anna"),
        ("PUT", "/api/documents/0f3b2c1d-aaaa-bbbb-cccc-0123456789ab"),
        ("POST", "/api/tickets/42/toggle-status"),
        ("PUT", "/api/campaigns/3/status"),
    ],
)
def test_records_are_made_and_changed(method: str, path: str) -> None:
    assert is_everyday(method, path)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"),
        ("POST", "/api/engine"),
        ("POST", "/api/contacts/7/handshake"),
        ("PUT", "/api/contacts/7/clearance"),
        ("POST", "/api/process"),
        # Behind the place of a kind a POST goes to something that is done, not to a record.
        ("POST", "/api/contacts/anna"),
    ],
)
def test_what_is_not_known_is_not_everyday(method: str, path: str) -> None:
    assert not is_everyday(method, path)


def test_unknown_changes_wait_at_every_level(context: PolicyContext) -> None:
    url = "https://tools.example.com/api/engine/overdrive"
    found = classify("http", {"method": "POST", "url": url, "body": "{}"}, context)
    assert found.tier is Tier.RED
    assert "http.unknown-change" in found.rule_ids
    for level in AutonomyLevel:
        agent = AgentConfig(agent_id="a", name="A", tools=["http"], level=level)
        assert decide(found, agent, tool_name="http", is_server_stopped=False).decision is Decision.ASK
