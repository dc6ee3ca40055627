"""
A new value for a secret, in the vault and in the tool that knows it, or in neither.

The new value is in the vault before the tool hears of it, and comes into force there when the tool takes it.
What a power cut leaves in between is settled by asking the tool which value it takes.
"""

from typing import Final, Protocol

import structlog

from tenant_daemon.vault.errors import RotationFailed
from tenant_daemon.vault.records import SecretInfo
from tenant_daemon.vault.vault import Vault

DEFAULT_LENGTH: Final = 40

log = structlog.get_logger()


class StepFailed(Exception):
    """The tool did not do what was asked, or cannot be reached. Holds no value."""


class ChangeStep(Protocol):
    """How one tool takes a new value. Both methods raise StepFailed, and may be called again."""

    def change(self, old: str, new: str) -> None:
        """Have the tool take ``new`` instead of ``old``."""

    def accepts(self, value: str) -> bool:
        """Whether the tool takes this value now."""


def rotate(
    vault: Vault, name: str, step: ChangeStep, *, actor: str, length: int = DEFAULT_LENGTH
) -> SecretInfo:
    """
    Give the secret and its tool a new value.

    Raises:
        SecretNotFound: No such secret.
        RotationFailed: The old value is in force as before; or, when the message says so, the tool could not
            be asked which one it takes: both are kept, and calling this again settles it.
    """
    values = dict(vault.stage(name, length=length, actor=actor))
    old, new = values["old"], values["new"]
    try:
        if not step.accepts(new):
            step.change(old, new)
        if not step.accepts(new):
            raise StepFailed("it does not take the new value")
    except StepFailed as exc:
        _roll_back(vault, name, step, old, new, actor, exc)
        raise RotationFailed(f"Nothing was changed, {name} keeps its value: {exc}") from exc
    log.info("secret.rotated", name=name)
    return vault.promote(name, actor=actor)


def _roll_back(
    vault: Vault, name: str, step: ChangeStep, old: str, new: str, actor: str, cause: StepFailed
) -> None:
    try:
        if not step.accepts(old):
            step.change(new, old)
        is_back = step.accepts(old)
    except StepFailed:
        is_back = False
    if not is_back:
        raise RotationFailed(
            f"It is not known which value the tool of {name} takes now: {cause}. So both are kept; rotate "
            "again when it can be reached."
        ) from cause
    vault.discard(name, actor=actor, reason=str(cause))
