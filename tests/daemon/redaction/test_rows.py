"""Strings side by side: what is new there, and what each of them had before."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tenant_daemon.redaction.rows import Row
from tenant_daemon.redaction.tokens import long_tokens


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text("aA1 ", max_size=50).map(str.encode), min_size=1, max_size=6))
def test_words_at_the_ends_of_pieces_are_new_and_so_are_their_neighbours(pieces: list[bytes]) -> None:
    row = Row(range(len(pieces)), pieces, joint=b"")
    words = long_tokens(row.data)
    new = row.running_over(words)
    assert new == [word for word in words if word in new]
    for end in {0, *(sum(map(len, pieces[:number])) for number in range(1, len(pieces) + 1))}:
        before = [word for word in words if word[1] < end][-1:]
        behind = [word for word in words if word[0] > end][:1]
        assert {*before, *behind, *(word for word in words if word[0] <= end <= word[1])} <= set(new)


def test_words_within_a_piece_were_read_before() -> None:
    words = b" ".join(b"A%024d" % number for number in range(9))
    row = Row([0, 1], [words, words], joint=b"")
    new = [row.data[start:end] for start, end in row.running_over(long_tokens(row.data))]
    assert [int(word[1:25]) for word in new] == [0, 1, 7, 8, 1, 7, 8]
