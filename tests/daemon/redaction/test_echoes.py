"""What a text tells to be a secret is one in every other place as well."""

import pytest

from tenant_daemon.redaction import Redactor

PASSWORD = "Zebra-Krone-91-Fluss"


def messages(*texts: str) -> dict[str, object]:
    return {"model": "m", "messages": [{"role": "user", "content": text} for text in texts]}


@pytest.mark.parametrize(
    "later",
    [
        f"read {PASSWORD}.txt",
        f"ENOENT: no such file, open '/srv/{PASSWORD}.txt'",
        f"an agent called {PASSWORD}",
    ],
)
def test_password_said_once_is_gone_from_every_message(later: str) -> None:
    said = messages(f"My new bank password is {PASSWORD}, keep it.", "ok", later)
    redactor = Redactor([])
    for _again in range(2):
        clean = redactor.redact_payload(said)
        assert PASSWORD not in str(clean)
        assert str(clean).count("[REDACTED:said-password]") == 2
    # In whichever order they come.
    assert PASSWORD not in str(redactor.redact_payload(messages(later, f"password: {PASSWORD}")))


def test_password_said_once_is_gone_from_the_rest_of_a_text() -> None:
    text = f"The password is {PASSWORD}.\nlogin failed for {PASSWORD} at 10:00"
    assert PASSWORD not in Redactor([]).redact(text)


def test_value_of_a_sensitive_field_is_gone_elsewhere() -> None:
    args = {"password": "x9-little-Lamp", "path": "notes/x9-little-Lamp.txt"}
    assert "Lamp" not in str(Redactor([]).redact_payload(args))


@pytest.mark.parametrize(
    ("said", "later"),
    [
        ("The password is elephants.", "We saw elephants in the zoo."),
        ("password: 20261122", "invoice 20261122 of today"),
        (f"My password is {PASSWORD}.", f"{PASSWORD}er is a longer word"),
    ],
)
def test_words_numbers_and_longer_words_stay(said: str, later: str) -> None:
    clean = Redactor([]).redact_payload(messages(said, later))
    assert later in str(clean)
