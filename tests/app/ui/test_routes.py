"""Paths of pages."""

from letsbe_app.ui import routes
from letsbe_app.ui.site_map import PAGES


def test_a_draft_is_encoded() -> None:
    assert routes.chat_with("sales", "a & b") == "/portal/chat?agent=sales&draft=a+%26+b"


def test_each_page_has_a_title_of_its_own_kind() -> None:
    assert all(page.title.endswith("LetsBe Biz") and len(page.title) > len(" · LetsBe Biz") for page in PAGES)
    assert len({page.route for page in PAGES}) == len(PAGES)
