"""
The arguments of a call, taken apart for reading and editing: one part each, and one for each field of a JSON body.

A person decides on "Title" and "Text", not on JSON within JSON.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from letsbe_app.ui.text import texts

_BODY: Final = "body"
"""What is sent. Other texts that look like JSON, such as a file's content, count letter by letter."""
_PLACES: Final = {_BODY: 0, "headers": 2}
_MOST_FIELDS: Final = 40
"""A body of more is data, which is read as it is."""


@dataclass(frozen=True)
class CallPart:
    """One argument, or one field of a body that is a JSON object."""

    name: str
    """What the edit form calls it."""
    label: str
    text: str
    """A text as it is; anything else as JSON."""
    is_text: bool


class PartUnreadable(Exception):
    """What was typed for a part is no JSON; ``label`` says for which."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label


def parts_of(tool_args: Mapping[str, Any]) -> list[CallPart]:
    """The parts of a call's arguments: what is sent before where and how, headers last."""
    return sorted(_parts(tool_args), key=lambda part: _PLACES.get(part.name.partition("/")[0], 1))


def with_typed(tool_args: Mapping[str, Any], form: Mapping[str, str]) -> dict[str, object]:
    """
    The arguments with what was typed for their parts; what was not touched stays as it is, letter by letter.

    Raises:
        PartUnreadable: For a part that is no text.
    """
    after: dict[str, object] = {}
    for name, value in tool_args.items():
        fields = _fields(value) if name == _BODY else None
        if fields is None:
            after[name] = _typed(name, value, form.get(name))
            continue
        changed = {key: _typed(key, field, form.get(_field_name(name, key))) for key, field in fields.items()}
        if changed == fields:
            after[name] = value
        else:
            after[name] = json.dumps(changed, ensure_ascii=False) if isinstance(value, str) else changed
    return after


def _parts(tool_args: Mapping[str, Any]) -> Iterator[CallPart]:
    for name, value in tool_args.items():
        fields = _fields(value) if name == _BODY else None
        if fields is None:
            yield _part(name, texts().approvals.argument(name), value)
        else:
            for key, field in fields.items():
                yield _part(_field_name(name, key), _field_label(key, tool_args), field)


def _part(name: str, label: str, value: Any) -> CallPart:
    return CallPart(name, label, _as_text(value), isinstance(value, str))


def _field_label(key: str, tool_args: Mapping[str, Any]) -> str:
    """What is sent may have a field called like an argument: nobody shall take it for where it is sent."""
    t = texts().approvals
    label = t.argument(key)
    taken = {_compared(word) for name in tool_args for word in (name, t.argument(name))}
    return t.field_sent(key) if {_compared(key), _compared(label)} & taken else label


def _compared(label: str) -> str:
    return "".join(filter(str.isalnum, label.casefold()))


def _field_name(argument: str, key: str) -> str:
    return f"{argument}/{key}"


def _fields(value: Any) -> Mapping[str, Any] | None:
    """The fields of a JSON object, or of the text of one that says the same when written anew."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(
                value, object_pairs_hook=_unique, parse_float=_exact, parse_constant=_refuse_constant
            )
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, dict) and 0 < len(value) <= _MOST_FIELDS else None


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        # Which of two counts is up to who reads them.
        raise ValueError("a name stands twice")
    return fields


def _exact(number: str) -> float:
    read = float(number)
    if not math.isfinite(read) or Decimal(repr(read)) != Decimal(number):
        raise ValueError("more digits than can be kept")
    return read


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def _typed(key: str, before: Any, typed: str | None) -> object:
    # Browsers send line ends as CRLF, which would change every text of several lines.
    text = _as_text(before) if typed is None else typed.replace("\r\n", "\n")
    if isinstance(before, str):
        # A text that had such line ends keeps them where nothing else was changed.
        return before if text == before.replace("\r\n", "\n") else text
    try:
        after: object = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise PartUnreadable(texts().approvals.argument(key)) from exc
    return before if after == before and type(after) is type(before) else after
