"""Sub-agents: an agent may have a helper do a part of its work, within limits that it cannot change."""

from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.actions import StartHelper
from tenant_daemon.policy.judgement import Judgement, PolicyContext
from tenant_daemon.policy.screening import find_hidden_character
from tenant_daemon.policy.verdict import Verdict, refusal

MAX_TASK_CHARACTERS: Final = 16_000
LEAST_TOKENS: Final = 1_000


def judge_helper(task: str, tokens: int | None, context: PolicyContext) -> Judgement:
    """
    ``helper``: it has the agent's own rights and no more, so starting it changes nothing by itself.

    How deep helpers may start helpers, how many there may be at once, and what they may use together is
    enforced here and cannot be approved away.
    """
    limits = context.helpers
    wanted = limits.tokens_each if tokens is None else tokens
    problem = ""
    if limits.depth >= limits.most_deep:
        problem = "A helper cannot have helpers of its own." if limits.depth else "Helpers are switched off."
    elif limits.running >= limits.most_running:
        problem = f"There are {limits.running} helpers already, which is the most."
    elif not LEAST_TOKENS <= wanted <= min(limits.tokens_each, limits.tokens_left):
        problem = "That is more than what is left for helpers, or too little to do anything."
    elif not task.strip() or len(task) > MAX_TASK_CHARACTERS or find_hidden_character(task) is not None:
        problem = "The task is empty, too long, or has invisible characters in it."
    if problem:
        return refusal("helper.limit", problem, forbidden=True)
    verdict = Verdict()
    verdict.note(Tier.GREEN, "helper.start", "Has a helper do a part of the work, with the same rights.")
    return verdict.judgement(StartHelper(task, wanted))
