"""Data with the same mark after every few characters: ``sk_[.]liv[.]e_N``, ``gh**p_**16``."""

import re

from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.signs import Sign
from tenant_daemon.redaction.views.vendor_marks import has_mark
from tenant_daemon.redaction.views.view import Parts, View

_RUNS = [
    re.compile(
        rb"(?<![\w+/=])[\w+/=]{%d}(?P<mark>[^\w\s+/=][^\n\w]{0,3}(?:[^\n]{0,9}?[^\n\w])??)"
        rb"(?:[\w+/=-]{%d}(?P=mark)){4,}[\w+/=]{0,%d}" % (size, size, size)
    )
    for size in (1, 2, 3, 4, 5, 6, 7, 8)
]
_FEWEST = 16


def read_grouped(view: View) -> tuple[View, bool] | None:
    """The data without the marks, and whether a vendor's token comes out; None when there are none."""
    if Sign.GROUPED not in view.signs:
        return None
    parts = Parts()
    is_token = False
    for size, pattern in enumerate(_RUNS, 1):
        for run in pattern.finditer(view.data):
            step = size + len(run.group("mark"))
            begin, end = run.span()
            if (end - begin) * size < _FEWEST * step:
                continue
            for low in range(begin, end, step):
                parts.add_same(view.data, low, min(low + size, end))
            parts.add(SEPARATOR, end, end)
            is_token = is_token or has_mark(run.group().replace(run.group("mark"), b""))
    return (View(parts, view), is_token) if parts else None
