"""The chat completion format: a reply as the chunks of a stream, or as one object."""

import json
import secrets
import time
from collections.abc import AsyncIterator
from typing import Any, Final

from tenant_daemon.practice.pacing import Pace, count_tokens
from tenant_daemon.practice.reply import Call, Reply

MODEL: Final = "practice"
_DONE: Final = "data: [DONE]\n\n"

Json = dict[str, Any]


class Completion:
    """One answer to one request."""

    def __init__(self, body: Json, reply: Reply) -> None:
        self.id = f"practice-{secrets.token_hex(8)}"
        self._created = int(time.time())
        self._body = body
        self._reply = reply

    async def chunks(self, pace: Pace) -> AsyncIterator[str]:
        """Server-sent events: words one by one, a tool call in one piece, usage last if asked for."""
        yield self._chunk({"role": "assistant", "content": ""})
        async for token in pace.stream(self.id, self._text):
            yield self._chunk({"content": token})
        call = self._tool_call()
        if call:
            yield self._chunk({"tool_calls": [{"index": 0, **call}]})
        yield self._chunk({}, finish_reason=self._finish_reason)
        if (self._body.get("stream_options") or {}).get("include_usage"):
            yield _event({**self._envelope("chat.completion.chunk"), "choices": [], "usage": self.usage()})
        yield _DONE

    def whole(self) -> Json:
        """The same without streaming."""
        call = self._tool_call()
        message = {"role": "assistant", "content": self._text, **({"tool_calls": [call]} if call else {})}
        choice = {"index": 0, "message": message, "finish_reason": self._finish_reason}
        return {**self._envelope("chat.completion"), "choices": [choice], "usage": self.usage()}

    def usage(self) -> Json:
        """Approximate counts; as cached counts what an earlier request of the chat had sent already."""
        sizes = [count_tokens(json.dumps(message)) for message in self._body.get("messages") or []]
        tools = count_tokens(json.dumps(self._body.get("tools") or []))
        call = self._tool_call()
        said = count_tokens(self._text) + (count_tokens(json.dumps(call)) if call else 0)
        prompt = sum(sizes) + tools
        cached = sum(sizes[:-1]) + tools if len(sizes) > 2 else 0
        return {
            "prompt_tokens": prompt,
            "completion_tokens": said,
            "total_tokens": prompt + said,
            "prompt_tokens_details": {"cached_tokens": cached},
        }

    @property
    def _text(self) -> str:
        return self._reply.lead_in if isinstance(self._reply, Call) else self._reply.text

    @property
    def _finish_reason(self) -> str:
        return "tool_calls" if isinstance(self._reply, Call) else "stop"

    def _tool_call(self) -> Json | None:
        if not isinstance(self._reply, Call):
            return None
        arguments = json.dumps(self._reply.tool_args, ensure_ascii=False)
        function = {"name": self._reply.tool_name, "arguments": arguments}
        return {"id": f"call{self.id[-12:]}", "type": "function", "function": function}

    def _chunk(self, delta: Json, finish_reason: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return _event({**self._envelope("chat.completion.chunk"), "choices": [choice]})

    def _envelope(self, kind: str) -> Json:
        return {"id": self.id, "object": kind, "created": self._created, "model": MODEL}


def _event(data: Json) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"
