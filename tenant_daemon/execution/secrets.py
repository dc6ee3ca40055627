"""Secrets as agents may deal with them: have one made, have one asked for, never read one."""

from tenant_daemon.execution.outcome import ActionFailed, CallScope, Outcome
from tenant_daemon.policy.actions import GenerateSecret, RequestSecret
from tenant_daemon.vault import UnfitSecret, Vault, reference_to


def generate_secret(action: GenerateSecret, vault: Vault, scope: CallScope) -> Outcome:
    """Make a random secret under a new name. One that exists is not replaced: something may rely on it."""
    if vault.has(action.name):
        raise ActionFailed(f"{action.name} exists already. Use {reference_to(action.name)}, or another name.")
    try:
        vault.generate(action.name, length=action.length, actor=scope.actor)
    except UnfitSecret as exc:
        raise ActionFailed(str(exc)) from exc
    return Outcome(is_success=True, output=f"It is in the vault. Use it as {reference_to(action.name)}.")


def request_secret(action: RequestSecret, vault: Vault) -> Outcome:
    """Say whether the owner has put it into the vault by now."""
    if vault.has(action.name):
        return Outcome(is_success=True, output=f"It is in the vault. Use it as {reference_to(action.name)}.")
    raise ActionFailed(
        f"The owner has not put {action.name} into the vault yet. Say that it is needed, and what for."
    )
