"""Passwords of words and announced disguises: what stands around them tells, and only there is looked."""

import pytest

from tenant_daemon.redaction import Redactor

REDACTOR = Redactor([])
FILLER = "Der Bericht vom Montag ist fertig und liegt im Ordner.\n" * 400


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("[client]\nuser=backup\npassword=gartenzaun\n", "gartenzaun"),
        ('connect(host="db", user="shop", password="tannenzapfen")', "tannenzapfen"),
        ("localhost:*:*:postgres:zitronenfalter", "zitronenfalter"),
        ("unzip -P kohlrabi out.zip", "kohlrabi"),
        ("j'ai mis Marmotte_2025 comme mot de passe", "Marmotte_2025"),
        ("Meld dich mit chef / Regen_bogen7 an", "Regen_bogen7"),
        ("The code for the key safe is 2580", "2580"),
        ("Visa exp 11/27 CVV 737", "737"),
        ("password (morse): -- --- --- -. .-.. ..", "-- --- --- -. .-.. .."),
        ("password spelled: kilo india oscar sierra kilo four", "kilo india oscar sierra kilo four"),
        ("password in braille ⠺⠊⠝⠞⠑⠗", "⠺⠊⠝⠞⠑⠗"),
        ("token = [118, 71, 71, 76, 75, 116, 116, 108]", "118, 71, 71, 76, 75, 116, 116, 108"),
        ("| Dienst | Login | Kennwort |\n|---|---|---|\n| Shop | laden | murmeltier |\n", "murmeltier"),
    ],
)
def test_what_is_announced_is_found_in_a_short_text_and_in_a_long_one(text: str, secret: str) -> None:
    for whole in (text, f"{FILLER}\n{text}\n{FILLER}"):
        assert secret not in REDACTOR.redact(whole)
        assert "[REDACTED:" in REDACTOR.redact(whole)


@pytest.mark.parametrize(
    "text",
    [
        "username: Benutzername\npassword: Kennwort\n",
        "user: string\npassword: string\nrole: enum\n",
        "La clave del éxito es la paciencia.",
        "Radio check: hotel golf november oscar papa, over.",
        "const codes = [72, 101, 108, 108, 111, 33, 34, 35]; // greeting",
        '{"bot":"a","token":"x","chat":"k4C7RryW3SGq8"}',
        "https://cloud.example.com/remote.php/dav/files/anna anna uploaded",
        "Password: ---- ---- ---- ----",
        "| Field | User | Password |\n|---|---|---|\n| needed | always | never |\n",
        "Service code 200, error code 4711, exit code 137",
    ],
)
def test_what_only_sounds_like_it_stays(text: str) -> None:
    assert REDACTOR.redact(text) == text


def test_words_next_to_a_login_are_a_password_in_json() -> None:
    payload = [
        {"user": "info", "pass": "kleiner Fuchs"},
        {"username": "Benutzername", "password": "Kennwort"},
    ]
    assert REDACTOR.redact_payload(payload) == [{"user": "info", "pass": "[REDACTED:pass]"}, payload[1]]


def test_code_of_a_field_is_found_though_it_is_digits() -> None:
    assert REDACTOR.redact_payload({"otp": "482911"}) == {"otp": "[REDACTED:otp]"}


def test_dropbox_link_stays() -> None:
    link = "https://www.dropbox.com/scl/fi/s2rsapa0xiqy0rvgg8g3n/x.pdf?rlkey=fxbxbwbj4exk36u4dobz1o8hd&dl=0"
    assert REDACTOR.redact(link) == link
