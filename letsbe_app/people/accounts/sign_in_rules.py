"""What a business demands of its people at sign-in."""

from dataclasses import dataclass

import structlog

from letsbe_app.db.models import Customer, User
from letsbe_app.errors import Conflict
from letsbe_app.people.accounts.front_door import FrontDoor
from letsbe_app.people.accounts.second_step import SecondStep
from letsbe_app.people.audit.service import record_act
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.relay import Topic

log = structlog.get_logger()


@dataclass(frozen=True)
class RulesView:
    """The rules in force."""

    requires_second_factor: bool


class SignInRules:
    """An owner sets them; they hold from the next request of everybody on."""

    def __init__(self, door: FrontDoor, second_step: SecondStep) -> None:
        self._door = door
        self._second_step = second_step

    async def get(self, actor: Actor) -> RulesView:
        """The rules of the actor's business."""
        require(actor, Permission.READ)
        async with self._door.database.read() as session:
            customer = await session.get_one(Customer, actor.customer_id)
        return RulesView(customer.requires_second_factor)

    async def set(self, actor: Actor, *, requires_second_factor: bool) -> RulesView:
        """
        Demand a second factor of everybody, or no longer. The caller has asked for the password before.

        Raises:
            Conflict: The actor has none: nobody shall shut themselves out.
        """
        require(actor, Permission.PEOPLE)
        async with self._door.database.read() as session:
            user = await session.get_one(User, actor.user_id)
        if requires_second_factor and not await self._second_step.is_set_up(user):
            raise Conflict("Set up your own second step or a passkey first.")
        async with self._door.database.write() as session:
            customer = await session.get_one(Customer, actor.customer_id, with_for_update=True)
            customer.requires_second_factor = requires_second_factor
            record_act(
                session,
                actor,
                "account.sign_in_rules_changed",
                subject=actor.customer_id,
                requires_second_factor=requires_second_factor,
            )
        log.info("account.sign_in_rules_changed", requires_second_factor=requires_second_factor)
        # Open pages of people without one learn it now, not at their next click.
        await self._door.publisher.announce(actor.customer_id, Topic.SESSION, actor.customer_id)
        return RulesView(requires_second_factor)
