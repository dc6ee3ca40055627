"""What is done with whole columns at once where a text is long: numpy instead of a step for each word."""

import numpy as np

from tenant_daemon.redaction.tokens import PLAIN, SHORTEST, WORD

_OTHER, _PLAIN, _SPECIAL = range(3)
_KINDS = bytes(_OTHER if byte not in WORD else _PLAIN if byte in PLAIN else _SPECIAL for byte in range(256))


def long_runs(data: bytes) -> list[tuple[int, int]]:
    """Where long words stand that have something else than ``PLAIN`` in them."""
    kinds = np.frombuffer(data.translate(_KINDS), np.uint8)
    # A word reaches from behind one gap to the next one.
    gaps = np.flatnonzero(kinds == _OTHER)
    edges = np.concatenate((np.array([-1]), gaps, np.array([len(data)])))
    long = np.flatnonzero(np.diff(edges) > SHORTEST)
    if not len(long):
        return []
    starts, ends = edges[long] + 1, edges[long + 1]
    # Bounds of the words and of what stands between them; the last end is the end of the array anyway.
    bounds = np.column_stack((starts, ends)).ravel()
    highest = np.maximum.reduceat(kinds, bounds[: -1 if ends[-1] == len(data) else None])[::2]
    chosen = np.flatnonzero(highest == _SPECIAL)
    return list(zip(starts[chosen].tolist(), ends[chosen].tolist(), strict=True))
