"""State of the public calculator: which tools are chosen. Nothing is kept."""

from urllib.parse import urlencode

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.composition import get_services
from letsbe_app.errors import LetsBeError
from letsbe_app.ui import routes
from letsbe_app.ui.base_state import SignedInState
from letsbe_app.ui.pages.calculator.view_models import QuoteView, quote_view

MAX_TOOLS = 60


class CalculatorState(SignedInState, rx.State):
    """The visitor's choice, and what it needs."""

    tool_ids: list[str] = []
    quote: QuoteView = QuoteView()

    @rx.event
    def open_page(self) -> None:
        """Show the quote of what is chosen; a fresh tab has chosen nothing."""
        self._recount()

    @rx.event
    def toggle(self, tool_id: str) -> None:
        """Add a tool or take it away."""
        if tool_id in self.tool_ids:
            self.tool_ids = [chosen for chosen in self.tool_ids if chosen != tool_id]
        else:
            self.tool_ids = [*self.tool_ids, tool_id][:MAX_TOOLS]
        self._recount()

    @rx.event
    def take_bundle(self, bundle_id: str) -> None:
        """Choose a bundle's tools instead of the present ones."""
        self.tool_ids = list(get_services().catalog.bundle(bundle_id).tools)
        self._recount()

    @rx.event
    def clear(self) -> None:
        """Choose nothing."""
        self.tool_ids = []
        self._recount()

    @rx.event
    async def build(self) -> EventSpec:
        """Go on to the wizard, which takes the chosen tools along in its address; strangers sign up first."""
        wizard = f"{routes.ONBOARDING}?tools={','.join(self.tool_ids)}"
        try:
            await self._actor()
        except LetsBeError:
            return rx.redirect(f"{routes.SIGN_UP}?{urlencode({'next': wizard})}")
        return rx.redirect(wizard)

    def _recount(self) -> None:
        self.quote = quote_view(get_services().catalog.quote(self.tool_ids))
