"""Words and a number are a password where a sentence gives them as one, and a name elsewhere."""

import pytest

from tenant_daemon.redaction import Redactor
from tenant_daemon.redaction.put_together import looks_put_together

REDACTOR = Redactor([])


@pytest.mark.parametrize(
    "value", ["Keller-Regal8", "casa_verde77", "blume44Topf", "torre-Pendente4", "Słonecznik-55", "x7_garten"]
)
def test_words_and_a_number_are_put_together(value: str) -> None:
    assert looks_put_together(value)


@pytest.mark.parametrize(
    "value",
    [
        "KeePass2",
        "12-stellig",
        "30-days",
        "argon2id",
        "nist-800-63b",
        "SHOP-1234",
        "varchar255",
        "version2.1",
        "Keller-Regal",
        "lena2@acme.example",
        "/etc/pam.d/login2",
        "https://acme.example/seite2",
        "tab8",
    ],
)
def test_names_formats_and_amounts_are_not(value: str) -> None:
    assert not looks_put_together(value)


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("das neue Kennwort fürs NAS ist Keller-Regal8", ["Keller-Regal8"]),
        ("clave del wifi: casa_verde77", ["casa_verde77"]),
        ("credenziali: utente anna, parola d'ordine torre-Pendente4", ["torre-Pendente4"]),
        ("Enter password for admin: tippen44Taste\nLogin successful.", ["tippen44Taste"]),
        ("Tom: whats the root pw again?\nLena: qW8#rTz1\nTom: thx", ["qW8#rTz1"]),
        ("[10:42] max: passwort vom shop?\n[10:43] ina: klar: blume44Topf", ["blume44Topf"]),
        ("requirepass kupfer.Dach.2031\nmasterauth kupfer.Dach.2032", ["Dach.2031", "Dach.2032"]),
        ("password: ops.Wiese.19", ["ops.Wiese.19"]),
        ("snmpget -v3 -u mon -A gras-Halm-77 -X wolke-Sieben-8 host", ["gras-Halm-77", "wolke-Sieben-8"]),
        ("kopia repository connect --password Kopie.Kopf.8", ["Kopie.Kopf.8"]),
        ("the shared mailbox password changed to Maple-River-92.", ["Maple-River-92"]),
        ("Le code wifi de la boutique c'est croissant-Beurre7", ["croissant-Beurre7"]),
        ("anna 09:12\nhast du das kennwort?\nben 09:13\nAhorn7blatt!", ["Ahorn7blatt"]),
        ("Ihre TAN lautet 739204", ["739204"]),
        ("BORG_PASSPHRASE='so lang und gut wie 7 Pferde'", ["so lang", "Pferde"]),
        ("Bank-Login: Anmeldename lena77, PIN 49217", ["49217"]),
        ("Der Türcode für das Lager ist 4711#", ["4711"]),
        ("PPPoE user: 0027712345  password: 24622458", ["24622458"]),
    ],
)
def test_what_is_given_as_a_password_is_found(text: str, secrets: list[str]) -> None:
    result = REDACTOR.redact(text)
    assert not [secret for secret in secrets if secret in result]
