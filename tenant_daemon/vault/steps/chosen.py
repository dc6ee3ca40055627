"""Which secret is known to which tool, as the settings say it."""

from collections.abc import Callable, Sequence

from tenant_daemon.settings import Rotation
from tenant_daemon.vault.rotation import ChangeStep
from tenant_daemon.vault.steps.postgresql_role import PostgresqlRoleStep
from tenant_daemon.vault.steps.program import ProgramStep
from tenant_daemon.vault.steps.redis_acl import RedisAclStep
from tenant_daemon.vault.vault import Vault

StepOf = Callable[[str, str], ChangeStep | None]
"""Secret and who asks -> how its tool is told a new value; None where nobody knows."""


def steps_by_name(rotations: Sequence[Rotation], vault: Vault) -> StepOf:
    """The steps of ``[[rotations]]``."""
    wanted = {one.secret: one for one in rotations}

    def step_of(name: str, actor: str) -> ChangeStep | None:
        return change_step(wanted[name], vault, actor=actor) if name in wanted else None

    return step_of


def told_tools(rotations: Sequence[Rotation]) -> dict[str, str]:
    """Who is told of a secret's new value, by the secret's name and in words for people."""
    return {one.secret: _tool_of(one) for one in rotations}


def _tool_of(wanted: Rotation) -> str:
    if wanted.program:
        return "its tool"
    return "PostgreSQL" if wanted.postgresql_role else "Redis"


def change_step(wanted: Rotation, vault: Vault, *, actor: str) -> ChangeStep:
    """The step that these settings describe; raises as ``Vault.get`` where it takes an admin's password."""
    if wanted.program:
        return ProgramStep(tuple(wanted.program))
    if wanted.postgresql_role:
        return PostgresqlRoleStep(
            role=wanted.postgresql_role,
            database=wanted.database,
            host=wanted.host,
            port=wanted.port or 5432,
        )
    admin_password = ""
    if wanted.redis_admin:
        # For the daemon: an agent need not be allowed to use the administrator's password itself.
        purpose = f"rotate {wanted.secret} for {actor}"
        admin_password = vault.get(wanted.redis_admin_secret, actor="daemon:vault", purpose=purpose)
    return RedisAclStep(
        user=wanted.redis_user,
        host=wanted.host,
        port=wanted.port or 6379,
        unix_socket=wanted.redis_socket,
        admin=wanted.redis_admin,
        admin_password=admin_password,
    )
