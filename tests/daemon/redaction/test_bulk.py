"""What is done with whole columns finds the same as what goes step by step."""

import base64
import random
import zlib
from collections import Counter

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tenant_daemon.redaction.bulk import with_pairs
from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.signs import Sign
from tenant_daemon.redaction.views.assembled import read_lists
from tenant_daemon.redaction.views.decoded import decoded
from tenant_daemon.redaction.views.view import original

_PIECES = [
    *(b'"', b"'", b"`", b", ", b" ", b"\n", b"\\n", b"\\", b"[", b"].concat([", b"+", b".", b":", b" :"),
    *(b"QUJDREVG1234", b"0123456789abcdef0", b"y" * 4_096, b"Z" * 4_097, b"c"),
]


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(_PIECES), min_size=2, max_size=14))
def test_lists_of_a_long_text_are_read_like_those_of_a_short_one(parts: list[bytes]) -> None:
    data = b"".join(parts)
    # What stands in front makes the text long and is no part of any list.
    short, long = (original(b"-" * size + b"\"x'x`x " + data + b" .") for size in (1, 20_000))
    for view in (short, long):
        view.signs = frozenset({Sign.LITERALS})
    read, read_of_long = read_lists(short), read_lists(long)
    assert (read.data if read else b"") == (read_of_long.data if read_of_long else b"")


_SHORT_TEXTS = st.one_of(
    st.text(max_size=11).map(str.encode),
    st.binary(max_size=12),
    st.text("abcxyz0189", max_size=11).map(str.encode),
)
_WRITTEN = st.one_of(
    _SHORT_TEXTS.map(base64.b64encode),
    _SHORT_TEXTS.map(lambda raw: base64.urlsafe_b64encode(raw).rstrip(b"=")),
    _SHORT_TEXTS.map(lambda raw: raw.hex().encode()),
    st.text("ABCabc019+/_-= ", max_size=20).map(str.encode),
)


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(_WRITTEN, st.sampled_from([b" ", b"\n", b'", "', b"=", b""])), max_size=12))
def test_short_words_of_a_long_text_are_read_like_those_of_a_short_one(
    parts: list[tuple[bytes, bytes]],
) -> None:
    data = b"".join(word + behind for word, behind in parts)
    short, long = (
        [view.data for view, _ in decoded(original(b". " * size + data + b" ."), has_short=True)]
        for size in (1, 2_000)
    )
    assert short == long


@settings(deadline=None, max_examples=80)
@given(st.lists(st.sampled_from([b"\\", b"n", b"r", b'"', b"\n", b"x"]), max_size=24).map(b"".join))
def test_pairs_are_replaced_all_at_once_as_one_after_the_other(data: bytes) -> None:
    pairs = ((b"\\n", b" \n"), (b"\\r", b" \r"), (b'\\"', b' "'))
    expected = data
    for written, meant in pairs:
        expected = expected.replace(written, meant)
    assert with_pairs(data, pairs) == expected


def _like_hash(source: random.Random) -> bytes:
    """The digits of what has the size of a hash: noise, or text, wide text, compressed; also reversed."""
    letters = "".join(source.choices("ab1\n\u00e4\u20ac\U0001f389", (20, 20, 5, 1, 3, 1, 1), k=64))
    raws = (
        source.randbytes(64),
        letters.encode(),
        letters.encode("utf-16"),
        zlib.compress(letters.encode(), 9),
        zlib.compress(letters.encode(), 9)[2:],
        letters.encode()[:12] + source.randbytes(2) + letters.encode(),
    )
    raw = source.choice((*raws, raws[0]))[: source.choice([16, 20, 32, 48, 64])]
    return raw.hex()[:: source.choice((1, -1))].encode()


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32))
def test_many_hashes_are_read_like_each_by_itself(seed: int) -> None:
    source = random.Random(seed)
    words = [_like_hash(source) for _ in range(20)]
    alone: Counter[tuple[bool, bytes]] = Counter()
    for word in words:
        alone += _read(word)
    # Where a piece ends like the separator, two of them cannot be told apart here.
    assume(all((piece + SEPARATOR).index(SEPARATOR) == len(piece) for _, piece in alone))
    assert _read(b" ".join(words)) == alone


def _read(data: bytes) -> Counter[tuple[bool, bytes]]:
    views = decoded(original(data))
    return Counter(
        (is_text, piece) for view, is_text in views for piece in view.data.split(SEPARATOR) if piece
    )
