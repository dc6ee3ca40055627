"""Handlers of the set-up page."""

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.errors import NotFound
from letsbe_app.ui.components.toast import show_toast
from letsbe_app.ui.pages.provisioning.view_models import ProgressPage, progress_page
from letsbe_app.ui.portal.state import PortalState
from letsbe_app.ui.text import texts


class ProvisioningState(PortalState):
    """The steps of one order's server."""

    progress: ProgressPage = ProgressPage()
    is_missing: bool = False

    @rx.event
    async def load(self) -> None:
        await self._enter()
        await self._refresh()

    @rx.event
    async def woken(self, topic: str, _id: str) -> None:
        if topic == "resumed":
            await self._enter()
        if topic in {"provisioning", "tenant", "resumed"}:
            await self._refresh()

    @rx.event
    async def retry(self) -> EventSpec:
        await self._services().provisioning.retry(await self._actor(), self.progress.order_id)
        await self._refresh()
        return show_toast(texts().provisioning.retrying)

    async def _refresh(self) -> None:
        order_id = self.router.url.path.rstrip("/").rpartition("/")[2]
        actor = await self._actor()
        self.is_missing = False
        try:
            progress = await self._services().provisioning.progress(actor, order_id)
        except NotFound:
            self.is_missing = True
        else:
            self.progress = progress_page(progress)
