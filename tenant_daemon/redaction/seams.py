"""
Where one string may go on in the next.

What was encoded first and cut into strings afterwards can only be decoded when it is put together again. So
the unbroken word at the end of each string is joined with the one at the beginning of the next.
"""

from collections.abc import Iterator, Sequence

from tenant_daemon.redaction.leaves import Piece, Row
from tenant_daemon.redaction.tokens import SHORTEST

_RUN = bytes(byte for byte in range(256) if byte not in b" \t")
_LONGEST = 65_536
_LONGEST_PART = 4_096
"""Of a string that is one word as a whole, like compact JSON; more of it does not belong to the seam."""


def seam_rows(pieces: Sequence[Piece]) -> Iterator[Row]:
    """Words that run over the ends of ``pieces``, each as a row of its own."""
    chain: list[Piece] = []
    for piece in pieces:
        if not piece.data:
            continue
        start = piece.data[:_LONGEST_PART]
        head = len(start) - len(start.lstrip(_RUN))
        if chain and head:
            chain.append(Piece(piece.index, piece.data[:head], piece.offset))
            if head == len(piece.data):
                continue
        yield from _finished(chain)
        tail = max(len(piece.data.rstrip(_RUN)), len(piece.data) - _LONGEST_PART)
        chain = [Piece(piece.index, piece.data[tail:], piece.offset + tail)] if tail < len(piece.data) else []
    yield from _finished(chain)


def _finished(chain: list[Piece]) -> Iterator[Row]:
    if len(chain) > 1 and SHORTEST <= sum(len(piece.data) for piece in chain) <= _LONGEST:
        yield Row(chain, joint=b"")
