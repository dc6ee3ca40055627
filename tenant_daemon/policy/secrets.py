"""The secret tools: agents may have secrets made or asked for, and never see one."""

import re
from typing import Final

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.actions import GenerateSecret, RequestSecret, RotateSecret
from tenant_daemon.policy.judgement import Judgement, PolicyContext
from tenant_daemon.policy.screening import find_hidden_character
from tenant_daemon.policy.verdict import Verdict, refusal
from tenant_daemon.settings import HUB_KEY_SECRET, UPSTREAM_KEY_SECRETS

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_RESERVED: Final = frozenset({HUB_KEY_SECRET}) | UPSTREAM_KEY_SECRETS
DEFAULT_LENGTH: Final = 32


def judge_generate(name: str, length: int | None, context: PolicyContext) -> Judgement:
    """``secret_generate``: a new random secret in the vault, known to nobody."""
    wanted = DEFAULT_LENGTH if length is None else length
    problem = _name_problem(name)
    if not problem and not 12 <= wanted <= 256:
        problem = "A secret has between 12 and 256 characters."
    if problem:
        return refusal("secret.name", problem, tier=Tier.CRITICAL_RED, forbidden=True)
    verdict = Verdict()
    # The vault keeps old versions, so a secret that is replaced can be brought back.
    verdict.note(Tier.YELLOW, "secret.generate", f"Makes a new secret called {name}; nobody gets to see it.")
    return verdict.judgement(GenerateSecret(name, wanted))


def judge_rotate(name: str, context: PolicyContext) -> Judgement:
    """``secret_rotate``: a new value for a secret, and for the tool that knows it."""
    problem = _name_problem(name)
    if problem:
        return refusal("secret.name", problem, tier=Tier.CRITICAL_RED, forbidden=True)
    verdict = Verdict()
    verdict.note(
        Tier.RED,
        "secret.rotate",
        f"Gives the secret {name} a new value, and the tool that knows it.",
        risk="Whatever still uses the old value can no longer sign in.",
    )
    return verdict.judgement(RotateSecret(name))


def judge_request(name: str, purpose: str, context: PolicyContext) -> Judgement:
    """``secret_request``: asks the owner for a secret; the agent only learns that it is there."""
    problem = _name_problem(name)
    if not problem and (len(purpose) > 500 or find_hidden_character(purpose) is not None):
        problem = "The purpose is too long or has invisible characters in it."
    if problem:
        return refusal("secret.name", problem, tier=Tier.CRITICAL_RED, forbidden=True)
    verdict = Verdict()
    verdict.note(Tier.GREEN, "secret.request", f"Asks you for a secret called {name}.")
    return verdict.judgement(RequestSecret(name, purpose))


def _name_problem(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        return "That is not a possible name for a secret."
    return "That secret belongs to the safety system itself." if name in _RESERVED else ""
