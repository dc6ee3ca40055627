"""The section that says how long what is said is kept."""

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.ui.components.button import button
from letsbe_app.ui.components.choice_card import choice_card
from letsbe_app.ui.components.dialog import question
from letsbe_app.ui.components.toast import show_toast
from letsbe_app.ui.pages.settings.parts import part
from letsbe_app.ui.portal.state import PortalState
from letsbe_app.ui.text import texts
from letsbe_app.workforce.retention.service import CHOICES

_NO_END = "forever"


class RetentionState(PortalState):
    """What is set, and what somebody is about to set."""

    chosen: str = ""
    asked: str = ""
    """A shorter time that deletes something, until it is confirmed."""

    @rx.event
    async def load_retention(self) -> None:
        view = await self._services().retention.get(await self._actor())
        self.chosen = str(view.days or _NO_END)

    @rx.event
    async def choose(self, value: str) -> EventSpec | None:
        if value == self.chosen:
            return None
        if value != _NO_END and (self.chosen == _NO_END or int(value) < int(self.chosen)):
            self.asked = value
            return None
        return await self._set(value)

    @rx.event
    def keep_as_it_is(self) -> None:
        self.asked = ""

    @rx.event
    async def confirm(self) -> EventSpec:
        value, self.asked = self.asked, ""
        return await self._set(value)

    async def _set(self, value: str) -> EventSpec:
        days = None if value == _NO_END else int(value)
        view = await self._services().retention.set(await self._actor(), days)
        self.chosen = str(view.days or _NO_END)
        return show_toast(texts().retention.saved)


def retention() -> rx.Component:
    """Return the section."""
    t = texts().retention
    titles = {30: t.days_30, 90: t.days_90, 365: t.days_365}
    choices = [(str(days), titles[days], t.days_detail(days)) for days in CHOICES]
    choices.append((_NO_END, t.forever, t.forever_detail))
    return part(
        t.title,
        rx.el.fieldset(
            rx.el.legend(t.title, class_name="sr-only"),
            *[
                choice_card(
                    title,
                    detail,
                    name="retention",
                    value=value,
                    is_chosen=RetentionState.chosen == value,
                    on_choose=RetentionState.choose,
                )
                for value, title, detail in choices
            ],
            on_mount=RetentionState.load_retention,
            class_name="grid gap-2 sm:grid-cols-2",
        ),
        question(
            rx.el.p(t.short_detail),
            confirm=button(t.short_confirm, kind="danger", on_click=RetentionState.confirm),
            title=t.short_title,
            is_open=RetentionState.asked != "",
            on_dismiss=RetentionState.keep_as_it_is,
        ),
        detail=t.detail,
    )
