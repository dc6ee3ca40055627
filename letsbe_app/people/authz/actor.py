"""The signed-in person on whose behalf a service acts."""

from dataclasses import dataclass

from letsbe_app.db.models import UserRole


@dataclass(frozen=True)
class Actor:
    """Made by ``AccountService.actor_of`` alone; every service method that serves people takes one."""

    user_id: str
    customer_id: str
    role: UserRole
    email: str
    session_id: str
