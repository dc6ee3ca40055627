"""
A long part of a secret that has neither its beginning nor its end.

What was cut out of a line has none, nor has the second of three pieces; the anchors at both ends miss it.
"""

from tenant_daemon.redaction.detectors.agreement import common_prefix, common_suffix
from tenant_daemon.redaction.detectors.form_index import Form, middle_of

_LEAST_SHARE = 0.6
_LEAST_LETTERS = 12
"""Characters of a part that has no digit, so may be words."""


def middle_part(form: Form, text: bytes, start: int, *, is_scrambled: bool) -> tuple[int, int] | None:
    """Where the part begins and ends whose middle stands at ``start`` of ``text``; None for too little."""
    _, _, projected = form
    at = middle_of(projected)
    before = common_suffix(projected[:at], text, start)
    size = before + common_prefix(projected[at:], text, start)
    if before == at or at - before + size == len(projected):
        return None  # Found by its beginning, or by its end.
    part = text[start - before : start - before + size]
    if size < _LEAST_SHARE * len(projected) or (
        part.isalpha() and size < _LEAST_LETTERS and not is_scrambled
    ):
        return None
    return start - before, start - before + size
