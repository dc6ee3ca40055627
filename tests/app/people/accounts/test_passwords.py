"""New passwords, and hashing."""

import hashlib
from pathlib import Path

import pytest

from letsbe_app.errors import InvalidInput
from letsbe_app.people.accounts.breached import BreachedPasswords
from letsbe_app.people.accounts.passwords import Passwords, check_new_password
from tests.support.hub import quick_passwords

EMAIL = "ada.lovelace@bakery.example"


@pytest.mark.parametrize(
    "password",
    ["a short sentence", "correct horse", "äöüßéèêô12", "0x7f-ist-nicht-leicht", "nobody ever " * 16],
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


@pytest.mark.slow
async def test_hashes_are_argon2id_of_the_recommended_strength() -> None:
    hashed = await Passwords().hash("correct horse")

    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_list_of_stolen_passwords_is_looked_up_here(tmp_path: Path) -> None:
    stolen = [f"stolen number {number}" for number in range(1_000)]
    hashes = sorted(hashlib.sha1(one.encode()).hexdigest().upper() for one in stolen)
    path = tmp_path / "pwned.txt"
    path.write_text("\r\n".join(f"{one}:{count}" for count, one in enumerate(hashes, start=1)))
    found = BreachedPasswords(path)

    assert all(found.has(one) for one in stolen)
    assert not any(found.has(f"kept number {number}") for number in range(1_000))
    path.write_text("")
    assert not BreachedPasswords(path).has("anything")


async def test_a_stolen_password_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pwned.txt"
    path.write_text(hashlib.sha1(b"seven quiet lighthouses").hexdigest().upper() + ":3\n")
    passwords = Passwords(breached=BreachedPasswords(path))

    with pytest.raises(InvalidInput, match="stolen"):
        await passwords.check_new("seven quiet lighthouses", "ada@bakery.example")
    await passwords.check_new("eight quiet lighthouses", "ada@bakery.example")


@pytest.mark.parametrize(
    "password",
    ["qwertyuiop1", "iloveyou2024", "Passw0rd1234", "football1987", "abcdefghijkl"],
)
def test_what_is_guessed_soon_is_refused(password: str) -> None:
    with pytest.raises(InvalidInput):
        check_new_password(password, "ada@bakery.example")
