"""
Checks a streamed answer: every text in it passes a stream redactor before it goes on.

Sans I/O: upstream events in, events for the client out. Each text of each choice (content, reasoning, the
arguments of each tool call) has a redactor of its own, so a secret that is cut over chunks is found. When the
model turns to another text, a text is told but for a secret that has begun, and the rest of it at the end.
"""

from collections.abc import Collection, Iterator

from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.json_text import read_json, write_json
from tenant_daemon.egress.labels import Labels
from tenant_daemon.egress.openai_errors import openai_error
from tenant_daemon.egress.sse import DONE, written
from tenant_daemon.egress.text_streams import MOST_OPEN, stream_of
from tenant_daemon.egress.usage import label, reported_usage
from tenant_daemon.metering import Usage
from tenant_daemon.redaction import Redactor, StreamRedactor

_TEXT_FIELDS = ("content", "reasoning_content", "reasoning", "refusal")
_NESTED_TEXTS = {"function_call": "arguments", "audio": "transcript"}
_THOUGHTS = "reasoning_details"
"""OpenRouter's: a list of thoughts, of each of which every chunk brings a piece."""
_THOUGHT_KINDS = {"text": "reasoning.text", "summary": "reasoning.summary"}
"""The field with the text, and the kind of thought that has it."""
_SIGNED_FORMATS = ("anthropic",)
_TEMPLATE = ("id", "object", "created", "model")
_Place = tuple[int, str]
"""Choice and field; tool calls are ``tool:<index>``, thoughts ``thought:<index>:text``, nested texts
``field.text``."""


