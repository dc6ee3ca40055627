"""
Checks a streamed answer of Anthropic's Messages.

A message is a row of content blocks. Text and the JSON of tool calls go through a stream redactor for each
block. Thoughts are signed: of them only what the vault knows is taken out, as in requests.
"""

from typing import Final

from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.formats.checked_texts import CheckedTexts, Writer, Written
from tenant_daemon.egress.formats.wire_format import count, parsed_event, unreadable
from tenant_daemon.egress.json_text import write_json
from tenant_daemon.egress.sse import written
from tenant_daemon.egress.usage import label
from tenant_daemon.metering import Usage
from tenant_daemon.redaction import Redactor

_TEXTS: Final = {"text_delta": "text", "input_json_delta": "partial_json", "thinking_delta": "thinking"}
_STATUS: Final = {"overloaded_error": 529, "rate_limit_error": 429, "timeout_error": 504}


class MessagesStream:
    """One answer; see ``AnswerChecker``."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._texts = CheckedTexts(redactor)
        self._counts: dict[str, object] = {}
        self.usage: Usage | None = None
        self.is_done = False
        self.closing: list[bytes] = []

    @property
    def characters(self) -> int:
        """Of text so far."""
        return self._texts.characters

    @property
    def prompt_tokens(self) -> int | None:
        """The beginning of the answer says it."""
        usage = messages_usage({"output_tokens": 0} | self._counts)
        return usage.prompt if usage else None

    def feed(self, event: bytes, *, waits: bool = False) -> list[bytes]:
        """See ``AnswerChecker.feed``."""
        self._texts.waits = waits
        value = parsed_event(event)
        kind = value.get("type")
        if not isinstance(kind, str):
            raise unreadable()
        if kind == "error":
            raise self._broken_off(value)
        if kind == "content_block_delta":
            return self._delta(value)
        if kind == "ping":
            return [_frame({"type": "ping"})]
        before = [_frame(one) for one in self._ended(kind, value)]
        if kind == "content_block_start":
            return before + self._begun(value)
        if kind == "message_start":
            message = value.get("message")
            self._count(message.get("usage") if isinstance(message, dict) else None)
        elif kind == "message_delta":
            # Running totals: the last one holds.
            self._count(value.get("usage"))
            self.usage = messages_usage(self._counts)
        frame = _frame(self._whole(value))
        if kind == "message_stop":
            self.is_done, self.closing = True, [frame]
            return before
        return [*before, frame]

    def settle(self) -> list[bytes]:
        """See ``AnswerChecker.settle``."""
        return [_frame(event) for event in self._texts.settle()]

    def finish(self) -> list[bytes]:
        """See ``AnswerChecker.finish``."""
        return [_frame(event) for event in self._texts.flush()]

    def failure(self, refused: Refused) -> bytes:
        """The event ``error``."""
        from tenant_daemon.egress.formats.anthropic_messages import anthropic_error

        return _frame(anthropic_error(refused))

    def _delta(self, value: dict[str, object]) -> list[bytes]:
        delta, index = value.get("delta"), count(value.get("index"))
        if not isinstance(delta, dict) or index is None:
            raise unreadable()
        kind = delta.get("type")
        field = _TEXTS.get(kind) if isinstance(kind, str) else None
        if field is None:
            # A signature, a citation: whole by itself, and it does not end the text around it.
            clean = self._whole({"type": "content_block_delta", "index": index, "delta": delta})
            if kind == "signature_delta":
                return [*self.finish(), _frame(clean)]
            return [_frame(clean)]
        text = delta.get(field)
        if not isinstance(text, str):
            raise unreadable()
        write = _writer(index, str(kind), field)
        is_signed = kind == "thinking_delta"
        return [_frame(one) for one in self._texts.feed((index, kind), text, write, is_signed=is_signed)]

    def _ended(self, kind: str, value: dict[str, object]) -> list[Written]:
        """What is held back when this comes: of a block that ends, or that another one interrupts."""
        if kind == "content_block_start":
            return self._texts.pause()
        if kind != "content_block_stop" or (index := count(value.get("index"))) is None:
            return self._texts.flush()
        return self._texts.flush(lambda place: isinstance(place, tuple) and place[0] == index)

    def _begun(self, value: dict[str, object]) -> list[bytes]:
        """A block begins; a text that it brings along goes the way of the others."""
        block, index = value.get("content_block"), count(value.get("index"))
        if not isinstance(block, dict) or index is None:
            raise unreadable()
        text = block.get("text")
        if block.get("type") != "text" or not isinstance(text, str) or not text:
            return [_frame(self._whole(value))]
        begun = _frame(self._whole({**value, "content_block": {**block, "text": ""}}))
        delta = {"type": "text_delta", "text": text}
        return [begun, *self._delta({"index": index, "delta": delta})]

    def _count(self, usage: object) -> None:
        if isinstance(usage, dict):
            self._counts.update({name: number for name, number in usage.items() if count(number) is not None})

    def _whole(self, value: dict[str, object]) -> Written:
        clean = self._redactor.redact_payload(value)
        if not isinstance(clean, dict):
            raise TypeError("a redacted object is an object")
        return dict(clean)

    def _broken_off(self, value: dict[str, object]) -> Refused:
        error = value.get("error")
        fields = error if isinstance(error, dict) else {}
        message = fields.get("message")
        text = self._redactor.redact(message)[:500] if isinstance(message, str) else ""
        kind = label(fields.get("type"), self._redactor)
        status = _STATUS.get(kind, 502)
        return Refused(
            status, "upstream_error", text or "The model's provider broke the answer off.", kind=kind
        )


def _writer(index: int, kind: str, field: str) -> Writer:
    return lambda text: {
        "type": "content_block_delta",
        "index": index,
        "delta": {"type": kind, field: text},
    }


def _frame(event: Written) -> bytes:
    return written(write_json(event), str(event["type"]))


def messages_usage(value: object) -> Usage | None:
    """
    The usage of a message; None when there is none or it makes no sense.

    ``input_tokens`` leaves out what was read from or written to the cache.
    """
    if not isinstance(value, dict):
        return None
    fresh, completion = count(value.get("input_tokens")), count(value.get("output_tokens"))
    if fresh is None or completion is None:
        return None
    made = count(value.get("cache_creation_input_tokens")) or 0
    read = count(value.get("cache_read_input_tokens")) or 0
    return Usage(fresh + made + read, completion, read)
