"""What everything needs that lets people in by a link in a mail."""

from dataclasses import dataclass

from letsbe_app.db.session import Database
from letsbe_app.kit.clock import Clock
from letsbe_app.people.accounts.passwords import Passwords
from letsbe_app.people.accounts.throttle import Throttle
from letsbe_app.people.mail.post import PostRoom
from letsbe_app.relay.publisher import Publisher


@dataclass(frozen=True)
class FrontDoor:
    """One per process."""

    database: Database
    passwords: Passwords
    throttle: Throttle
    post: PostRoom
    publisher: Publisher
    public_url: str
    """Where links in mails lead."""
    clock: Clock
    staff_url: str
    """Where links of staff lead."""
