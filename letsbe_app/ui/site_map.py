"""All pages in one list: route, title, what it shows, what runs when it opens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.pages.agents.page import agents_page
from letsbe_app.ui.pages.agents.state import AgentsState
from letsbe_app.ui.pages.approvals.page import approvals_page
from letsbe_app.ui.pages.approvals.state import ApprovalsState
from letsbe_app.ui.pages.chat.page import chat_page, conversation_page
from letsbe_app.ui.pages.chat.state import ChatState
from letsbe_app.ui.pages.home.page import home_page
from letsbe_app.ui.pages.home.state import HomeState
from letsbe_app.ui.pages.not_found import not_found_page
from letsbe_app.ui.pages.provisioning.page import provisioning_page
from letsbe_app.ui.pages.provisioning.state import ProvisioningState
from letsbe_app.ui.text import texts


@dataclass(frozen=True)
class Page:
    """A page as the app registers it."""

    route: str
    name: str
    component: Callable[[], rx.Component]
    on_load: Any = None
    description: str = ""
    is_public: bool = False

    @property
    def title(self) -> str:
        return texts().common.page_title(self.name)

    def meta(self) -> list[dict[str, str]]:
        """Pages behind sign-in are nothing for search engines."""
        return [] if self.is_public else [{"name": "robots", "content": "noindex"}]


_t = texts()

PAGES = [
    Page(routes.HOME, _t.home.title, home_page, HomeState.load),
    Page(routes.CHAT, _t.chat.title, chat_page, ChatState.load),
    Page(routes.CONVERSATION, _t.chat.title, conversation_page, ChatState.load),
    Page(routes.APPROVALS, _t.approvals.title, approvals_page, ApprovalsState.load),
    Page(routes.AGENTS, _t.agents.title, agents_page, AgentsState.load),
    Page(routes.PROVISIONING, _t.provisioning.title, provisioning_page, ProvisioningState.load),
    Page(routes.NOT_FOUND, _t.common.not_found_title, not_found_page),
]
