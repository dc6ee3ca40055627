"""New passwords, and hashing."""

import pytest

from letsbe_app.errors import InvalidInput
from letsbe_app.people.accounts.passwords import Passwords, check_new_password
from tests.support.hub import quick_passwords

EMAIL = "ada.lovelace@bakery.example"


@pytest.mark.parametrize(
    "password",
    ["a short sentence", "correct horse", "äöüßéèêô12", "0x7f-ist-nicht-leicht", "y" * 197 + "abc"],
)
def test_good_passwords_are_accepted(password: str) -> None:
    check_new_password(password, EMAIL)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "at least 10"),
        ("123456789", "at least 10"),
        ("x" * 201, "at most 200"),
        (EMAIL, "first thing"),
        (" Ada.Lovelace@Bakery.Example ", "first thing"),
        ("ada.lovelace", "first thing"),
        ("password123", "lists"),
        ("Passwort1234", "lists"),
        ("QWERTZUIOP", "lists"),
        ("aaaaaaaaaaaa", "lists"),
        ("abababababab", "lists"),
        ("LetsBeBiz123", "lists"),
    ],
)
def test_bad_passwords_are_refused_in_words(password: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        check_new_password(password, EMAIL)
    assert refused.value.details[0].field == "password"
    assert not password or password not in str(refused.value)


async def test_only_the_right_password_belongs_to_a_hash() -> None:
    passwords = quick_passwords()
    hashed = await passwords.hash("correct horse")

    assert await passwords.is_right(hashed, "correct horse")
    assert not await passwords.is_right(hashed, "correct horsf")
    assert not await passwords.is_right(None, "correct horse")
    assert not await passwords.is_right(None, "no account has this")
    assert not await passwords.is_right("damaged", "correct horse")


async def test_hashes_are_argon2id_of_the_recommended_strength() -> None:
    hashed = await Passwords().hash("correct horse")

    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
