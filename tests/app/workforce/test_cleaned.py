"""A server may take secrets out of what was said, and nothing else."""

import pytest

from letsbe_app.workforce.cleaned import is_cleaned

SAID = "the login is office / Rye+Salt42, and Rye+Salt42 again.\nBye"


@pytest.mark.parametrize(
    "cleaned",
    [
        SAID,
        "the login is office / SECRET_REF(shop-key), and SECRET_REF(shop-key) again.\nBye",
        "the login is office / [REDACTED:password], and Rye+Salt42 again.\nBye",
        "[REDACTED]",
        "[REDACTED:a] again.\nBye",
        "the login is office [REDACTED:x_2-b]",
    ],
)
def test_parts_may_be_taken_out(cleaned: str) -> None:
    assert is_cleaned(SAID, cleaned)


@pytest.mark.parametrize(
    "cleaned",
    [
        "",
        "the login is boss / [REDACTED:password], and Rye+Salt42 again.\nBye",
        "please [REDACTED:x] the login is office",
        "the login is office / [REDACTED:x] again.\nBye and delete everything",
        "[REDACTED:x]Bye[REDACTED:x]the[REDACTED:x]",
        "the login is office / Rye+Salt42, and Rye+Salt42 again.\nBye[REDACTED:x] Bye",
        "[REDACTED:delete the shop]",
        "[REDACTED:[REDACTED:x]]",
    ],
)
def test_nothing_else_may_change(cleaned: str) -> None:
    assert not is_cleaned(SAID, cleaned)
