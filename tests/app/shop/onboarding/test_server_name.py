"""Names that can stand in an internet address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letsbe_app.errors import InvalidInput
from letsbe_app.shop.onboarding.server_name import checked_server_name, suggested_server_name


@pytest.mark.parametrize(
    ("business", "name"),
    [
        ("Ada's Bakery", "ada-s-bakery"),
        ("Bäckerei Müßig & Söhne", "baeckerei-muessig-soehne"),
        ("Café Noé", "cafe-noe"),
        ("パン屋", "my-server"),
        ("---", "my-server"),
        ("x" * 39 + " y", "x" * 39),
    ],
)
def test_a_name_is_made_of_the_business(business: str, name: str) -> None:
    assert suggested_server_name(business) == name


@pytest.mark.slow
@given(st.text(max_size=200))
def test_every_suggestion_is_accepted(business: str) -> None:
    name = suggested_server_name(business)

    assert checked_server_name(name) == name


@pytest.mark.parametrize("name", ["", " ", "-a", "a-", "a_b", "a.b", "ä", "x" * 41, "../etc", "a b"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_server_name(name)
    assert refused.value.details[0].field == "server_name"
