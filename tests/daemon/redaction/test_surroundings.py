"""What another reading can change is found with all that stands around it, and nothing else is read twice."""

import random
from itertools import pairwise

import pytest

from tenant_daemon.redaction import Redactor
from tenant_daemon.redaction.signs import Sign, sign_pattern
from tenant_daemon.redaction.views.surroundings import surroundings

PERCENT = sign_pattern(Sign.ESCAPE)


def spans(data: bytes) -> list[tuple[int, int]]:
    return list(surroundings(data, PERCENT))


def test_a_text_without_signs_has_none() -> None:
    assert spans(b"plain " * 10_000) == []


def test_only_what_is_near_is_read() -> None:
    data = b"word " * 8_000 + b"%41" + b" word" * 8_000
    ((start, end),) = spans(data)
    assert 4_000 < 40_000 - start < 6_000
    assert 4_000 < end - 40_000 < 8_000


def test_every_sign_has_its_surroundings_on_both_sides() -> None:
    source = random.Random(5)
    data = bytearray(b"word " * 20_000)
    places = sorted(source.sample(range(0, len(data) - 3, 5), 40))
    for place in places:
        data[place : place + 3] = b"%41"
    found = spans(bytes(data))
    assert all(a[1] < b[0] for a, b in pairwise(found))
    for place in places:
        low, high = max(0, place - 4_000), min(len(data), place + 4_000)
        assert any(start <= low and high <= end for start, end in found)


@pytest.mark.parametrize("before", [0, 1_990, 2_100, 6_000, 60_000])
def test_a_key_whose_armour_is_escaped_is_taken_out_whole(before: int) -> None:
    lines = "\n".join("".join(random.Random(n).choices("ABCdef012345+/", k=64)) for n in range(50))
    key = f"-----BEGIN%20RSA%20PRIVATE%20KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----"
    text = "%41 " + "word " * (before // 5) + key + " and after"
    assert Redactor([]).redact(text).endswith("[REDACTED:private-key] and after")