class AnswerStream:
    """One answer. After the last event call ``finish`` once."""

    def __init__(self, redactor: Redactor, *, keeps_usage: bool) -> None:
        self._redactor = redactor
        self._keeps_usage = keeps_usage
        self._texts: dict[_Place, StreamRedactor] = {}
        self._template: dict[str, object] = {}
        """What the provider wrote around the last text."""
        self._labels = Labels(redactor)
        self._waits = False
        self.usage: Usage | None = None
        self.prompt_tokens = None
        self.characters = 0
        """Of text so far, for an estimate should the stream be cut."""
        self.is_done = False
        self.closing: list[bytes] = []

    def feed(self, event: bytes, *, waits: bool = False) -> list[bytes]:
        """
        The events for the client, as they go over the wire; see ``AnswerChecker.feed``.

        Raises:
            Refused: The event cannot be read, so it cannot be checked.
        """
        self._waits = waits
        if event == DONE:
            self.is_done, self.closing = True, [written(DONE)]
            return self.finish()
        chunk = _parsed(event)
        if "error" in chunk:
            raise self._broken_off(chunk["error"])
        self.usage = reported_usage(chunk.get("usage")) or self.usage
        if not self._keeps_usage:
            chunk.pop("usage", None)
        return [written(write_json(checked)) for checked in self._checked(chunk)]

    def settle(self) -> list[bytes]:
        """See ``AnswerChecker.settle``."""
        settled = ((place, self._texts[place].settle()) for place in list(self._texts))
        chunks = (self._chunk(place[0], _delta_of(place[1], text)) for place, text in settled if text)
        return [written(write_json(chunk)) for chunk in chunks]

    def finish(self) -> list[bytes]:
        """What is still held back."""
        return [written(write_json(chunk)) for chunk in self._flushed(None)]

    def failure(self, refused: Refused) -> bytes:
        """An error in the middle of a stream."""
        return written(write_json(openai_error(refused)))

    def _broken_off(self, error: object) -> Refused:
        fields = error if isinstance(error, dict) else {}
        message = fields.get("message")
        text = self._redactor.redact(message)[:500] if isinstance(message, str) else ""
        return Refused(
            502,
            label(fields.get("code"), self._redactor) or "upstream_error",
            text or "The model's provider broke the answer off.",
            kind=label(fields.get("type"), self._redactor),
        )

    def _checked(self, chunk: dict[str, object]) -> Iterator[dict[str, object]]:
        choices = chunk.get("choices")
        self._template = {name: chunk[name] for name in _TEMPLATE if name in chunk}
        if not isinstance(choices, list) or not choices:
            if self._keeps_usage or "usage" in chunk or not isinstance(choices, list):
                yield self._redact_rest(chunk)
            return
        kept = []
        for choice in choices:
            if not isinstance(choice, dict):
                raise _unreadable()
            index = choice.get("index")
            number = index if isinstance(index, int) else 0
            delta = choice.get("delta")
            fields = dict(delta) if isinstance(delta, dict) else {}
            is_end = choice.get("finish_reason") is not None
            yield from self._turned(number, fields)
            said = self._delta(number, fields)
            if is_end:
                yield from self._ending(number, said)
            if said or is_end or "usage" in chunk:
                kept.append(self._redact_rest({**choice, "delta": said}, skip="delta"))
        if kept:
            yield {**self._redact_rest(chunk, skip="choices"), "choices": kept}

    def _ending(self, number: int, said: dict[str, object]) -> Iterator[dict[str, object]]:
        """Texts of the last chunk go out before it, so that what was held back stays in order."""
        if said:
            yield self._chunk(number, dict(said))
            said.clear()
        yield from self._flushed(number)

    def _turned(self, number: int, delta: dict[str, object]) -> Iterator[dict[str, object]]:
        """What other texts of a choice hold back when this delta is about a new one; they may go on."""
        current = set(_places(number, delta))
        if not current:
            return
        if len(self._texts) >= MOST_OPEN:
            yield from self._flushed(number, except_for=current)
        for place, text in list(self._texts.items()):
            if place[0] == number and place not in current and (rest := text.pause()):
                yield self._chunk(number, _delta_of(place[1], rest))

    def _flushed(
        self, number: int | None, except_for: Collection[_Place] = ()
    ) -> Iterator[dict[str, object]]:
        for place in list(self._texts):
            if number not in (None, place[0]) or place in except_for:
                continue
            rest = self._texts.pop(place).finish()
            if rest:
                yield self._chunk(place[0], _delta_of(place[1], rest))

    def _chunk(self, number: int, delta: dict[str, object]) -> dict[str, object]:
        return {
            **self._redact_rest(self._template),
            "choices": [{"index": number, "delta": delta, "finish_reason": None}],
        }

    def _delta(self, number: int, delta: dict[str, object]) -> dict[str, object]:
        """The delta with its texts replaced by what may go out now."""
        said: dict[str, object] = {}
        for name, value in delta.items():
            if name in _TEXT_FIELDS and isinstance(value, str):
                text = self._text((number, name), value)
                if text or not value:
                    said[name] = text
            elif name == "tool_calls" and isinstance(value, list):
                calls = [call for item in value if (call := self._tool_call(number, item))]
                if calls:
                    said[name] = calls
            elif name == _THOUGHTS and isinstance(value, list):
                thoughts = [one for item in value if (one := self._thought(number, item))]
                if thoughts:
                    said[name] = thoughts
            elif _nested_text(name, value):
                said |= self._nested(number, name, value)
            else:
                said[self._labels.clean_name(name)] = self._labels.clean(name, value)
        return said

    def _nested(self, number: int, name: str, value: object) -> dict[str, object]:
        fields = dict(value) if isinstance(value, dict) else {}
        place = _nested_text(name, value)
        text = self._text((number, place), str(fields.pop(_NESTED_TEXTS[name])))
        clean = self._redact_rest(fields)
        if text:
            clean[_NESTED_TEXTS[name]] = text
        return {name: clean} if clean else {}

    def _tool_call(self, number: int, call: object) -> dict[str, object] | None:
        if not isinstance(call, dict):
            raise _unreadable()
        function = call.get("function")
        fields = dict(function) if isinstance(function, dict) else {}
        arguments = fields.pop("arguments", None)
        clean = self._redact_rest({name: call[name] for name in call if name != "function"})
        inner = self._redact_rest(fields)
        if isinstance(arguments, str):
            text = self._text((number, _tool_field(call)), arguments)
            if text or fields:
                inner["arguments"] = text
        if inner:
            clean["function"] = inner
        return clean if inner or set(clean) - {"index", "type"} else None

    def _thought(self, number: int, item: object) -> object:
        """A piece of a thought; None while all of it is held back. What is no text goes as it came."""
        field = _thought_field(item)
        if not isinstance(item, dict) or not field:
            [clean] = self._cleaned_thoughts([item])
            return clean
        leaf = field.rpartition(":")[2]
        [clean] = self._cleaned_thoughts([{name: value for name, value in item.items() if name != leaf}])
        is_signed = "signature" in item or str(item.get("format")).startswith(_SIGNED_FORMATS)
        text = self._text((number, field), str(item.get(leaf) or ""), is_signed=is_signed)
        if "signature" in item:
            # It is what the thought ends with.
            text += self._texts.pop((number, field)).finish()
        if not text and leaf not in item:
            return clean
        if not text and set(item) <= {leaf, "type", "index", "format"}:
            return None
        return {**clean, leaf: text} if isinstance(clean, dict) else None

    def _cleaned_thoughts(self, items: list[object]) -> list[object]:
        clean = self._labels.clean(_THOUGHTS, items)
        return clean if isinstance(clean, list) and len(clean) == len(items) else [None] * len(items)

    def _text(self, place: _Place, text: str, *, is_signed: bool = False) -> str:
        self.characters += len(text)
        if place not in self._texts:
            self._texts[place] = stream_of(self._redactor, is_signed=is_signed)
        return self._texts[place].feed(text, waits=self._waits)

    def _redact_rest(self, fields: dict[str, object], skip: str = "") -> dict[str, object]:
        """Fields that we do not stream, whole; names of fields included."""
        return {
            self._labels.clean_name(name): value if name == skip else self._labels.clean(name, value)
            for name, value in fields.items()
        }


