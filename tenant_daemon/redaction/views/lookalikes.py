"""A text whose letters from elsewhere (full-width, mathematical, Cyrillic, Greek) are read as ASCII."""

import re
import unicodedata

from tenant_daemon.redaction.text_size import size_of
from tenant_daemon.redaction.views.view import Parts, View

# Letters of other scripts that look like an ASCII one; Unicode's compatibility forms are handled by NFKD.
_CONFUSABLE = dict(
    zip(
        "АВЕКМНОРСТУХІЈЅԚԜаеорсухіјѕԛԁһӏԝкмтвнпигΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβγικνορτυχωϲϳıȷɑɡɩʟʏᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢʙɢʜɪɴʀꜰꜱǫ",
        "ABEKMHOPCTYXIJSQWaeopcyxijsqdhlwkmtbhnurABEZHIKMNOPTYXabyikvoptuxwcjijagilyacdejkmoptuvwzbghinrfsq",
        strict=True,
    )
)
_LETTERS = (
    r"\u00b2\u00b3\u00b9\u02b0-\u02ff\u0300-\u036f\u0131\u0237\u0250-\u02af\u0370-\u052f\u1d00-\u1dbf\u2070-\u209f\u2100-\u214f\u2460-\u24ff\uff01-\uff5e"
    r"\U0001d400-\U0001d7ff\U0001f130-\U0001f189\U000e0020-\U000e007f\u01eb\ua730\ua731"
)
_KEYCAP = r"\u20e3"
_FOREIGN = re.compile(rf"[{_LETTERS}]+|\ufe0f?{_KEYCAP}")
_ANY_FOREIGN = re.compile(f"[{_LETTERS}{_KEYCAP}]")
"""Where there is one of them at all: half the time."""
_ASCII = bytes(range(128))


def read_as_ascii(view: View) -> View | None:
    """The view with look-alikes replaced; None when it has none."""
    if view.data.isascii():
        return None
    # The other letters side by side: most texts have only quotes, dashes and umlauts among them.
    others = view.data.translate(None, _ASCII)
    if not _ANY_FOREIGN.search(others.decode("utf-8", "surrogateescape")):
        return None
    text = view.data.decode("utf-8", "surrogateescape")
    parts = Parts()
    position = consumed = 0
    for found in _FOREIGN.finditer(text):
        start = consumed + size_of(text[position : found.start()])
        parts.add_same(view.data, consumed, start)
        for character in found.group():
            size = size_of(character)
            parts.add(_ascii(character), start, start + size)
            start += size
        position, consumed = found.end(), start
    if not parts:
        return None
    parts.add_same(view.data, consumed, len(view.data))
    return View(parts, view)


def _ascii(character: str) -> bytes:
    if 0xE0020 <= ord(character) <= 0xE007E:
        return bytes([ord(character) - 0xE0000])  # Unicode tags: invisible ASCII.
    plain = _CONFUSABLE.get(character) or unicodedata.normalize("NFKD", character)
    return "".join(_CONFUSABLE.get(part, part) for part in plain).encode("ascii", "ignore")
