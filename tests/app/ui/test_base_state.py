"""Who is there, from the Cookie header."""

import pytest

from letsbe_app.ui.base_state import cookie_in


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("", None),
        ("letsbe_session=lbs_abc", "lbs_abc"),
        ("theme=dark; letsbe_session=lbs_abc; x=1", "lbs_abc"),
        ("xletsbe_session=lbs_abc", None),
        ("theme=dark", None),
    ],
)
def test_session_token_is_found(header: str, token: str | None) -> None:
    assert cookie_in(header, "letsbe_session") == token
