"""The member of staff on whose behalf a service acts, and what their role lets them do. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from letsbe_app.db.models import StaffRole
from letsbe_app.errors import Forbidden, InvalidInput
from letsbe_app.kit.one_line import one_line

REASON_LENGTHS: Final = (8, 300)


@dataclass(frozen=True)
class StaffActor:
    """Made by ``StaffService.actor_of`` alone. Never an ``Actor``: what is for customers takes no staff."""

    staff_id: str
    email: str
    role: StaffRole
    session_id: str


class StaffPermission(StrEnum):
    """Something that staff does."""

    LOOK = "look"
    """At records of customers and servers: states and figures, never what was said, never a secret."""
    VISIT = "visit"
    """Into an account whose owner allows it."""
    OPERATE = "operate"
    """Change the fleet: try again, cancel."""
    ADMINISTER = "administer"
    """Staff itself."""


_SUPPORT: Final = frozenset({StaffPermission.LOOK, StaffPermission.VISIT})
_ALLOWED: Final[dict[StaffRole, frozenset[StaffPermission]]] = {
    StaffRole.SUPPORT: _SUPPORT,
    StaffRole.OPERATOR: _SUPPORT | {StaffPermission.OPERATE},
    StaffRole.ADMIN: frozenset(StaffPermission),
}


def staff_may(role: StaffRole, permission: StaffPermission) -> bool:
    """Whether this role includes the permission."""
    return permission in _ALLOWED[role]


def require_staff(actor: StaffActor, permission: StaffPermission) -> None:
    """Let the actor pass; raises Forbidden."""
    if not staff_may(actor.role, permission):
        raise Forbidden("Your role does not allow this. Ask an admin to do it.")


def checked_reason(text: str) -> str:
    """Why staff does something, which the audit keeps for ever; raises InvalidInput."""
    shortest, longest = REASON_LENGTHS
    reason = one_line(text, "reason", longest=longest)
    if len(reason) < shortest:
        raise InvalidInput.of_field("reason", f"Say why, in {shortest} to {longest} characters.")
    return reason
