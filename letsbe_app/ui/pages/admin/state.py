"""Handlers of the back office's pages. Passwords do not come by here: their forms speak REST."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.errors import LetsBeError, NotFound
from letsbe_app.kit.pagination import Page
from letsbe_app.people.staff.actor import StaffActor, StaffPermission, staff_may
from letsbe_app.ui.base_state import StaffState
from letsbe_app.ui.components.toast import show_toast
from letsbe_app.ui.curves import Curve, curves_of
from letsbe_app.ui.pages.admin.view_models import (
    Bar,
    Figure,
    Line,
    act_line,
    attention_title,
    bars,
    caution_line,
    customer_line,
    day_bars,
    figures_of,
    health_bars,
    hub_lines,
    order_line,
    part_line,
    role_words,
    run_line,
    server_head,
    server_line,
    staff_line,
    step_line,
)
from letsbe_app.ui.text import texts

T = TypeVar("T")


class AdminState(StaffState, rx.State):
    """What all pages of the back office know."""

    is_loaded: bool = False
    is_missing: bool = False
    may_operate: bool = False
    may_administer: bool = False

    async def _enter(self) -> StaffActor:
        staff = await self._staff()
        self.may_operate = staff_may(staff.role, StaffPermission.OPERATE)
        self.may_administer = staff_may(staff.role, StaffPermission.ADMINISTER)
        self.is_loaded = True
        return staff

    async def _found(self, looked_up: Awaitable[T]) -> T | None:
        """What the page's address names; None when there is no such thing, which the page then says."""
        try:
            found = await looked_up
        except NotFound:
            self.is_missing = True
            return None
        self.is_missing = False
        return found

    def _named(self) -> str:
        """The id at the end of the page's address."""
        return str(self.router.url.path.rstrip("/").rpartition("/")[2])


class LongList(rx.State, mixin=True):
    """Mixin for pages with a list that is loaded page by page; the class says where a page comes from."""

    rows: list[Line] = []
    cursor: str = ""

    @rx.event
    async def load(self) -> None:
        await self._load()

    @rx.event
    async def more(self) -> None:
        await self._load(self.cursor)

    async def _load(self, cursor: str | None = None) -> None:
        page = await self._page(cursor)
        self.rows = [*self.rows, *page.items] if cursor else page.items
        self.cursor = page.next_cursor or ""

    async def _page(self, cursor: str | None) -> Page[Line]:
        raise NotImplementedError


class SearchedList(LongList, mixin=True):
    """Mixin for a long list of what fits some words."""

    words: str = ""

    @rx.event
    async def search(self, form: dict[str, str]) -> None:
        self.words = form.get("words", "")
        await self._load()


class OverviewState(AdminState):
    """The fleet at a glance."""

    figures: list[Figure] = []
    health: list[Bar] = []
    versions: list[Bar] = []
    sign_ups: list[Bar] = []
    sick: list[Line] = []
    sick_title: str = ""

    @rx.event
    async def load(self) -> None:
        staff, office = await self._enter(), self._services().back_office
        overview = await office.overview(staff)
        self.figures = figures_of(overview)
        self.health = health_bars(overview.health)
        self.versions = bars(overview.daemon_versions)
        self.sign_ups = day_bars(overview.sign_ups)
        self.sick_title = attention_title(overview)
        sick = map(server_line, overview.needs_attention)
        self.sick = [*hub_lines(overview), *map(caution_line, overview.cautions), *sick]


class CustomersState(SearchedList, AdminState):
    """The list of customers."""

    async def _page(self, cursor: str | None) -> Page[Line]:
        staff = await self._enter()
        page = await self._services().back_office.customers(staff, self.words, cursor)
        return Page([customer_line(row) for row in page.items], page.next_cursor)


