"""How far a form of a secret and a text agree; by halving, since texts are compared at once."""

from collections.abc import Callable


def common_prefix(form: bytes, text: bytes, start: int) -> int:
    """How many characters of the beginning of ``form`` stand in ``text`` from ``start`` on."""
    return _longest(len(form), lambda length: text.startswith(form[:length], start))


def common_suffix(form: bytes, text: bytes, end: int) -> int:
    """How many characters of the end of ``form`` stand in ``text`` up to ``end``."""
    return _longest(len(form), lambda length: text.endswith(form[-length:], 0, end))


def _longest(limit: int, holds: Callable[[int], bool]) -> int:
    if holds(limit):
        return limit
    low, high = 0, limit
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            low = middle
        else:
            high = middle
    return low
