"""What a role may do. Pure; services call ``require`` before they act."""

from enum import StrEnum
from typing import ClassVar, Final

from letsbe_app.db.models import UserRole
from letsbe_app.errors import Forbidden
from letsbe_app.people.authz.actor import Actor


class Permission(StrEnum):
    """Something a person does at the hub."""

    READ = "read"
    CONTENT = "content"
    """Read what was said, asked and changed, and what secrets there are: all that support never sees."""
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

IMPLIED: Final[dict[Permission, Permission]] = {Permission.CONTENT: Permission.READ}
"""Not scopes of their own: an API key with the second may do the first."""


_READER: Final = frozenset({Permission.READ, Permission.CONTENT, Permission.ACCOUNT})
_ALLOWED: Final[dict[UserRole, frozenset[Permission]]] = {
    UserRole.OWNER: frozenset(Permission),
    UserRole.APPROVER: _READER | {Permission.CHAT, Permission.APPROVE},
    UserRole.MEMBER: _READER | {Permission.CHAT},
    UserRole.READ_ONLY: _READER,
}


def is_allowed(role: UserRole, permission: Permission) -> bool:
    """Whether this role includes the permission."""
    return permission in _ALLOWED[role]


def roles_with(permission: Permission) -> frozenset[UserRole]:
    """The roles that include the permission."""
    return frozenset(role for role in UserRole if is_allowed(role, permission))


class SecondFactorRequired(Forbidden):
    """The business demands a second factor, and the person has to set one up first."""

    code: ClassVar[str] = "second_factor_required"


def require(actor: Actor, permission: Permission) -> None:
    """
    Let the actor pass, or not.

    Raises:
        Forbidden: The actor's role does not include the permission.
        SecondFactorRequired: Until the person has a second factor they may do nothing but set one up.
    """
    if actor.must_add_factor and permission is not Permission.ACCOUNT:
        raise SecondFactorRequired(
            "Your business asks everybody for a second step at sign-in. Set yours up first."
        )
    if actor.visit_id is not None and permission is not Permission.READ:
        raise Forbidden("Support may look at the state of things, and at nothing that was said.")
    if actor.scopes is not None and IMPLIED.get(permission, permission) not in actor.scopes:
        if permission in SESSION_ONLY:
            raise Forbidden("This needs somebody who is signed in. No API key may do it.")
        raise Forbidden(f"This API key lacks the scope “{permission}”.")
    if not is_allowed(actor.role, permission):
        raise Forbidden("Your role in this business does not allow this. Ask the owner to do it.")
