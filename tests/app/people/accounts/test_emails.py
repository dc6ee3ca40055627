"""The form of e-mail addresses."""

import pytest

from letsbe_app.errors import InvalidInput
from letsbe_app.people.accounts.emails import normalised_email


@pytest.mark.parametrize(
    ("text", "email"),
    [
        (" Ada@Bakery.Example ", "ada@bakery.example"),
        ("a+b@c.de", "a+b@c.de"),
        ("o'hara@x.example", "o'hara@x.example"),
        ("müller@bäcker.de", "müller@bäcker.de"),
        ("owner@letsbe.localhost", "owner@letsbe.localhost"),
    ],
)
def test_addresses_have_one_spelling(text: str, email: str) -> None:
    assert normalised_email(text) == email


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@b",
        "@b.de",
        "a@",
        "a b@c.de",
        "a@b@c.de",
        "a@b..de",
        "a@.de",
        "<a@b.de>",
        "a@b.de\nx",
        "x" * 250 + "@b.de",
        "a@b.de\0",
        "a\0@b.de",
        "a@b\u202e.de",
        "a@[127.0.0.1]",
        "a@b.de%0abcc:x",
        "a@-b.de",
    ],
)
def test_others_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        normalised_email(text)
    assert refused.value.details[0].field == "email"
