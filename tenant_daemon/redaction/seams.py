"""
Where one string may go on in the next.

What was encoded first and cut into strings afterwards can only be decoded when it is put together again. So
the unbroken word at the end of each string is joined with the one at the beginning of the next.
"""

from collections.abc import Iterator, Sequence

from tenant_daemon.redaction.leaves import GAP, Piece, Row
from tenant_daemon.redaction.tokens import SHORTEST

_RUN = bytes(byte for byte in range(256) if byte not in b" \t")
_LONGEST = 65_536
_LONGEST_PART = 4_096
"""Of a string that is one word as a whole, like compact JSON; more of it does not belong to the seam."""


def seam_row(*orders: Sequence[Piece]) -> Row:
    """Every word that runs over the ends of the pieces, in any of their orders; separated from each other."""
    chains = [chain for pieces in orders for chain in _chains(pieces)]
    return Row([piece for chain in chains for piece in (*chain, GAP)], joint=b"")


def _chains(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
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
        if _is_worthwhile(chain):
            yield chain
        tail = max(len(piece.data.rstrip(_RUN)), len(piece.data) - _LONGEST_PART)
        chain = [Piece(piece.index, piece.data[tail:], piece.offset + tail)] if tail < len(piece.data) else []
    if _is_worthwhile(chain):
        yield chain


def _is_worthwhile(chain: list[Piece]) -> bool:
    return len(chain) > 1 and SHORTEST <= sum(len(piece.data) for piece in chain) <= _LONGEST
