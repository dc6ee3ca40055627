"""
Whatever comes in, the redactor answers: no exception, no end of time, and an answer that is settled.

Texts are put together from what its own parsers look for, since random characters hardly ever get that far.
The proxy's parsers have their own fuzzing in ``tests/daemon/egress/test_parsers.py``.
"""

import io
import json
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tenant_daemon.redaction import KnownSecret, Redactor
from tenant_daemon.redaction.command import redact_lines
from tests.redteam.campaign import redacted

SECRETS = [
    "kV9mQ2xLp7zR4wT8nBc3",
    "h7#Kq2p!",
    "пароль зима ёлка 946",
    "correct horse battery staple",
    "4929183746",
]
REDACTOR = Redactor([KnownSecret(f"s{number}", value) for number, value in enumerate(SECRETS)])

_FRAGMENTS = [
    *SECRETS,
    *(secret[:5] for secret in SECRETS),
    *(secret[5:] for secret in SECRETS),
    *(secret.encode().hex() for secret in SECRETS),
    "H4sIAAAAAAAAA8vOtszNDTRyAbGTAQ==",
    "eJzLzs4GAAQeAWE=",
    "a1Y5bVEyeExwN3pSNHdUOG5CYzM=",
    "QlpoOTFBWSZTWQ==",
    "/Td6WFoAAATm1rRG",
    "1f8b0800000000000003",
    "00000000  6b 56 39 6d 51 32 78 4c  70 37 7a 52 34 77 54 38  |kV9mQ2xLp7zR4wT8|",
    "107, 86, 57, 109, 81, 50, 120, 76",
    "01101011 01010110 00111001",
    *(
        "\\",
        "\\n",
        "\\u006b",
        "\\x6b",
        "\\153",
        "\\00006b",
        "\\N{U+6B}",
        "%6b",
        "%256b",
        "&#107;",
        "&#x6b",
        "&amp;",
        "=6B",
        "=\n",
    ),
    *(
        '"',
        "'",
        "`",
        '", "',
        "' + '",
        '"], ["',
        '"},{"type":"text","text":"',
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "=",
    ),
    *(
        "\n",
        "\r\n",
        "\n+",
        "\n> ",
        "\t",
        " ",
        "\0",
        "\u200b",
        "\u00ad",
        "\ud800",
        "\udc00",
        "\U000e0041",
        "ß",
        "Ａ",
        "é",
    ),
    *(
        "password=",
        "token: ",
        "Authorization: Bearer ",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
    ),
    *(
        "SECRET_REF(s0)",
        "[REDACTED:secret]",
        "data:image/png;base64,",
        "https://app:",
        "@db/x",
        "<b>",
        "</b>",
        "<!--",
    ),
    "A" * 12,
    "0" * 300,
    "ab" * 20,
]
nasty = st.lists(st.sampled_from(_FRAGMENTS) | st.text(max_size=6), max_size=14).map("".join)
payloads = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | nasty,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.sampled_from(["text", "type", "content", "id", "data", "password", "signature"]) | nasty,
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
whole = st.lists(
    st.sampled_from([*SECRETS, "\\", "\n", '"', "'", "ß", "\u200b", "=", "%", "password"])
    | st.text(max_size=6),
    max_size=6,
)
plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(4929183746) | whole.map(" ".join),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcdef"), inner, max_size=4),
    max_leaves=12,
)
"""Without what opens a private key: that goes as a whole, names of fields and all."""
_MOST_ROUNDS = 5
SHORT_RUN = settings(max_examples=150, deadline=10_000, suppress_health_check=list(HealthCheck))
LONG_RUN = settings(
    max_examples=20_000,
    deadline=10_000,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)


def _check_settled(redact: Callable[[Any], object], value: object) -> None:
    """What was glued to a secret may show what it is only beside a placeholder; that has an end soon."""
    for _ in range(_MOST_ROUNDS):
        before, value = value, redact(value)
        if value == before:
            return
    raise AssertionError("each round replaces more")


