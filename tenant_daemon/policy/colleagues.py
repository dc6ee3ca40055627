"""Handing work over to a colleague."""

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.actions import HandOver
from tenant_daemon.policy.judgement import Judgement, PolicyContext
from tenant_daemon.policy.verdict import Verdict, refusal

MAX_MESSAGE_CHARACTERS = 32_000


def judge_handover(agent_id: str, message: str, context: PolicyContext) -> Judgement:
    """``handover``: the colleague acts within its own limits, so asking it changes nothing by itself."""
    if agent_id not in context.agent_ids:
        return refusal("handover.unknown", f"There is no colleague called {agent_id[:40]}.", forbidden=True)
    if not message.strip() or len(message) > MAX_MESSAGE_CHARACTERS:
        return refusal("handover.message", "The message is empty or too long.", forbidden=True)
    verdict = Verdict()
    verdict.note(Tier.GREEN, "handover.ask", f"Asks the colleague {agent_id} for help.")
    return verdict.judgement(HandOver(agent_id, message))
