"""Lays events out for the addresses that want them."""

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import WebhookEndpoint
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.people.events.service import Event
from letsbe_app.webhooks import repository
from letsbe_app.webhooks.service import new_delivery


class WebhookSink:
    """One delivery for each event and each address; what is switched off gets none."""

    def __init__(self, clock: Clock = utc_now) -> None:
        self._clock = clock

    async def take(self, session: AsyncSession, events: Sequence[Event]) -> None:
        endpoints: defaultdict[str, list[WebhookEndpoint]] = defaultdict(list)
        for endpoint in await repository.endpoints_of(session, {event.customer_id for event in events}):
            endpoints[endpoint.customer_id].append(endpoint)
        now = self._clock()
        session.add_all(
            new_delivery(endpoint, event.id, event.type, event.data, happened_at=event.created_at, now=now)
            for event in events
            for endpoint in endpoints[event.customer_id]
            if _is_wanted(endpoint, event.type)
        )


def _is_wanted(endpoint: WebhookEndpoint, event_type: str) -> bool:
    is_on = not endpoint.is_paused and endpoint.disabled_at is None
    return is_on and (not endpoint.event_types or event_type in endpoint.event_types)
