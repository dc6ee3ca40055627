"""An agent that was held back is shown to its owner, once and for an hour."""

from datetime import UTC, datetime, timedelta

import pytest

from letsbe_app.composition import Services
from letsbe_app.errors import NotFound
from letsbe_app.people.authz.actor import Actor
from letsbe_app.workforce.notices.service import NoticeService
from tenant_daemon.contracts.notices import AgentHeldBack


def held_back() -> AgentHeldBack:
    return AgentHeldBack(
        agent_id="it-admin",
        told="made the same call 21 times in 5 minutes",
        held_at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
    )


async def test_owner_sees_it_for_an_hour(
    services: Services, owner: Actor, stranger: Actor, tenant_id: str
) -> None:
    await services.notices.record(tenant_id, held_back())
    await services.notices.record(tenant_id, held_back())

    notice = await services.notices.newest(owner, tenant_id)

    assert notice is not None
    assert (notice.agent_id, notice.told) == ("it-admin", "made the same call 21 times in 5 minutes")
    later = NoticeService(
        services.database, services.relay, clock=lambda: notice.held_at + timedelta(hours=1, seconds=1)
    )
    assert await later.newest(owner, tenant_id) is None
    with pytest.raises(NotFound):
        await services.notices.newest(stranger, tenant_id)
