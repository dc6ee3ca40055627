"""Secrets with letters that are not ASCII, as programs show them that do not know these."""

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor

SECRET = "Größe-kV9mQ2xLpéT4w"
REDACTOR = Redactor([KnownSecret("key", SECRET)])
RAW = SECRET.encode()


def _caret(raw: bytes) -> str:
    """``cat -v``."""
    shown = ""
    for byte in raw:
        low = byte & 127
        sign = f"^{chr(low ^ 64)}" if low < 32 or low == 127 else chr(low)
        shown += f"M-{sign}" if byte > 127 else sign
    return shown


@pytest.mark.parametrize(
    "shown",
    [
        RAW.decode("latin-1"),
        RAW.decode("cp1252", "replace"),
        RAW.decode("latin-1").encode().decode("latin-1"),
        RAW.decode("ascii", "replace"),
        SECRET.encode("ascii", "replace").decode(),
        SECRET.encode("ascii", "ignore").decode(),
        SECRET.encode("utf-7").decode(),
        _caret(RAW),
        "\n".join(RAW.decode("ascii", "replace")),
    ],
)
def test_letters_that_a_program_does_not_know_hide_nothing(shown: str) -> None:
    text = REDACTOR.redact(f"key = {shown}\nthe end")
    assert text.startswith("key = ")
    assert "SECRET_REF(key)" in text
    assert "V9mQ2x" not in text.replace("\n", "")
    assert text.endswith("\nthe end")


def test_few_letters_of_such_a_secret_are_no_proof() -> None:
    text = "größer als das, für kV9 und mQ2"
    assert Redactor([KnownSecret("key", "für-kV9-mQ2")]).redact(text) == text
