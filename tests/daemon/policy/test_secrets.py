"""What agents may have done with secrets."""

from pathlib import Path

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.actions import RotateSecret
from tenant_daemon.policy.classify import classify
from tenant_daemon.policy.judgement import PolicyContext

CONTEXT = PolicyContext(Path("/nonexistent/workspace"))


def test_a_new_value_for_a_tool_is_hard_to_undo() -> None:
    judged = classify("secret_rotate", {"name": "shop-key"}, CONTEXT)

    assert (judged.tier, judged.is_external, judged.action) == (Tier.RED, False, RotateSecret("shop-key"))
    assert "shop-key" in judged.reason


@pytest.mark.parametrize("name", ["hub-api-key", "model-upstream-key-2", "../x", ""])
def test_the_servers_own_secrets_stay(name: str) -> None:
    judged = classify("secret_rotate", {"name": name}, CONTEXT)

    assert (judged.tier, judged.is_forbidden) == (Tier.CRITICAL_RED, True)
