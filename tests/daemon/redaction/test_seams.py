"""Words that run over the ends of strings."""

import base64

import pytest

from tenant_daemon.redaction import KnownSecret, Redactor
from tenant_daemon.redaction.findings import Finding, Layer
from tenant_daemon.redaction.rows import SEPARATOR, Row
from tenant_daemon.redaction.seams import seam_row


def test_words_at_the_ends_are_joined_in_each_order() -> None:
    encoded = [b"see abcdefgh", b"ijklmnop", b"qrst end", b"ABCDEFGH"]
    row = seam_row(encoded, [0, 1, 2], [0, 3])
    assert row.data == b"abcdefghijklmnopqrst" + SEPARATOR + b"abcdefghABCDEFGH" + SEPARATOR


def test_finding_over_a_seam_is_led_back_to_each_string() -> None:
    row = seam_row([b"see abcdefgh", b"ijklmnop", b"qrst end"], [0, 1, 2])
    found = list(row.per_leaf([Finding(2, 18, Layer.KNOWN, "X")]))
    assert found == [
        (0, Finding(6, 12, Layer.KNOWN, "X")),
        (1, Finding(0, 8, Layer.KNOWN, "")),
        (2, Finding(0, 2, Layer.KNOWN, "")),
    ]


def test_guess_stays_in_the_string_in_which_it_began() -> None:
    row = Row([4, 7], [b"abc", b"def"])
    assert list(row.per_leaf([Finding(1, 8, Layer.ENTROPY, "X")])) == [(4, Finding(1, 3, Layer.ENTROPY, "X"))]


def test_words_that_end_in_blanks_make_no_seam() -> None:
    assert seam_row([b"abcdefghijkl ", b"abcdefghijkl"], [0, 1]).data == b""


@pytest.mark.parametrize("name", ["t{}", "toolu_01Xy{}", "call-7.{}", "{}"])
def test_ids_between_results_hide_nothing(name: str) -> None:
    """However the ids are made, and whether a result is a string or a list of parts."""
    secret = "gQ2Z6oAw"
    whole = base64.b64encode(secret.encode()).decode()
    first, second = whole[:9], whole[9:].rstrip("=")
    parts = [{"type": "text", "text": f"{second}\nend"}]
    results = [
        {"type": "tool_result", "tool_use_id": name.format(1), "content": f"value: {first}"},
        {"type": "tool_result", "tool_use_id": name.format(2), "content": parts},
    ]
    redacted = Redactor([KnownSecret("key", secret)]).redact_payload({"role": "user", "content": results})
    assert "SECRET_REF(key)" in str(redacted)
    assert first not in str(redacted)
    assert second not in str(redacted)
    assert name.format(2) in str(redacted)


def test_secret_is_found_in_such_an_id() -> None:
    redactor = Redactor([KnownSecret("key", "gQ2Z6oAw")])
    assert redactor.redact_payload({"tool_call_id": "gQ2Z6oAw"}) == {"tool_call_id": "SECRET_REF(key)"}
