"""RFC 6238's own figures, and what a code is worth."""

import pytest

from letsbe_app.people.accounts.totp import app_address, as_text, code_at, matching_step, new_secret

RFC_SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    assert code_at(RFC_SECRET, seconds // 30) == code
    assert matching_step(RFC_SECRET, f"{code[:3]} {code[3:]}", seconds, 0) == seconds // 30


@pytest.mark.parametrize(
    ("offset", "is_good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_clock_may_differ_by_one_step(offset: int, is_good: bool) -> None:
    code = code_at(RFC_SECRET, (1_000_000 + offset) // 30)

    assert (matching_step(RFC_SECRET, code, 1_000_000, 0) is not None) == is_good


def test_a_code_counts_once() -> None:
    step = 1_000_000 // 30
    assert matching_step(RFC_SECRET, code_at(RFC_SECRET, step), 1_000_000, step) is None


@pytest.mark.parametrize("code", ["", "1", "28708", "2870822", "abcdef", "２８７０８２"])
def test_nonsense_is_no_code(code: str) -> None:
    assert matching_step(RFC_SECRET, code, 59, 0) is None


def test_apps_can_read_the_address() -> None:
    secret = new_secret()

    assert len(secret) == 20
    assert app_address(secret, "ada@bakery.example").startswith("otpauth://totp/LetsBe%20Biz:ada%40bakery")
    assert f"secret={as_text(secret)}" in app_address(secret, "a@b.example")
