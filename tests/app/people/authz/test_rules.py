"""Who may do what, whole."""

import pytest

from letsbe_app.db.models import UserRole
from letsbe_app.errors import Forbidden
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, is_allowed, require

ALLOWED = {
    UserRole.OWNER: {
        "read",
        "content",
        "chat",
        "approve",
        "manage",
        "buy",
        "secrets",
        "account",
        "people",
        "keys",
        "data",
    },
    UserRole.APPROVER: {"read", "content", "chat", "approve", "account"},
    UserRole.MEMBER: {"read", "content", "chat", "account"},
    UserRole.READ_ONLY: {"read", "content", "account"},
}


@pytest.mark.parametrize("role", UserRole)
@pytest.mark.parametrize("permission", Permission)
def test_a_role_allows_exactly_this(role: UserRole, permission: Permission) -> None:
    assert is_allowed(role, permission) == (permission in ALLOWED[role])


def test_a_refusal_is_told_in_words() -> None:
    actor = Actor("usr_1", "cus_1", UserRole.MEMBER, "bob@x.example", "ses_1")

    with pytest.raises(Forbidden, match="Ask the owner"):
        require(actor, Permission.BUY)