def _check_text(text: str) -> None:
    once = REDACTOR.redact(text)
    _check_settled(REDACTOR.redact, once)
    for secret in SECRETS:
        assert secret not in once


def _check_payload(payload: object) -> None:
    once = redacted(REDACTOR, payload)
    _check_settled(partial(redacted, REDACTOR), once)
    shown = json.dumps(once, ensure_ascii=False)
    for secret in SECRETS:
        assert secret not in shown


def _structure(value: object) -> object:
    """A JSON value with a mark for each string and number: a number may have become a placeholder."""
    if isinstance(value, dict):
        return [_structure(item) for item in value.values()]
    if isinstance(value, list):
        return [len(value), *map(_structure, value)]
    return "" if isinstance(value, str | int) and not isinstance(value, bool) else value


def _check_json(value: object) -> None:
    for inner in ([value], {"stdout": json.dumps([value])}):
        redacted_value = json.loads(REDACTOR.redact(json.dumps(inner)))
        assert _structure(redacted_value) == _structure(inner)
    assert _structure(json.loads(redacted_value["stdout"])) == _structure([value])


def _check_stream(text: str, cuts: list[int]) -> None:
    edges = [0, *sorted({min(cut, len(text)) for cut in cuts}), len(text)]
    stream = REDACTOR.stream()
    output = "".join([*(stream.feed(text[a:b]) for a, b in pairwise(edges)), stream.finish()])
    for secret in SECRETS:
        assert secret not in output


def _check_lines(data: bytes) -> None:
    target = io.BytesIO()
    redact_lines(io.BytesIO(data), target)
    answers = target.getvalue().splitlines()
    assert len(answers) == sum(bool(line.strip()) for line in data.split(b"\n"))
    for answer in answers:
        assert {"payload", "blocked"} & set(json.loads(answer))


lines = st.lists(
    st.binary(max_size=40)
    | st.fixed_dictionaries({"id": st.integers(), "payload": payloads, "registry": payloads}).map(
        lambda value: json.dumps(value).encode()
    ),
    max_size=4,
).map(b"\n".join)
cuts = st.lists(st.integers(0, 300), max_size=12)


def test_beginning_of_a_secret_in_another_script_is_found_once() -> None:
    assert REDACTOR.redact("пароль зима ёлк und") == "SECRET_REF(s2) und"


@pytest.mark.slow
@SHORT_RUN
@given(nasty)
def test_redacted_text_is_settled(text: str) -> None:
    _check_text(text)


@pytest.mark.slow
@SHORT_RUN
@given(payloads)
def test_redacted_payload_is_settled(payload: object) -> None:
    _check_payload(payload)


@pytest.mark.slow
@SHORT_RUN
@given(plain_values)
def test_json_text_stays_json(value: object) -> None:
    _check_json(value)


@pytest.mark.slow
@SHORT_RUN
@given(text=nasty, cuts=cuts)
def test_stream_lets_nothing_through(text: str, cuts: list[int]) -> None:
    _check_stream(text, cuts)


@pytest.mark.slow
@SHORT_RUN
@given(lines)
def test_every_line_is_answered(data: bytes) -> None:
    _check_lines(data)


@pytest.mark.redteam
@pytest.mark.timeout(1800)
def test_texts_at_length() -> None:
    LONG_RUN(given(nasty)(_check_text))()


@pytest.mark.redteam
@pytest.mark.timeout(1800)
def test_payloads_at_length() -> None:
    LONG_RUN(given(payloads)(_check_payload))()


@pytest.mark.redteam
@pytest.mark.timeout(1800)
def test_json_texts_at_length() -> None:
    LONG_RUN(given(plain_values)(_check_json))()


@pytest.mark.redteam
@pytest.mark.timeout(1800)
def test_streams_at_length() -> None:
    LONG_RUN(given(text=nasty, cuts=cuts)(_check_stream))()


@pytest.mark.redteam
@pytest.mark.timeout(1800)
def test_lines_at_length() -> None:
    LONG_RUN(given(lines)(_check_lines))()
