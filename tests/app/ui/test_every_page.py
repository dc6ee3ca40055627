"""Every page can be put together: what breaks the build is told in seconds."""

import pytest

from letsbe_app.letsbe_app import app


@pytest.mark.parametrize("route", sorted(app._unevaluated_pages))
def test_page_can_be_put_together(route: str) -> None:
    make = app._unevaluated_pages[route].component
    assert callable(make)
    assert make().render()
