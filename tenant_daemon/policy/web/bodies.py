"""The ways in which a tool may read the body of a request."""

import html
import json
import re
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_plus

# Long lines of calendars and contacts go on in the next one (RFC 5545, 3.1).
_FOLD: Final = re.compile(r"\r?\n[ \t]")
_FORM: Final = re.compile(r"[^<\r\n={}]{1,300}=")
_MAX_FIELDS: Final = 500
# One part of a form that carries files: its name, and its content as far as it is one line.
_PART: Final = re.compile(
    r'name="?([^"\r\n;]{1,200})"?[^\r\n]*\r?\n(?:[^\r\n]{1,500}\r?\n){0,6}\r?\n([^\r\n]{0,2000})'
)


_JSON_TYPE: Final = re.compile(r"\s*(?:application|text)/(?:[\w.+-]*\+)?json\s*(?:;.*)?", re.IGNORECASE)
# With any other the letters would mean something else.
_PLAIN_CHARSET: Final = re.compile(
    r"(?:[^;]|;(?!\s*charset))*(?:;\s*charset\s*=\s*\"?(?:utf-?8|us-ascii|iso-8859-1|latin1)\"?\s*)?",
    re.IGNORECASE,
)
_ENCODED_PART: Final = re.compile(r"content-transfer-encoding:\s*(?!binary|[78]bit)", re.IGNORECASE)
_HEADS: Final = 2_000


class Body(NamedTuple):
    """One way of reading a body."""

    text: str
    """JSON in one spelling, so that ``\\u0065mail`` reads as ``email``; otherwise the text, decoded."""
    value: Any = None
    """What the JSON says; None where the body is none."""
    is_all: bool = True
    """Whether there are no fields in the address, which may count for more than those in the body."""

    def is_true(self, key: str) -> bool:
        """Whether this key of the JSON object itself, not of something inside it, is ``true``."""
        return self.is_all and isinstance(self.value, dict) and self.value.get(key) is True


def is_clear(body: str, kinds: tuple[str, ...]) -> bool:
    """Whether the content types that are sent along let a tool read the body as it is read here."""
    if not all(_PLAIN_CHARSET.fullmatch(kind) is not None for kind in kinds):
        return False
    is_form = any("multipart" in kind.lower() for kind in kinds)
    return not is_form or ("form-data" in body[:_HEADS].lower() and _ENCODED_PART.search(body) is None)


def is_sent_as_json(kinds: tuple[str, ...]) -> bool:
    """Whether the content types that are sent along, and there is one, say that the body is JSON."""
    return bool(kinds) and all(_JSON_TYPE.fullmatch(kind) is not None for kind in kinds)


def read_body(body: str) -> list[Body]:
    """
    All readings of a body: with the first as well as the last of two equal keys, decoded, unfolded, as
    fields of a form.

    None when it begins like JSON and is none, or is a form of very many fields.
    """
    start = body.lstrip("\ufeff \t\r\n")
    if start[:1] in ("{", "["):
        try:
            last = json.loads(start)
            first = json.loads(start, object_pairs_hook=_first_of_each)
        except (ValueError, RecursionError):
            return []
        return list({body.text: body for body in map(_as_json, (last, first))}.values())
    if _FORM.match(start) is not None and body.count("&") > _MAX_FIELDS:
        return []
    texts = [body]
    if "%" in body or "+" in body:
        texts.append(unquote_plus(body))
    if "&#" in body:
        texts.append(html.unescape(body))
    texts += [unfolded for text in texts if (unfolded := _FOLD.sub("", text)) != text]
    if fields := _form_fields(start):
        texts.append(_as_fields(fields))
    return [Body(text) for text in texts]


def read_as_form(body: str) -> list[Body]:
    """What looks like JSON as a form, which it is to many tools where no content type says otherwise."""
    if body.lstrip("\ufeff \t\r\n")[:1] not in ("{", "[") or "=" not in body:
        return []
    return [Body(_as_fields(_pairs(body)[:_MAX_FIELDS]))]


def with_query(bodies: list[Body], query: str) -> list[Body]:
    """The readings with the address's fields behind them: many tools take fields from either place."""
    asked = _as_fields(_pairs(query[1:]))
    return [Body(body.text + asked, body.value, is_all=False) for body in bodies]


def _form_fields(body: str) -> list[tuple[str, str]]:
    if "form-data" in body[:_HEADS].lower():
        return _PART.findall(body)
    return _pairs(body) if _FORM.match(body) is not None else []


def _pairs(form: str) -> list[tuple[str, str]]:
    """The fields of a form; to some tools a semicolon ends one as well."""
    parts = form.split("&")
    if ";" in form:
        parts += [piece for part in parts if ";" in part for piece in part.split(";")[:_MAX_FIELDS]]
    pairs = []
    for part in parts:
        name, _, value = part.partition("=")
        pairs.append((_unquoted(name), _unquoted(value)))
    return pairs


def _unquoted(text: str) -> str:
    return unquote_plus(text) if "%" in text or "+" in text else text


def _as_fields(fields: list[tuple[str, str]]) -> str:
    """``post[status]=draft`` as ``"post":"draft","status":"draft"``, so that one rule fits forms and JSON."""
    return "".join(
        f",{_quoted(part)}:{_as_value(value)}" for name, value in fields for part in _field_names(name)
    )


def _field_names(name: str) -> list[str]:
    """Every name in ``posts[0][status]``; dots and blanks count as PHP reads them."""
    if name.isalnum():
        return [name]
    parts = (step.rstrip("]").strip() for step in name.split("["))
    return [re.sub(r"[. ]", "_", part) for part in parts if part and not part.isdecimal()]


def _as_value(value: str) -> str:
    word = value.lower()
    return word if word in ("true", "false") or word.isdecimal() else _quoted(value)


def _quoted(text: str) -> str:
    return f'"{text}"' if text.isalnum() else json.dumps(text, ensure_ascii=False)


def _first_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    first: dict[str, Any] = {}
    for name, value in pairs:
        first.setdefault(name, value)
    return first


def _as_json(value: object) -> Body:
    return Body(json.dumps(value, ensure_ascii=False, separators=(",", ":")), value)
