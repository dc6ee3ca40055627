"""``.env`` files as they are found."""

import pytest

from tenant_daemon.vault.env_import import secrets_in

FILE = """
# PASSWORD=not-this-One-9
export DB_PASSWORD="quoted # Value 1"
API_KEY='single $quoted Value'
STRIPE_SECRET_KEY = sk_live_plainValue42  # of the shop
DATABASE_URL=postgres://shop:pw-Value-77@db/shop
REDIS_URL=redis://localhost:6379/0
APP_NAME="The bakery"
PORT=8080
ADMIN_PASSWORD=short
SIGNING_PRIVATE="-----BEGIN KEY-----
abc\\ndef
-----END KEY-----"
EMPTY_TOKEN=
HUB_API_KEY=own-Key-Of-The-Server
"""


def test_what_sounds_like_a_secret_is_taken() -> None:
    held = secrets_in(FILE, note="from the old server")

    assert {new.name: new.value for new in held.found} == {
        "db-password": "quoted # Value 1",
        "api-key": "single $quoted Value",
        "stripe-secret-key": "sk_live_plainValue42",
        "database-url": "postgres://shop:pw-Value-77@db/shop",
        "signing-private": "-----BEGIN KEY-----\nabc\ndef\n-----END KEY-----",
    }
    assert held.plain == ["REDIS_URL", "APP_NAME", "PORT", "EMPTY_TOKEN"]
    assert set(held.refused) == {"ADMIN_PASSWORD", "HUB_API_KEY"}
    assert "shorter than" in held.refused["ADMIN_PASSWORD"]


def test_all_takes_every_value_that_can_be_kept() -> None:
    held = secrets_in("PORT=8080\nBRAND=Rye-and-Salt-1\n", with_all=True)

    assert [new.name for new in held.found] == ["brand"]
    assert set(held.refused) == {"PORT"}


@pytest.mark.parametrize("text", ["", "nonsense", "A=", 'TOKEN="never closed', "=x", "\0"])
def test_odd_files_do_no_harm(text: str) -> None:
    secrets_in(text)


def test_what_is_not_understood_is_told_by_its_line() -> None:
    text = '\ufeffDB_PASSWORD=quiet-Harbour-42\nBAD LINE\n# fine\nTOKEN="never-Closed\nAPI_KEY=a-Harbour-43\n'
    held = secrets_in(text)

    assert held.unread == [2, 4]
    assert {new.name: new.value for new in held.found} == {
        "db-password": "quiet-Harbour-42",
        "api-key": "a-Harbour-43",
    }
