"""Encoded secrets with something slipped in at regular intervals, and texts that were turned around."""

import base64

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor

VALUE = "mtXgO4LFKLNRfPTWIkQoUvdL"
REDACTOR = Redactor([KnownSecret("key", VALUE)])
TWICE = base64.b64encode(base64.b64encode(VALUE.encode()))


def _every(size: int, text: str, between: str) -> str:
    return between.join(text[i : i + size] for i in range(0, len(text), size))


@pytest.mark.parametrize("size", [2, 5, 6, 9, 12])
@pytest.mark.parametrize("between", ["\n  ", "  \n", "\t", "\\\n", "\u00a0", "\u2009"])
@pytest.mark.parametrize(
    "encoded", [TWICE.hex(":"), TWICE.decode(), "".join(f"%{byte:02x}" for byte in TWICE)]
)
def test_what_is_slipped_in_regularly_hides_nothing(size: int, between: str, encoded: str) -> None:
    assert "SECRET_REF(key)" in REDACTOR.redact(f"result: {_every(size, encoded, between)} end")


@pytest.mark.parametrize(
    "encoded",
    [
        "".join(f"\\u{{{ord(c):x}}}" for c in VALUE),
        "".join(f"\\{ord(c):03o}" for c in VALUE),
        ", ".join(f"0x{ord(c):02x}" for c in VALUE),
        "".join(f"%{byte:02x}" for byte in TWICE),
    ],
)
def test_what_was_turned_around_afterwards_does_not_pass(encoded: str) -> None:
    assert "SECRET_REF(key)" in REDACTOR.redact(f"it says {encoded[::-1]} there")
