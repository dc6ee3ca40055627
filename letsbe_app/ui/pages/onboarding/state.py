"""
State of the wizard. What is chosen is kept in the customer's draft with each step, so that the page can be
left and resumed anywhere; the step itself stands in the address, so that the browser's back button works.
"""

from typing import Final, TypeAlias

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.errors import InvalidInput
from letsbe_app.shop.onboarding.schemas import DraftChanges, DraftView
from letsbe_app.ui import routes
from letsbe_app.ui.base_state import SignedInState
from letsbe_app.ui.components.toast import show_toast
from letsbe_app.ui.pages.calculator.view_models import QuoteView, quote_view
from letsbe_app.ui.pages.onboarding.view_models import (
    STEPS,
    CheckView,
    PlanView,
    Step,
    SuggestionView,
    check_view,
    neighbour,
    plan_to_take,
    plan_views,
    step_of,
    suggestion_view,
)
from letsbe_app.ui.text import texts

Events: TypeAlias = EventSpec | list[EventSpec] | None

_FIELD_OF_STEP: Final[dict[str, Step]] = {"tool_ids": "tools", "plan_id": "plan", "server_name": "name"}


class OnboardingState(SignedInState, rx.State):
    """The draft as the page shows it."""

    step: str = STEPS[0]
    description: str = ""
    tool_ids: list[str] = []
    bundle_id: str = ""
    plan_id: str = ""
    server_name: str = ""
    quote: QuoteView = QuoteView()
    plans: list[PlanView] = []
    check: CheckView = CheckView()
    suggestion: SuggestionView = SuggestionView()
    errors: dict[str, str] = {}
    is_loaded: bool = False

    @rx.var
    def position(self) -> int:
        """Which step this is, from 0."""
        return STEPS.index(step_of(self.step, ""))

    @rx.event
    async def open_page(self) -> Events:
        """
        Show the draft at the step that the address names, with tools brought from the calculator.

        An address without a step gets the one where the draft was left, so that each step has its own place in
        the browser's history.
        """
        actor = await self._actor()
        onboarding = self._services().onboarding
        query = self.router.url.query_parameters
        draft = await onboarding.draft(actor)
        brought = [name for name in query.get("tools", "").split(",") if name]
        if brought and not draft.tool_ids:
            draft = await onboarding.save(actor, DraftChanges(tool_ids=brought, step="tools"))
        self._show(draft)
        wanted = query.get("step", "")
        # What was said meanwhile of a form that somebody was quick to send stays.
        self.step = step_of(wanted, draft.step)
        self.is_loaded = True
        return None if self.step == wanted else rx.redirect(_address_of(self.step), replace=True)

    @rx.event
    def suggest(self, form: dict[str, str]) -> None:
        """Ask the classifier; nothing is chosen by that yet."""
        self.description = form.get("business_description", "").strip()
        if not self.description:
            self.errors = {"business_description": texts().onboarding.business_empty}
            return
        self.errors = {}
        self.suggestion = suggestion_view(self._services().onboarding.suggest(self.description))

    @rx.event
    async def take_bundle(self, bundle_id: str) -> Events:
        """Choose a bundle's tools and look at them."""
        return await self._keep(
            DraftChanges(business_description=self.description, bundle_id=bundle_id), then="tools"
        )

    @rx.event
    async def choose_myself(self) -> Events:
        """Go to the tools without a suggestion."""
        return await self._keep(DraftChanges(business_description=self.description), then="tools")

    @rx.event
    async def toggle(self, tool_id: str) -> None:
        """Add a tool or take it away; kept at once."""
        tools = [chosen for chosen in self.tool_ids if chosen != tool_id]
        if len(tools) == len(self.tool_ids):
            tools.append(tool_id)
        await self._keep(DraftChanges(tool_ids=tools))

    @rx.event
    async def replace_by_bundle(self, bundle_id: str) -> None:
        """Take a bundle's tools instead of the present ones, and stay."""
        await self._keep(DraftChanges(bundle_id=bundle_id))

    @rx.event
    async def choose_plan(self, plan_id: str) -> None:
        """Take a plan; kept at once."""
        await self._keep(DraftChanges(plan_id=plan_id))

    @rx.event
    async def keep_name(self, form: dict[str, str]) -> Events:
        """Keep the server's name and go on."""
        self.server_name = form.get("server_name", "")
        return await self._keep(DraftChanges(server_name=self.server_name), then="check")

    @rx.event
    async def go_on(self) -> Events:
        """Go to the next step, with the plan that is shown as taken."""
        step = step_of(self.step, "")
        changes = DraftChanges(plan_id=self.plan_id or None) if step == "plan" else DraftChanges()
        return await self._keep(changes, then=neighbour(step, 1))

    @rx.event
    async def go_to(self, step: str) -> Events:
        """Go to a step by name; used by "Back" and "Change"."""
        return await self._keep(DraftChanges(), then=step_of(step, self.step))

    @rx.event
    async def go_back(self) -> Events:
        """Go to the step before; nothing is lost."""
        return await self._keep(DraftChanges(), then=neighbour(step_of(self.step, ""), -1))

    @rx.event
    async def finish_later(self) -> Events:
        """Leave; the draft waits."""
        await self._keep(DraftChanges(step=step_of(self.step, "")))
        return [rx.redirect(routes.HOME), show_toast(texts().onboarding.saved)]

    @rx.event
    async def place_order(self) -> Events:
        """Make the order and go to its payment; a problem leads to the step that can mend it."""
        actor = await self._actor()
        try:
            order = await self._services().orders.place(actor)
        except InvalidInput as problem:
            field = problem.details[0].field if problem.details else ""
            events = await self.go_to(_FIELD_OF_STEP.get(field, "check"))  # type: ignore[operator]
            self._note(problem)
            return events
        checkout = await self._services().billing.checkout(actor, order.id)
        return rx.redirect(routes.payment(order.id) if checkout.is_practice else checkout.url)

    async def _keep(self, changes: DraftChanges, then: Step | None = None) -> Events:
        actor = await self._actor()
        try:
            if then is not None:
                changes = changes.model_copy(update={"step": then})
            self._show(await self._services().onboarding.save(actor, changes))
        except InvalidInput as problem:
            self._note(problem)
            return None
        self.errors = {}
        if then is None:
            return None
        # With the address and not after it: a click that follows at once must meet the new step's button.
        self.step = then
        return rx.redirect(_address_of(then))

    def _show(self, draft: DraftView) -> None:
        self.description = draft.business_description or self.description
        self.tool_ids = draft.tool_ids
        self.bundle_id = draft.bundle_id or ""
        self.plan_id = plan_to_take(draft)
        self.server_name = draft.server_name
        self.quote = quote_view(draft.quote, self.plan_id)
        self.plans = plan_views(draft.quote)
        self.check = check_view(draft.quote, self.plan_id)

    def _note(self, problem: InvalidInput) -> None:
        self.errors = {detail.field: detail.message for detail in problem.details} or {"": problem.message}


def _address_of(step: str) -> str:
    return f"{routes.ONBOARDING}?step={step}"
