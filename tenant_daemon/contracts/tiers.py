"""The words in which a tool call is judged. Shared, because the hub shows what the daemon decided."""

from enum import IntEnum, StrEnum


class Tier(IntEnum):
    """How much a call can harm; ordered, so that ``max`` of two tiers is the stricter one."""

    GREEN = 1
    YELLOW = 2
    RED = 3
    CRITICAL_RED = 4


class AutonomyLevel(IntEnum):
    """How much an agent may do without asking, as the customer set it."""

    TRAINING_WHEELS = 1
    TRUSTED_ASSISTANT = 2
    FULL_AUTONOMY = 3


class Decision(StrEnum):
    """What the gate says of a judged call."""

    RUN = "run"
    ASK = "ask"
    DENY = "deny"


def tier_label(tier: Tier, *, external: bool) -> str:
    """
    The name of a judged call as people and the API read it.

    ``YELLOW_EXTERNAL`` is the product's name for a yellow call that leaves the server; the other
    tiers keep their name, since ``external`` is told beside it.
    """
    if tier is Tier.YELLOW and external:
        return "YELLOW_EXTERNAL"
    return tier.name
