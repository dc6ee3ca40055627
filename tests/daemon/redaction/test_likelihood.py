"""What is made of words, and what by chance."""

import random
import string

import pytest

from tenant_daemon.redaction.likelihood import MADE, SURELY_MADE, is_made_by_chance, word_bits
from tenant_daemon.redaction.plausibility import looks_chosen, looks_like_secret, looks_random

NAMES = (
    "passwordResetTokenRepository",
    "utf8mb4_unicode_ci",
    "managed-agents-2026-04-01-preview",
    "Rindfleischetikettierungsüberwachung",
    "com.example.auth.TokenService",
    "getElementsByTagName",
    "docker-compose.override.yml",
    "EAI_ADDRFAMILY",
    "Kraftfahrzeughaftpflichtversicherung",
    "wachtwoord_vergeten",
    "x86_64-linux-gnu",
)


def _drawn(letters: str, size: int, count: int = 200) -> list[str]:
    source = random.Random(letters)
    return ["".join(source.choice(letters) for _ in range(size)) for _ in range(count)]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_made_of_words(name: str) -> None:
    assert word_bits(name) > MADE


@pytest.mark.parametrize(
    "letters", [string.ascii_letters + string.digits, string.ascii_lowercase + string.digits]
)
def test_nearly_all_that_a_generator_draws_is_made_by_chance(letters: str) -> None:
    assert sum(map(is_made_by_chance, _drawn(letters, 16))) >= 180


def test_hex_is_not_judged() -> None:
    assert word_bits("4f3a9c2b1d5e77aa0b1c2d3e4f5a6b7c") == 0
    assert not is_made_by_chance("7dcfe9e8-ba29-4c57-a2da-5b854448d24e")


def test_longer_values_are_surer() -> None:
    letters = string.ascii_letters + string.digits
    assert sum(is_made_by_chance(value, SURELY_MADE) for value in _drawn(letters, 24)) >= 190


@pytest.mark.parametrize("value", ["TowNv.ndx4EXw", "g5Oq.j.vrffM", "$R2TnqjLHdziT8", "qhzkxwvprtnb"])
def test_passwords_that_look_like_names_are_passwords(value: str) -> None:
    assert looks_like_secret(value)


@pytest.mark.parametrize(
    "value", ["user.password", "$DB_PASSWORD", "settings.apiKey", "ConvertTo-SecureString", "SSL_TXT_SRP"]
)
def test_references_and_names_are_none(value: str) -> None:
    assert not looks_like_secret(value)


def test_letters_alone_may_be_a_key() -> None:
    drawn = _drawn(string.ascii_lowercase, 32, 50)
    assert sum(map(looks_random, drawn)) >= 45
    assert not looks_random("thisisaverylongnameofsomething")


def test_pods_and_files_are_no_passwords() -> None:
    assert not looks_chosen("web-7d4b9c6f5-x2v4z", is_near=True)
    assert not looks_chosen("libcrypt.so.1", is_near=True)
