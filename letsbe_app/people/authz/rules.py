"""What a role may do. Pure; services call ``require`` before they act."""

from enum import StrEnum
from typing import Final

from letsbe_app.db.models import UserRole
from letsbe_app.errors import Forbidden
from letsbe_app.people.authz.actor import Actor


class Permission(StrEnum):
    """Something a person does at the hub."""

    READ = "read"
    CHAT = "chat"
    APPROVE = "approve"
    MANAGE = "manage"
    """Change agents, servers and what they may do."""
    BUY = "buy"
    SECRETS = "secrets"
    """Provide, reveal, change and delete secrets of a server."""
    ACCOUNT = "account"
    """One's own password, second factor and sessions."""
    PEOPLE = "people"
    """Invite, remove, and give roles."""
    KEYS = "keys"
    DATA = "data"
    """Take everything along, or have it deleted."""


SESSION_ONLY: Final = frozenset(
    {Permission.SECRETS, Permission.ACCOUNT, Permission.PEOPLE, Permission.KEYS, Permission.DATA}
)
"""What needs a person who is there: no API key includes it, so that a leaked one cannot settle in."""


_ALLOWED: Final[dict[UserRole, frozenset[Permission]]] = {
    UserRole.OWNER: frozenset(Permission),
    UserRole.APPROVER: frozenset({Permission.READ, Permission.CHAT, Permission.APPROVE, Permission.ACCOUNT}),
    UserRole.MEMBER: frozenset({Permission.READ, Permission.CHAT, Permission.ACCOUNT}),
    UserRole.READ_ONLY: frozenset({Permission.READ, Permission.ACCOUNT}),
}


def is_allowed(role: UserRole, permission: Permission) -> bool:
    """Whether this role includes the permission."""
    return permission in _ALLOWED[role]


def require(actor: Actor, permission: Permission) -> None:
    """
    Let the actor pass, or not.

    Raises:
        Forbidden: The actor's role does not include the permission.
    """
    if actor.scopes is not None and permission not in actor.scopes:
        if permission in SESSION_ONLY:
            raise Forbidden("This needs somebody who is signed in. No API key may do it.")
        raise Forbidden(f"This API key lacks the scope “{permission}”.")
    if not is_allowed(actor.role, permission):
        raise Forbidden("Your role in this business does not allow this. Ask the owner to do it.")
