"""The payloads that carry a text out of the server, whole or cut into pieces."""

import itertools
import json
import random
from collections.abc import Callable, Iterator

Carrier = Callable[[str, random.Random], object]


def pieces(text: str, source: random.Random) -> list[str]:
    """``text`` cut at random places, into few pieces or into many; none is empty."""
    if len(text) < 2:
        return [text]
    count = min(len(text), source.choice((2, 2, 2, 3, 4, 6, max(2, len(text) // 4), len(text))))
    cuts = [0, *sorted(source.sample(range(1, len(text)), count - 1)), len(text)]
    return [text[a:b] for a, b in itertools.pairwise(cuts)]


def _message(content: object, role: str = "user") -> dict[str, object]:
    return {
        "model": "m",
        "messages": [{"role": "system", "content": "Be kind."}, {"role": role, "content": content}],
    }


def _call(arguments: str) -> dict[str, object]:
    call = {"id": "call_1", "type": "function", "function": {"name": "shell", "arguments": arguments}}
    return {"messages": [{"role": "assistant", "content": None, "tool_calls": [call]}]}


WHOLE: dict[str, Carrier] = {
    "text": lambda t, r: t,
    "message": lambda t, r: _message(t),
    "content part": lambda t, r: _message([{"type": "text", "text": t}]),
    "tool result": lambda t, r: {"messages": [{"role": "tool", "tool_call_id": "call_1", "content": t}]},
    "JSON tool result": lambda t, r: {
        "messages": [
            {"role": "tool", "tool_call_id": "call_1", "content": json.dumps({"stdout": t, "code": 0})}
        ]
    },
    "tool arguments": lambda t, r: _call(json.dumps({"command": t})),
    "tool arguments, nested": lambda t, r: _call(json.dumps({"body": json.dumps({"value": t})})),
    "Anthropic tool result": lambda t, r: _message(
        [{"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": t}]}]
    ),
    "Anthropic tool input": lambda t, r: _message(
        [{"type": "tool_use", "id": "toolu_1", "name": "shell", "input": {"command": t}}], "assistant"
    ),
    "responses item": lambda t, r: {
        "input": [{"type": "function_call_output", "call_id": "call_1", "output": json.dumps({"out": t})}]
    },
    "deep": lambda t, r: {"a": {"b": [{"c": {"d": [[t]]}}]}},
    "field name": lambda t, r: {"rows": {t: 1}},
    "approval": lambda t, r: {
        "kind": "approval",
        "title": "Run a command",
        "args": {"command": t},
        "note": None,
    },
}

SPLIT: dict[str, Carrier] = {
    "content parts": lambda t, r: _message([{"type": "text", "text": p} for p in pieces(t, r)]),
    "array": lambda t, r: {"rows": pieces(t, r)},
    "array of arrays": lambda t, r: {"rows": [[p] for p in pieces(t, r)]},
    "fields": lambda t, r: {"data": {f"part_{i}": p for i, p in enumerate(pieces(t, r))}},
    "records": lambda t, r: {"data": [{"n": i, "value": p, "unit": "x"} for i, p in enumerate(pieces(t, r))]},
    "tool results": lambda t, r: {
        "messages": [
            {"role": "tool", "tool_call_id": f"call_{i}", "content": p} for i, p in enumerate(pieces(t, r))
        ]
    },
    "messages": lambda t, r: {"messages": [{"role": "user", "content": p} for p in pieces(t, r)]},
    "Anthropic tool results": lambda t, r: _message(
        [
            {"type": "tool_result", "tool_use_id": f"toolu_{i}", "content": [{"type": "text", "text": p}]}
            for i, p in enumerate(pieces(t, r))
        ]
    ),
    "array in a text": lambda t, r: _message("output: " + json.dumps(pieces(t, r))),
    "lines of a file": lambda t, r: {"lines": t.split("\n") if "\n" in t else pieces(t, r)},
}

_NOT_TEXT = frozenset(
    {"model", "role", "type", "id", "tool_call_id", "tool_use_id", "call_id", "name", "unit", "n"}
)


def texts(value: object) -> Iterator[str]:
    """The strings of a payload that carry text, field names of free maps included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in _NOT_TEXT:
                if not isinstance(item, str | list | dict):
                    yield str(name)
                yield from texts(item)
