"""A stream ends with its session, at once and on every worker."""

from pathlib import Path

from letsbe_app.api.live.frames import CLOSE_NOT_SIGNED_IN
from tests.support.live_hub import live_hub, new_customer, tab


async def test_signing_out_ends_the_streams_of_the_session(tmp_path: Path, redis_url: str) -> None:
    async with live_hub(tmp_path / "data", redis_url, workers=2) as hub:
        customer = await new_customer(hub.workers[0].services)
        async with tab(hub.workers[1], customer.session_token) as page:
            await page.send(type="ping")
            await page.next(type="pong")
            await hub.workers[0].services.accounts.sign_out(customer.actor)
            # Far below the 20 seconds after which a stream looks by itself.
            await page.closed(within_seconds=3)

    assert page.connection.close_code == CLOSE_NOT_SIGNED_IN
