"""Compressed data that stand in a reading as bytes, or in a text as numbers: ``[31, 139, 8, ...]``."""

import re
from collections.abc import Iterator

import re2

from tenant_daemon.redaction.signs import Sign
from tenant_daemon.redaction.views.unpacked import archives
from tenant_daemon.redaction.views.view import View

_HEAD = re.compile(rb"\x1f\x8b\x08|x(?:[\x01\x9c\xda]|\^[^ -~])")
_NUMBERS = re2.compile(
    rb"\b(?:31[\s,;|]{1,12}139[\s,;|]{1,12}8|120[\s,;|]{1,12}(?:1|94|156|218))(?:[\s,;|]{1,12}\d{1,3}){8,}"
)
_NUMBER = re.compile(rb"\d+")
_LAST_BYTE = 255

Loose = tuple[bytes, int, int]
"""What was unpacked, and where the archive stands."""


def loose_archives(view: View) -> Iterator[Loose]:
    """What was unpacked from data that are in no encoding here."""
    data = view.data
    if view.is_inner and not data.isascii() and (found := _HEAD.search(data)):
        start = found.start()
        for offset, archive in archives(data[start:]):
            yield archive.content, start + offset, start + offset + archive.size
    if Sign.PACKED_NUMBERS not in view.signs:
        return
    for run in _NUMBERS.finditer(data):
        numbers = list(map(int, _NUMBER.findall(run.group())))
        if max(numbers) <= _LAST_BYTE:
            for offset, archive in archives(bytes(numbers)):
                if not offset:
                    yield archive.content, *run.span()
