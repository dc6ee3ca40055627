"""The signed-in person on whose behalf a service acts."""

from dataclasses import dataclass

from letsbe_app.db.models import UserRole


@dataclass(frozen=True)
class Actor:
    """
    Made by ``AccountService.actor_of`` (a session, or support's look into the account) and
    ``KeyService.actor_of`` (an API key) alone.

    Every service method that serves people takes one.
    """

    user_id: str
    customer_id: str
    role: UserRole
    email: str
    session_id: str
    """The session, or the API key that stands in for one."""
    scopes: frozenset[str] | None = None
    """What an API key may do at most, by the names in ``Permission``; None for a session."""
    visit_id: str | None = None
    """Support looks in: the actor is a member of staff, may read, and never what was said."""
    must_add_factor: bool = False
    """The business demands a second factor of everybody, and this person has none yet."""
