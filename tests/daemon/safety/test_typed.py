"""What people type into a call."""

from tenant_daemon.safety.typed import with_references

KEPT = [("shop-key", "Rye+Salt/42"), ("shop-key-long", "Rye+Salt/42-and-more"), ("odd", "shop-key-7")]


def test_values_become_names_wherever_they_stand() -> None:
    args = {
        "url": "https://x/Rye+Salt/42",
        "headers": {"Authorization": "Bearer Rye+Salt/42-and-more"},
        "parts": ["a", "Rye+Salt/42 and Rye+Salt/42", 7, None],
    }

    assert with_references(args, KEPT) == {
        "url": "https://x/SECRET_REF(shop-key)",
        "headers": {"Authorization": "Bearer SECRET_REF(shop-key-long)"},
        "parts": ["a", "SECRET_REF(shop-key) and SECRET_REF(shop-key)", 7, None],
    }


def test_what_was_put_in_is_not_searched_again() -> None:
    assert with_references({"a": "Rye+Salt/42"}, [*KEPT, ("deep", "shop-key")]) == {
        "a": "SECRET_REF(shop-key)"
    }


def test_what_holds_no_value_stays_as_it_is() -> None:
    assert with_references({"command": "ls", "n": 1}, KEPT) == {"command": "ls", "n": 1}
