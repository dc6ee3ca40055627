"""
Checks a streamed answer of OpenAI's Responses.

Texts come in ``*.delta`` events and once more, whole, in ``*.done`` events and in the objects around them.
Deltas go through a stream redactor for each text; everything else is redacted whole. Events that are held
back or split get new sequence numbers, since clients put events in order by them.
"""

from typing import Final

from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.formats.checked_texts import CheckedTexts, Writer, Written
from tenant_daemon.egress.formats.wire_format import count, parsed_event, unreadable
from tenant_daemon.egress.json_text import write_json
from tenant_daemon.egress.sse import DONE, written
from tenant_daemon.egress.usage import label
from tenant_daemon.metering import Usage
from tenant_daemon.redaction import Redactor

_ENDS: Final = frozenset({"response.completed", "response.incomplete", "response.failed"})
_MEDIA: Final = frozenset({"response.audio.delta", "response.image_generation_call.partial_image"})
_PLACE: Final = ("type", "item_id", "output_index", "content_index", "summary_index", "command_index")


class ResponsesStream:
    """One answer; see ``AnswerChecker``."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._texts = CheckedTexts(redactor)
        self._number: int | None = None
        self._writers: dict[tuple[str, ...], tuple[Written, Writer]] = {}
        self.usage: Usage | None = None
        self.prompt_tokens = None
        self.is_done = False
        self.closing: list[bytes] = []

    @property
    def characters(self) -> int:
        """Of text so far."""
        return self._texts.characters

    def feed(self, event: bytes, *, waits: bool = False) -> list[bytes]:
        """See ``AnswerChecker.feed``."""
        self._texts.waits = waits
        if event == DONE:
            return []
        value = parsed_event(event)
        kind = value.get("type")
        if not isinstance(kind, str):
            raise unreadable()
        if kind == "error":
            raise self._broken_off(value)
        if self._number is None:
            self._number = count(value.get("sequence_number")) or 0
        if kind.endswith(".delta") and isinstance(value.get("delta"), str) and kind not in _MEDIA:
            return self._delta(value)
        before = self._frames(self._ended(kind, value))
        frames = self._frames([self._whole(value)])
        if kind not in _ENDS:
            return before + frames
        response = value.get("response")
        self.usage = responses_usage(response.get("usage")) if isinstance(response, dict) else None
        self.is_done, self.closing = True, frames
        return before

    def settle(self) -> list[bytes]:
        """See ``AnswerChecker.settle``."""
        return self._frames(self._texts.settle())

    def finish(self) -> list[bytes]:
        """See ``AnswerChecker.finish``."""
        return self._frames(self._texts.flush())

    def failure(self, refused: Refused) -> bytes:
        """The event ``error``."""
        error: Written = {"type": "error", "code": refused.code, "message": refused.message, "param": None}
        return self._frames([error])[0]

    def _ended(self, kind: str, value: dict[str, object]) -> list[Written]:
        """What is held back when this comes: of an item that ends, or that another one interrupts."""
        if kind.endswith(".added"):
            return self._texts.pause()
        item = value.get("item")
        name = item.get("id") if isinstance(item, dict) else value.get("item_id")
        if not kind.endswith(".done") or not isinstance(name, str):
            return self._texts.flush()
        return self._texts.flush(lambda place: isinstance(place, tuple) and place[1] == name)

    def _delta(self, value: dict[str, object]) -> list[bytes]:
        place = tuple(str(value.get(name)) for name in _PLACE)
        text = str(value.pop("delta"))
        # Chances of each token would spell out what is held back; padding has done its duty here.
        for name in ("logprobs", "obfuscation", "sequence_number"):
            value.pop(name, None)
        if str(value.get("type")) == "response.output_text.delta":
            value["logprobs"] = []
        known = self._writers.get(place)
        if known is None or known[0] != value:
            # The same around every piece of a text: redacted once.
            known = self._writers[place] = (value, _writer(self._whole(value)))
        return self._frames(self._texts.feed(place, text, known[1]))

    def _whole(self, value: dict[str, object]) -> Written:
        clean = self._redactor.redact_payload(value)
        if not isinstance(clean, dict):
            raise TypeError("a redacted object is an object")
        return dict(clean)

    def _frames(self, events: list[Written]) -> list[bytes]:
        frames = []
        for event in events:
            if self._number is None:
                self._number = 0
            event["sequence_number"] = self._number
            self._number += 1
            frames.append(written(write_json(event), str(event["type"])))
        return frames

    def _broken_off(self, value: dict[str, object]) -> Refused:
        message = value.get("message")
        text = self._redactor.redact(message)[:500] if isinstance(message, str) else ""
        code = label(value.get("code"), self._redactor) or "upstream_error"
        return Refused(502, code, text or "The model's provider broke the answer off.")


def _writer(template: Written) -> Writer:
    return lambda text: {**template, "delta": text}


def responses_usage(value: object) -> Usage | None:
    """The usage of a response; None when there is none or it makes no sense."""
    if not isinstance(value, dict):
        return None
    prompt, completion = count(value.get("input_tokens")), count(value.get("output_tokens"))
    details = value.get("input_tokens_details")
    cached = count(details.get("cached_tokens")) if isinstance(details, dict) else None
    if prompt is None or completion is None:
        return None
    return Usage(prompt, completion, cached or 0)