def _places(number: int, delta: dict[str, object]) -> Iterator[_Place]:
    for name in _TEXT_FIELDS:
        if delta.get(name):
            yield number, name
    for name in _NESTED_TEXTS:
        if place := _nested_text(name, delta.get(name)):
            yield number, place
    thoughts = delta.get(_THOUGHTS)
    for thought in thoughts if isinstance(thoughts, list) else []:
        if field := _thought_field(thought):
            yield number, field
    calls = delta.get("tool_calls")
    for call in calls if isinstance(calls, list) else []:
        if isinstance(call, dict):
            yield number, _tool_field(call)


def _nested_text(name: str, value: object) -> str:
    """The place of a text that lies within a field; empty where there is none."""
    leaf = _NESTED_TEXTS.get(name, "")
    return f"{name}.{leaf}" if isinstance(value, dict) and isinstance(value.get(leaf), str) else ""


def _thought_field(item: object) -> str:
    """The place of a thought's text; empty where it has none."""
    if not isinstance(item, dict):
        return ""
    leaf = next((leaf for leaf in _THOUGHT_KINDS if isinstance(item.get(leaf), str)), "")
    if not leaf and "signature" in item:
        leaf = "text"
    index = item.get("index")
    return f"thought:{index if isinstance(index, int) else 0}:{leaf}" if leaf else ""


def _tool_field(call: dict[str, object]) -> str:
    index = call.get("index", 0)
    if not isinstance(index, int):
        raise _unreadable()
    return f"tool:{int(index)}"


def _delta_of(field: str, text: str) -> dict[str, object]:
    if field.startswith("tool:"):
        return {"tool_calls": [{"index": int(field[5:]), "function": {"arguments": text}}]}
    if field.startswith("thought:"):
        _, index, leaf = field.split(":")
        return {_THOUGHTS: [{"type": _THOUGHT_KINDS[leaf], "index": int(index), leaf: text}]}
    name, _, leaf = field.partition(".")
    return {name: {leaf: text}} if leaf else {name: text}


def _parsed(event: bytes) -> dict[str, object]:
    try:
        chunk = read_json(event)
    except ValueError:
        raise _unreadable() from None
    if not isinstance(chunk, dict):
        raise _unreadable()
    return chunk


def _unreadable() -> Refused:
    return Refused(502, "upstream_invalid", "The model's answer could not be read, so it was not passed on.")
