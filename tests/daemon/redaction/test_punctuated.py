"""Secrets that are mostly punctuation or foreign letters, where only a part of them stands in a text."""

from collections.abc import Callable

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor

VALUES = {
    "marks": 'GzZ*&"]j(\\"oD7|Q',
    "few": '.\\+>q",:+"y4?$@D5',
    "foreign": "парольY5YY6xßqzK",
    "words": "well-known",
}
REDACTOR = Redactor(KnownSecret(name, value) for name, value in VALUES.items())


@pytest.mark.parametrize("name", ["marks", "few", "foreign"])
@pytest.mark.parametrize(
    "change", [str.upper, str.swapcase, lambda s: s[::-1], lambda s: s[:-3], lambda s: s[4:]]
)
def test_most_of_a_secret_does_not_pass(name: str, change: Callable[[str], str]) -> None:
    assert f"SECRET_REF({name})" in REDACTOR.redact(f"X-Key: {change(VALUES[name])} end")


@pytest.mark.parametrize("text", ["a well-kept secret", "Gzz", 'q",:', "пароль", "y4?"])
def test_words_and_crumbs_stay(text: str) -> None:
    assert REDACTOR.redact(text) == text


@pytest.mark.parametrize("text", ["ûльY5YY6xßqzK", "парольY5YY6xÛ"])
def test_no_character_is_cut(text: str) -> None:
    assert REDACTOR.redact(text).startswith(("û", "SECRET_REF(foreign)"))
