"""A JSON text that is redacted stays one, in the same structure, whatever was found in it."""

import json

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor

SECRET = "kV9mQ2xLp7zR4wT8nBc3"
NUMBER = "4929183746"
KEY_FILE = '{"type": "service_account", "private": "5Z2KLP7qWx"}'
REF = "SECRET_REF(key)"
REDACTOR = Redactor(
    [KnownSecret("key", SECRET), KnownSecret("number", NUMBER), KnownSecret("file", KEY_FILE)]
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # What stands beside a secret in another string stays, escapes and all.
        (f'[["password {SECRET}"], "\\u00df"]', f'[["password {REF}"], "\\u00df"]'),
        (f'[["password \\u0007", ["{SECRET}"]]]', f'[["password \\u0007", ["{REF}"]]]'),
        (f'{{"a": ["token:", "{SECRET}", "=C3=9F"]}}', f'{{"a": ["token:", "{REF}", "=C3=9F"]}}'),
        # Each string loses its own piece.
        (f'["{SECRET[:9]}", "{SECRET[9:]}"]', f'["{REF}", ""]'),
        (f'{{"o": "[\\"{SECRET[:9]}\\", \\"{SECRET[9:]}\\"]"}}', f'{{"o": "[\\"{REF}\\", \\"\\"]"}}'),
        # A number is put in quotes, but for one in a string.
        (f"[{NUMBER}, 7]", '["SECRET_REF(number)", 7]'),
        (f"[1{NUMBER}5]", '["1SECRET_REF(number)5"]'),
        (f'{{"n":{NUMBER}}}', '{"n":"SECRET_REF(number)"}'),
        (f'[": {NUMBER}"]', '[": SECRET_REF(number)"]'),
        (f'{{"o": "{{\\"n\\": {NUMBER}}}"}}', '{"o": "{\\"n\\": \\"SECRET_REF(number)\\"}"}'),
        (f'got {{"n": {NUMBER}}}', 'got {"n": "SECRET_REF(number)"}'),
        # So is a secret that is a JSON value itself.
        (f'{{"file": {KEY_FILE}}}', '{"file": "SECRET_REF(file)"}'),
        (KEY_FILE, "SECRET_REF(file)"),
        # Half of a character is no reason to read a text as something else.
        (f'["\\ud800", "{SECRET[:9]}", "{SECRET[9:]}"]', f'["\\ud800", "{REF}", ""]'),
    ],
)  # fmt: skip
def test_nothing_but_the_secret_is_replaced(text: str, expected: str) -> None:
    assert REDACTOR.redact(text) == expected


def test_texts_in_texts_keep_their_escapes() -> None:
    inner = json.dumps({"a": "ä\n", "b": ["ü", SECRET[:8], SECRET[8:]], "c": 'say "no"'})
    for _ in range(2):
        redacted = json.loads(REDACTOR.redact(json.dumps({"stdout": inner})))["stdout"]
        assert REDACTOR.redact(inner) == redacted
        inner = json.dumps([inner])


@pytest.mark.slow
def test_many_findings_in_a_long_text_take_no_time() -> None:
    lines = "\n".join(json.dumps({"n": int(NUMBER), "t": f"{SECRET[:9]} {SECRET}"}) for _ in range(2_000))
    assert all(json.loads(line)["n"] == "SECRET_REF(number)" for line in REDACTOR.redact(lines).split("\n"))
