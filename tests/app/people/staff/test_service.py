"""Staff: there is always an admin."""

import asyncio

from letsbe_app.composition import Services
from letsbe_app.db.models import StaffRole
from letsbe_app.errors import Conflict
from tests.support.hub import FakeClock
from tests.support.staff import new_member

REASON = "Moved to another team."


async def test_two_admins_cannot_lower_each_other_at_the_same_moment(
    services: Services, clock: FakeClock
) -> None:
    grace = (await new_member(services, clock)).actor
    alan = (await new_member(services, clock, email="alan@letsbe.example")).actor
    results = await asyncio.gather(
        services.staff.set_role(grace, alan.staff_id, StaffRole.SUPPORT, REASON),
        services.staff.remove(alan, grace.staff_id, REASON),
        return_exceptions=True,
    )

    assert [type(result) for result in results].count(Conflict) == 1, results
