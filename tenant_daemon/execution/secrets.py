"""Secrets as agents may deal with them: have one made, have one asked for, never read one."""

from tenant_daemon.contracts.references import reference_to
from tenant_daemon.execution.outcome import ActionFailed, CallScope, Outcome
from tenant_daemon.policy.actions import GenerateSecret, RequestSecret, RotateSecret
from tenant_daemon.vault import SecretNotFound, UnfitSecret, Vault
from tenant_daemon.vault.errors import RotationFailed
from tenant_daemon.vault.rotation import rotate
from tenant_daemon.vault.steps.chosen import StepOf


def generate_secret(action: GenerateSecret, vault: Vault, scope: CallScope) -> Outcome:
    """Make a random secret under a new name. One that exists is not replaced: something may rely on it."""
    if vault.has(action.name):
        raise ActionFailed(f"{action.name} exists already. Use {reference_to(action.name)}, or another name.")
    try:
        vault.generate(action.name, length=action.length, actor=scope.actor)
    except UnfitSecret as exc:
        raise ActionFailed(str(exc)) from exc
    return Outcome(is_success=True, output=f"It is in the vault. Use it as {reference_to(action.name)}.")


def rotate_secret(action: RotateSecret, vault: Vault, step_of: StepOf, scope: CallScope) -> Outcome:
    """
    A new value for a secret and for the tool that knows it, or for neither. Blocks while the tool is told.

    A secret of which the settings do not say whose it is stays: only the vault would have the new value.
    """
    try:
        step = step_of(action.name, scope.actor)
        if step is None:
            raise ActionFailed(
                f"Nobody has said which tool knows {action.name} ([[rotations]] in daemon.toml), so it stays "
                "as it is. Tell the owner."
            )
        rotate(vault, action.name, step, actor=scope.actor)
    except (SecretNotFound, UnfitSecret, RotationFailed) as exc:
        raise ActionFailed(str(exc)) from exc
    return Outcome(
        is_success=True, output=f"It has a new value, and its tool takes it. Use {reference_to(action.name)}."
    )


def request_secret(action: RequestSecret, vault: Vault) -> Outcome:
    """Say whether the owner has put it into the vault by now."""
    if vault.has(action.name):
        return Outcome(is_success=True, output=f"It is in the vault. Use it as {reference_to(action.name)}.")
    raise ActionFailed(
        f"The owner has not put {action.name} into the vault yet, so nothing can use "
        f"{reference_to(action.name)}. Say that it is needed, and what for."
    )
