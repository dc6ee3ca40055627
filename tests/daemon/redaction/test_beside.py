"""Keys on one line with a word for them, in any order and language."""

import pytest

from tenant_daemon.redaction import Redactor
from tenant_daemon.redaction.ruleset import expand

REDACTOR = Redactor([])


@pytest.mark.parametrize(
    "template",
    [
        "La chiave API è {}",
        "klucz dla sklepu {} (nie udostępniać)",
        "Pixelhof {} token",
        "| Pixelhof | {} | API-Zugang, jeton |",
        "nyckel till kassan blev {} igår",
        "refresh {} / Pixelhof",
    ],
)
@pytest.mark.parametrize("value", ["{a24}7xQ", "{a32}aB3"])
def test_key_is_found_wherever_the_word_stands(template: str, value: str) -> None:
    text = template.format(expand(value))
    assert expand(value) not in REDACTOR.redact(text)
    assert REDACTOR.redact(text).count("[REDACTED:") == 1


@pytest.mark.parametrize(
    "template",
    [
        "PublicKey = {b43}=",
        "sitekey {a24}7xQ for the form",
        "next page {a24}7xQ of the list of tokens",
        "Twilio account sid AC{h32} and the token",
        "commit {a24}7xQ rotates the token",
        "Event {a24}7xQ: token refreshed",
        "the tokenizer reads LlamaTokenizerFast2ForConditional",
        "key: orders/2026/03/IMG20260301Final2.jpg",
        '"nextPageToken": "{w40}"',
        '"pageToken": "{a24}7xQ"',
        "Sec-WebSocket-Key: {b22}==",
        '{"key": "{a21}-x7Q", "label": "Bread"}',
        '<li key="{a24}7xQ">Bread</li>',
        "The API answered with job {a24}7xQ",
        "stripe webhook evt_1{a22}7Q delivered",
        '{"keys": [{"kty": "EC", "x": "{w43}", "y": "{w43}", "use": "sig"}]}',
    ],
)
def test_what_the_line_explains_stays(template: str) -> None:
    text = expand(template)
    assert REDACTOR.redact(text) == text


def test_another_line_says_nothing() -> None:
    text = expand("token\n\nPixelhof {a24}7xQ")
    assert REDACTOR.redact(text) == text
