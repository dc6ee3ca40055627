"""What would never end asks; the same thing with an end runs."""

import pytest

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy import PolicyContext, classify


@pytest.mark.parametrize(
    "command",
    [
        "cat /dev/zero",
        "/bin/cat /dev/zero",
        "cat /dev/urandom > x",
        "nice base64 /dev/random",
        "cat < /dev/zero | tee a",
        "yes",
        "/bin/yes > big",
        "nice yes > big",
    ],
)
def test_what_never_ends_asks(command: str, context: PolicyContext) -> None:
    found = classify("shell", {"command": command}, context)
    assert found.tier is Tier.RED
    assert found.is_unknown


@pytest.mark.parametrize(
    "command",
    [
        "head -c 8 /dev/urandom | base64",
        "tr -dc a-z < /dev/urandom | head -c 12",
        "od -An -N4 -tu4 /dev/urandom",
        "yes | head -3",
    ],
)
def test_what_ends_runs(command: str, context: PolicyContext) -> None:
    assert classify("shell", {"command": command}, context).tier is Tier.GREEN
