"""State of the frame; the portal's pages build on it."""

import reflex as rx

from letsbe_app.people.authz.actor import Actor
from letsbe_app.ui.base_state import SignedInState
from letsbe_app.ui.portal.view_models import Frame, current_tenant, frame_of


class PortalState(SignedInState, rx.State):
    """Who is there, which server, what waits."""

    frame: Frame = Frame()
    is_loaded: bool = False

    async def _enter(self) -> Actor:
        """Bring the frame up to date; the first line of every page's load and wake handlers."""
        actor = await self._actor()
        services = self._services()
        tenant = current_tenant(await services.tenants.list(actor))
        waiting = await services.approvals.list_open(actor)
        self.frame = frame_of(actor, tenant, len(waiting.items))
        self.is_loaded = True
        return actor