class CustomerState(AdminState):
    """One customer."""

    id: str = ""
    name: str = ""
    people: list[Line] = []
    servers: list[Line] = []
    orders: list[Line] = []
    allowed_text: str = ""

    @rx.event
    async def load(self) -> None:
        staff = await self._enter()
        self.name = ""
        detail = await self._found(self._services().back_office.customer(staff, self._named()))
        if detail is None:
            return
        self.id, self.name = detail.customer.id, detail.customer.name
        self.people = [
            Line(
                one.user_id,
                one.email,
                "second step on" if one.has_second_factor else "no second step",
                mark=role_words(one.role),
                at=one.created_at.isoformat(),
            )
            for one in detail.people
        ]
        self.servers = [server_line(row) for row in detail.servers]
        self.orders = [order_line(row) for row in detail.orders]
        until = detail.support_allowed_until
        self.allowed_text = (
            texts().admin.allowed_until(f"{until:%Y-%m-%d %H:%M} UTC") if until is not None else ""
        )


class ServersState(SearchedList, AdminState):
    """The list of servers."""

    async def _page(self, cursor: str | None) -> Page[Line]:
        staff = await self._enter()
        page = await self._services().back_office.servers(staff, self.words, cursor=cursor)
        return Page([server_line(row) for row in page.items], page.next_cursor)


class ServerState(AdminState):
    """One server."""

    id: str = ""
    name: str = ""
    rows: list[Line] = []
    parts: list[Line] = []
    curves: list[Curve] = []

    @rx.event
    async def load(self) -> None:
        staff = await self._enter()
        self.name = ""
        detail = await self._found(self._services().back_office.server(staff, self._named()))
        if detail is None:
            return
        self.id, self.name = detail.server.id, detail.server.name
        self.rows = [server_head(detail.server)]
        self.parts = [part_line(part) for part in detail.components]
        self.curves = curves_of(detail.history)


class RunsState(LongList, AdminState):
    """Set-ups: the list, and one with its steps."""

    steps: list[Line] = []
    name: str = ""
    retrying: str = ""
    cancelling: str = ""

    @rx.event
    async def load_one(self) -> None:
        staff = await self._enter()
        self.name = ""
        detail = await self._found(self._services().back_office.run(staff, self._named()))
        if detail is None:
            return
        self.name = detail.run.server_name
        self.rows = [run_line(detail.run)]
        self.steps = [step_line(step) for step in detail.steps]

    @rx.event
    def ask_retry(self, order_id: str) -> None:
        self.retrying = order_id

    @rx.event
    def ask_cancel(self, order_id: str) -> None:
        self.cancelling = order_id

    @rx.event
    def close(self) -> None:
        self.retrying = self.cancelling = ""

    @rx.event
    async def retry(self, form: dict[str, str]) -> EventSpec:
        return await self._act(self._services().back_office.retry_run, self.retrying, form)

    @rx.event
    async def cancel(self, form: dict[str, str]) -> EventSpec:
        return await self._act(self._services().back_office.cancel_run, self.cancelling, form)

    async def _act(
        self, act: Callable[..., Awaitable[object]], order_id: str, form: dict[str, str]
    ) -> EventSpec:
        staff = await self._staff()
        try:
            await act(staff, order_id, form.get("reason", ""))
        except LetsBeError as error:
            return show_toast(error.message, "danger")
        self.retrying = self.cancelling = ""
        await self._load()
        return show_toast(texts().admin.done)

    async def _page(self, cursor: str | None) -> Page[Line]:
        staff = await self._enter()
        page = await self._services().back_office.runs(staff, cursor=cursor)
        return Page([run_line(row) for row in page.items], page.next_cursor)


class StaffListState(AdminState):
    """Who belongs."""

    rows: list[Line] = []

    @rx.event
    async def load(self) -> None:
        staff = await self._enter()
        self.rows = [staff_line(row) for row in await self._services().staff.list(staff)]


class AuditState(SearchedList, AdminState):
    """Who did what."""

    async def _page(self, cursor: str | None) -> Page[Line]:
        staff = await self._enter()
        page = await self._services().back_office.find_acts(staff, self.words, cursor)
        return Page([act_line(act) for act in page.items], page.next_cursor)
