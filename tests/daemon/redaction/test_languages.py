"""What people say of a password in the languages of Europe, and what programs take without naming it."""

import json
import random
import string

import pytest

from tenant_daemon.redaction import Redactor

REDACTOR = Redactor([])
_SOURCE = random.Random(16)


def _drawn() -> str:
    letters = string.ascii_letters + string.digits
    return "".join(_SOURCE.choice(letters) for _ in range(10)) + "7k4Z"


SAID = [
    "Geslo: {}",
    "Κωδικός: {}",
    "Ο νέος κωδικός είναι {}",
    "Парола: {}",
    "Пароль теперь {}",
    "мой пароль {}",
    "Лозинка: {}",
    "Lozinka za wifi: {}",
    "palavra-passe: {}",
    "Minha senha nova: {}",
    "Fjalëkalimi: {}",
    "Jaunā parole: {}",
    "Parool: {}",
    "Slaptažodis yra {}",
    "Noua parolă este {}",
    "Nýtt lykilorð: {}",
    "wifi şifresi {}",
    "mon mdp c'est {}",
    "mijn ww is {}",
    "la psw del gestionale è {}",
    "Mis credenciales: anna / {}",
    "Dane do logowania: anna / {}",
    "Inloggning: anna / {}",
    "Login NAS: admin, {}",
    "Das Kennwort der Datenbank wurde auf {} geändert",
    "Try {} — that is the master password",
    "It asked me for a password and I typed {} and it worked",
    "Root password of the box (from the provider's mail): {}",
    "I regenerated the secret, it's now {}",
    "The wifi is still {}",
    "wifi: Shop / {}",
    "Der API-Schlüssel lautet {}",
    "Voici la clé API : {}",
]
VALUES = ["Fjord_zephyr-705", "emberGarnet0810!"]
TAKEN = [
    "vault login {}",
    "bw unlock --raw '{}'",
    "net use Z: \\\\nas\\data {} /user:anna",
    "isql shop shop_user {}",
    "models.execute_kw(db, uid, '{}', 'res.partner', 'search', [[]])",
    "CREATE USER erp IDENTIFIED BY {};",
    "rar a -hp{} x.rar docs",
    "netsh wlan set profileparameter name=x keyMaterial={}",
]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("sentence", SAID)
def test_a_password_that_is_told_is_found(sentence: str, value: str) -> None:
    assert value not in str(REDACTOR.redact_payload(sentence.format(value)))


@pytest.mark.parametrize("sentence", SAID)
def test_it_is_found_in_the_arguments_of_a_tool(sentence: str) -> None:
    arguments = json.dumps({"text": sentence.format(VALUES[0])}, ensure_ascii=False)

    assert VALUES[0] not in str(REDACTOR.redact_payload({"function": {"arguments": arguments}}))


@pytest.mark.parametrize("command", TAKEN)
def test_a_password_at_its_place_is_found(command: str) -> None:
    value = _drawn()

    assert value not in str(REDACTOR.redact_payload(command.format(value)))


@pytest.mark.parametrize(
    "text",
    [
        "Geslo mora vsebovati vsaj 8 znakov",
        "Lozinka: obavezno",
        "Κωδικός προϊόντος: AB-2040-X",
        "Parole chiave: artigianato, legno, Tirolo",
        "La parole est d'argent, le silence est d'or.",
        "Heslo: alespoň 8 znaků",
        "Slaptažodis turi būti bent 8 simbolių",
        "Adgangskoden skal være på mindst 8 tegn",
        "Das WLAN heißt Hof-Gast-5GHz und hat kein Passwort.",
        "Código postal: 28013",
        "Šifra proizvoda: SKU-2041",
    ],
)
def test_what_is_said_of_passwords_stays(text: str) -> None:
    assert REDACTOR.redact_payload(text) == text


@pytest.mark.parametrize("escape", ["\\x{{{:x}}}", "\\u{{{:x}}}"])
def test_escapes_in_braces_are_read(escape: str) -> None:
    token = "ghp_" + "".join(_SOURCE.choice(string.ascii_letters) for _ in range(30)) + "7k4Z3q"
    text = "".join(escape.format(ord(character)) for character in token)

    assert REDACTOR.redact_payload(f"note {text}") != f"note {text}"


def test_bytes_as_databases_write_them_are_read() -> None:
    token = "dapi" + "".join(_SOURCE.choice("0123456789abcdef") for _ in range(32))

    assert token.encode().hex() not in str(REDACTOR.redact_payload(f"got \\x{token.encode().hex()}"))


@pytest.mark.parametrize(
    "text",
    [
        "UploadId zitwjNlDwTK_InSIRkQ9hNUMgd4qVuOdl8BlrRkAmABbhvuy1pL047xDRQp2Xw1F",
        json.dumps({"text": json.dumps({"node_id": "MDY6Q29tbWl0KnVD2raAcbDwz8YReV57Ba08HeRTByPlxGIovuso"})}),
        "_R1-AT1_KASSE-75_605286_2026-10-02T08:00:00_0,00_12,00_+TxDHR/0b7k=_eadeb9ec_wV1bhdQmkro="
        "_U1bSvnJSgwqCw4s1L6OO304n3yEIyZiP8kl5/XeZCUgyez5rk2h1UybvAbgisT2/OZ/Mxncx3uEnh6RZ0uFZWA==",
        '"order_key": "wc_order_mf2k0P6ngQnZN"',
        '"changeKey": "CQAAABYAAA0BB4CHR2/z2Fd0aY7jgZM6k0"',
    ],
)
def test_ids_and_what_a_till_signs_stay(text: str) -> None:
    assert REDACTOR.redact_payload(text) == text
