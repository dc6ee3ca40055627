"""``.env`` files as they are found."""

import base64

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


def test_what_looks_like_a_secret_is_taken_under_any_name() -> None:
    key = base64.b64encode(bytes(range(200))).decode()
    # In pieces, so that nothing that reads this repository takes them for real.
    mark, token = "-" * 5, "sk_" + "live_Ud5iCkdalMVWtFLmwZuNT4mk"
    text = f"""
DB=postgres://shop:Cream-Cake55@db:5432/shop
CERTIFICATE="{mark}BEGIN PRIVATE KEY{mark}
{key}
{mark}END PRIVATE KEY{mark}"
SHIPPING={token}
SITE=https://shop.example/de?page=2
BUILD=3f786850e387550fdab836ed7e6dc881de23001b
ID=550e8400-e29b-41d4-a716-446655440000
GREETING="Welcome to the bakery on the corner"
COLOURS=#ffcc00,#aa3311
FILES=/var/lib/shop/uploads/2026
"""

    held = secrets_in(text)

    assert [new.name for new in held.found] == ["db", "certificate", "shipping"]
    assert held.plain == ["SITE", "BUILD", "ID", "GREETING", "COLOURS", "FILES"]


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


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("`back 'tick' Value`", "back 'tick' Value"),
        ("'quoted-Value-1'# the shop", "quoted-Value-1"),
        ("separated\u2028by\x0bodd-Ends", "separated\u2028by\x0bodd-Ends"),
        ('"first\r\nsecond-Line"\r', "first\nsecond-Line"),
        (r'"pa$$word-\${1}"', "pa$$word-${1}"),
        ("'$(single) quotes'", "$(single) quotes"),
    ],
)
def test_values_are_read_as_they_are_meant(written: str, value: str) -> None:
    assert [new.value for new in secrets_in(f"TOKEN={written}\n").found] == [value]


@pytest.mark.parametrize(
    "written",
    [
        r"'it'\''s-a-Value-1'",
        '"part"-of-a-Value',
        "${OTHER}-Value-1",
        '"$(cat file)-Value"',
        r"$'ansi\n-Value'",
    ],
)
def test_value_that_only_a_shell_would_know_is_told_by_its_line(written: str) -> None:
    held = secrets_in(f"\nTOKEN={written}\nAPI_KEY=a-Harbour-43\n")
    assert held.unread == [2]
    assert [new.name for new in held.found] == ["api-key"]


def test_two_keys_of_one_name_are_told() -> None:
    held = secrets_in("API_KEY=a-Harbour-43\napi.key=a-Harbour-44\n")
    assert [new.value for new in held.found] == ["a-Harbour-43"]
    assert held.refused == {"api.key": "its name would be api-key, as that of API_KEY"}
