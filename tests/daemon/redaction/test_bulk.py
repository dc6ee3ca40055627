"""What is done with whole columns finds the same as what goes step by step."""

import base64
import zlib
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from tenant_daemon.redaction.bulk import with_pairs
from tenant_daemon.redaction.signs import Sign
from tenant_daemon.redaction.views.assembled import JOINT, read_lists
from tenant_daemon.redaction.views.decoded import decoded
from tenant_daemon.redaction.views.view import original

_PIECES = [
    *(b'"', b"'", b"`", b", ", b" ", b"\n", b"\\n", b"\\", b"[", b"].concat([", b"+", b".", b":", b" :"),
    *(b"QUJDREVG1234", b"0123456789abcdef0", b"y" * 4_096, b"Z" * 4_097, b"c"),
]


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


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from([b"\\", b"n", b"r", b'"', b"\n", b"x"]), max_size=24).map(b"".join))
def test_pairs_are_replaced_all_at_once_as_one_after_the_other(data: bytes) -> None:
    pairs = ((b"\\n", b" \n"), (b"\\r", b" \r"), (b'\\"', b' "'))
    expected = data
    for written, meant in pairs:
        expected = expected.replace(written, meant)
    assert with_pairs(data, pairs) == expected


_SIZES = st.sampled_from([16, 20, 32, 48, 64])
_LIKE_HASHES = st.one_of(
    st.tuples(st.binary(min_size=64, max_size=64), _SIZES),
    st.tuples(st.text("ab\u00e4\u20ac\U0001f389 1\n", min_size=64, max_size=64).map(str.encode), _SIZES),
    st.tuples(st.text("abc\u00e4", min_size=32, max_size=32).map(lambda text: text.encode("utf-16")), _SIZES),
    st.tuples(
        st.binary(min_size=4, max_size=40).map(zlib.compress).map(lambda raw: raw.ljust(64, b"x")), _SIZES
    ),
)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(_LIKE_HASHES, st.booleans()), min_size=16, max_size=24))
def test_many_hashes_are_read_like_each_by_itself(hashes: list[tuple[tuple[bytes, int], bool]]) -> None:
    words = [raw[:size].hex()[:: -1 if is_turned else 1].encode() for (raw, size), is_turned in hashes]
    alone: Counter[tuple[bool, bytes]] = Counter()
    for word in words:
        alone += _read(word)
    assert _read(b" ".join(words)) == alone


def _read(data: bytes) -> Counter[tuple[bool, bytes]]:
    views = decoded(original(data))
    return Counter((is_text, piece) for view, is_text in views for piece in view.data.split(JOINT) if piece)
