"""The ways in which a tool may read the body of a request."""

import html
import json
import re
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_plus

# Long lines of calendars and contacts go on in the next one (RFC 5545, 3.1).
_FOLD: Final = re.compile(r"\r?\n[ \t]")


class Body(NamedTuple):
    """One way of reading a body."""

    text: str
    """JSON in one spelling, so that ``\\u0065mail`` reads as ``email``; otherwise the text, decoded."""
    value: Any = None
    """What the JSON says; None where the body is none."""

    def is_true(self, key: str) -> bool:
        """Whether this key of the JSON object itself, not of something inside it, is ``true``."""
        return isinstance(self.value, dict) and self.value.get(key) is True


def read_body(body: str) -> list[Body]:
    """
    All readings of a body: with the first as well as the last of two equal keys, decoded, unfolded.

    None when it begins like JSON and is none.
    """
    start = body.lstrip("\ufeff \t\r\n")
    if start[:1] in ("{", "["):
        try:
            last = json.loads(start)
            first = json.loads(start, object_pairs_hook=_first_of_each)
        except (ValueError, RecursionError):
            return []
        return list({body.text: body for body in map(_as_json, (last, first))}.values())
    texts = [body]
    if "%" in body or "+" in body:
        texts.append(unquote_plus(body))
    if "&#" in body:
        texts.append(html.unescape(body))
    texts += [unfolded for text in texts if (unfolded := _FOLD.sub("", text)) != text]
    return [Body(text) for text in texts]


def _first_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return dict(reversed(pairs))


def _as_json(value: object) -> Body:
    return Body(json.dumps(value, ensure_ascii=False, separators=(",", ":")), value)
