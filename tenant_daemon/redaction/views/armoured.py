"""Data in the armour of mail and version control: uuencode, Adobe's ascii85, binary patches."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator

from tenant_daemon.redaction.rows import SEPARATOR
from tenant_daemon.redaction.signs import Sign
from tenant_daemon.redaction.views.embedded import is_mostly_text
from tenant_daemon.redaction.views.unpacked import UNPACKED_LIMIT, archives
from tenant_daemon.redaction.views.view import Parts, View

_END = rb"(?:\r?\n|(?:\\r)?\\n)"
_BREAK = re.compile(_END)
_LONGEST = 4_000_000
_ADOBE = re.compile(rb"<~((?:[!-uz\s]|\\n){8,%d}?)~>" % _LONGEST)
_PATCH = re.compile(
    rb"(?:literal|delta) [0-9]{1,10}"
    + _END
    + rb"((?:[A-Za-z](?:[0-9A-Za-z!#$%&()*+;<=>?@^_`{|}~-]{5}){1,13}"
    + _END
    + rb")+)"
)
_MAIL = re.compile(
    rb"begin [0-7]{3,4} [^\n\\]{1,80}" + _END + rb"((?:[!-M][ -`]{1,84}?" + _END + rb"){1,99999})"
)
_LINES = re.compile(
    rb"(?<![!-~])((?:M[ -`]{60}" + _END + rb"){1,99999}(?:[!-L][ -`]{1,84}(?:" + _END + rb"|\Z))?)"
)
"""The same without the line before it, as packers write it that are called by programs."""
_SMALL = ord("a")
_BEFORE_SMALL = 26
"""Capitals stand for lines of up to so many bytes, and small letters for longer ones."""


def _adobe(armoured: bytes) -> bytes:
    return base64.a85decode(_BREAK.sub(b"", armoured))


def _patch(armoured: bytes) -> bytes:
    return b"".join(base64.b85decode(line[1:])[: _size(line[0])] for line in _BREAK.split(armoured) if line)


def _size(letter: int) -> int:
    return letter - _SMALL + 1 + _BEFORE_SMALL if letter >= _SMALL else letter - ord("A") + 1


def _mail(armoured: bytes) -> bytes:
    return b"".join(binascii.a2b_uu(line) for line in _BREAK.split(armoured) if line)


_KINDS: tuple[tuple[re.Pattern[bytes], Callable[[bytes], bytes]], ...] = (
    (_ADOBE, _adobe),
    (_PATCH, _patch),
    (_MAIL, _mail),
    (_LINES, _mail),
)


def read_armoured(view: View) -> Iterator[tuple[View, bool]]:
    """What the armour holds, unpacked where it is packed, and whether that is text."""
    if Sign.ARMOURED not in view.signs:
        return
    texts, others = Parts(), Parts()
    for pattern, decode in _KINDS:
        for found in pattern.finditer(view.data):
            try:
                raw = decode(found.group(1))
            except (ValueError, binascii.Error):
                continue
            for _, archive in archives(raw):
                texts.add(archive.content, *found.span(1), is_cut=len(archive.content) >= UNPACKED_LIMIT)
            (texts if is_mostly_text(raw) else others).add(raw, *found.span(1))
    if texts:
        yield View(texts, view, joint=SEPARATOR), True
    if others:
        yield View(others, view, joint=SEPARATOR), False
