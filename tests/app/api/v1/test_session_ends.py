"""A stream ends with its session, at once and on every worker."""

from pathlib import Path

import pytest

from letsbe_app.api.live.frames import CLOSE_NOT_SIGNED_IN
from letsbe_app.db.models import SecondFactor, UserRole
from letsbe_app.kit.clock import utc_now
from letsbe_app.people.accounts.schemas import Visitor
from tests.support.hub import PASSWORD
from tests.support.live_hub import live_hub, new_customer, tab
from tests.support.mail import token_for


async def test_signing_out_ends_the_streams_of_the_session(tmp_path: Path, redis_url: str) -> None:
    async with live_hub(tmp_path / "data", redis_url, workers=2) as hub:
        customer = await new_customer(hub.workers[0].services)
        async with tab(hub.workers[1], customer.session_token) as page:
            await page.send(type="ping")
            await page.next(type="pong")
            await hub.workers[0].services.accounts.sign_out(customer.actor)
            # Below the 20 seconds after which a stream looks by itself.
            await page.closed(within_seconds=10)

    assert page.connection.close_code == CLOSE_NOT_SIGNED_IN


@pytest.mark.slow
async def test_demanding_a_second_factor_ends_the_streams_of_who_has_none(
    tmp_path: Path, redis_url: str
) -> None:
    async with live_hub(tmp_path / "data", redis_url, workers=2) as hub:
        services = hub.workers[0].services
        customer = await new_customer(services)
        await services.members.invite(customer.actor, "ben@bakery.example", UserRole.MEMBER)
        token = await token_for(services, "ben@bakery.example", "join")
        await services.members.accept(token, PASSWORD, Visitor())
        ben = await services.accounts.sign_in("ben@bakery.example", PASSWORD)
        async with services.database.write() as session:
            now = utc_now()
            session.add(
                SecondFactor(user_id=customer.actor.user_id, secret="x", confirmed_at=now, created_at=now)
            )
        async with (
            tab(hub.workers[1], ben.session_token) as held,
            tab(hub.workers[1], customer.session_token) as own,
        ):
            for page in (held, own):
                await page.send(type="ping")
                await page.next(type="pong")
            await services.sign_in_rules.set(customer.actor, requires_second_factor=True)
            await held.closed(within_seconds=10)
            await own.send(type="ping")
            await own.next(type="pong")

    assert held.connection.close_code == CLOSE_NOT_SIGNED_IN
