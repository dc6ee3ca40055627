"""
Answers as OpenAI's Responses and Anthropic's Messages stream them.

Kept honest by the vendors' own SDKs: every event is read by the SDK's type before it is used.
"""

from typing import Any

from anthropic.types import Message, RawMessageStreamEvent
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

Json = dict[str, Any]

_RESPONSE_EVENT: TypeAdapter[ResponseStreamEvent] = TypeAdapter(ResponseStreamEvent)
_MESSAGE_EVENT: TypeAdapter[RawMessageStreamEvent] = TypeAdapter(RawMessageStreamEvent)


def check_response_event(event: Json) -> Json:
    """The event, if OpenAI's SDK knows it."""
    _RESPONSE_EVENT.validate_python(event)
    return event


def check_message_event(event: Json) -> Json:
    """The event, if Anthropic's SDK knows it."""
    if event["type"] not in {"ping", "error"}:
        _MESSAGE_EVENT.validate_python(event)
    return event


def response(output: list[Json], status: str = "completed", usage: Json | None = None) -> Json:
    """A whole answer of OpenAI's Responses."""
    value = {
        "id": "resp_67cc",
        "object": "response",
        "created_at": 1741476777,
        "status": status,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": "real-model",
        "output": output,
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": usage,
    }
    Response.model_validate(value)
    return value


def response_usage(prompt: int, completion: int, cached: int = 0) -> Json:
    """What a response cost."""
    return {
        "input_tokens": prompt,
        "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": 0},
        "output_tokens": completion,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": prompt + completion,
    }


def text_item(text: str, status: str = "completed") -> Json:
    """A message that is part of a response."""
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {"id": "msg_1", "type": "message", "role": "assistant", "status": status, "content": [part]}


def call_item(arguments: str) -> Json:
    """A function call that is part of a response."""
    return {
        "id": "fc_1",
        "type": "function_call",
        "call_id": "call_a1B2",
        "name": "shell",
        "arguments": arguments,
        "status": "completed",
    }


def response_events(
    text_pieces: list[str], call_pieces: list[str], usage: Json, reasoning: Json | None = None
) -> list[Json]:
    """A streamed response that thinks (hidden), talks, and calls a function."""
    text, arguments = "".join(text_pieces), "".join(call_pieces)
    events: list[Json] = [
        {"type": "response.created", "response": response([], "in_progress")},
        {"type": "response.in_progress", "response": response([], "in_progress")},
    ]
    output: list[Json] = []
    if reasoning:
        events += _item(len(output), reasoning, reasoning)
        output.append(reasoning)
    at: Json = {"item_id": "msg_1", "output_index": len(output), "content_index": 0}
    empty = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    inner: list[Json] = [{"type": "response.content_part.added", **at, "part": empty}]
    inner += [
        {"type": "response.output_text.delta", **at, "delta": piece, "logprobs": [], "obfuscation": "x7Qp"}
        for piece in text_pieces
    ]
    inner.append({"type": "response.output_text.done", **at, "text": text, "logprobs": []})
    part = text_item(text)["content"][0]
    inner.append({"type": "response.content_part.done", **at, "part": part})
    events += _item(
        len(output), {**text_item(""), "content": [], "status": "in_progress"}, text_item(text), inner
    )
    output.append(text_item(text))
    if call_pieces:
        at = {"item_id": "fc_1", "output_index": len(output)}
        kind = "response.function_call_arguments"
        inner = [{"type": f"{kind}.delta", **at, "delta": piece} for piece in call_pieces]
        inner.append({"type": f"{kind}.done", **at, "name": "shell", "arguments": arguments})
        events += _item(len(output), {**call_item(""), "status": "in_progress"}, call_item(arguments), inner)
        output.append(call_item(arguments))
    events.append({"type": "response.completed", "response": response(output, usage=usage)})
    return [check_response_event({**event, "sequence_number": n}) for n, event in enumerate(events)]


def _item(index: int, begun: Json, done: Json, inner: list[Json] | None = None) -> list[Json]:
    return [
        {"type": "response.output_item.added", "output_index": index, "item": begun},
        *(inner or []),
        {"type": "response.output_item.done", "output_index": index, "item": done},
    ]


def message(content: list[Json], usage: Json, stop_reason: str | None = "end_turn") -> Json:
    """A whole answer of Anthropic's Messages."""
    value = {
        "id": "msg_013Zva2CMHLNnXjNJJKqJ2EF",
        "type": "message",
        "role": "assistant",
        "model": "real-model",
        "content": content,
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": usage,
    }
    Message.model_validate(value)
    return value


def message_usage(fresh: int, completion: int, made: int = 0, read: int = 0) -> Json:
    """What a message cost; ``made`` and ``read`` are the cache's."""
    return {
        "input_tokens": fresh,
        "cache_creation_input_tokens": made,
        "cache_read_input_tokens": read,
        "output_tokens": completion,
    }


def block_events(index: int, block: Json, deltas: list[Json]) -> list[Json]:
    """A content block of a streamed message."""
    return [
        {"type": "content_block_start", "index": index, "content_block": block},
        *[{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas],
        {"type": "content_block_stop", "index": index},
    ]


def message_events(blocks: list[list[Json]], usage: Json, stop_reason: str = "end_turn") -> list[Json]:
    """A streamed message of these blocks."""
    begun = message([], {**usage, "output_tokens": 1}, stop_reason=None)
    events: list[Json] = [{"type": "message_start", "message": begun}, {"type": "ping"}]
    for block in blocks:
        events += block
    delta = {"stop_reason": stop_reason, "stop_sequence": None}
    events.append(
        {"type": "message_delta", "delta": delta, "usage": {"output_tokens": usage["output_tokens"]}}
    )
    events.append({"type": "message_stop"})
    return [check_message_event(event) for event in events]


def text_block(index: int, pieces: list[str]) -> list[Json]:
    """A block that talks."""
    deltas = [{"type": "text_delta", "text": piece} for piece in pieces]
    return block_events(index, {"type": "text", "text": "", "citations": None}, deltas)


def tool_block(index: int, pieces: list[str]) -> list[Json]:
    """A block that calls a tool."""
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    block = {
        "type": "tool_use",
        "id": "toolu_01A09q90qw90lq917835lq9",
        "name": "shell",
        "input": {},
        "caller": {"type": "direct"},
    }
    return block_events(index, block, deltas)


def thinking_block(index: int, pieces: list[str], signature: str) -> list[Json]:
    """A block of signed thoughts."""
    deltas: list[Json] = [{"type": "thinking_delta", "thinking": piece} for piece in pieces]
    deltas.append({"type": "signature_delta", "signature": signature})
    return block_events(index, {"type": "thinking", "thinking": "", "signature": ""}, deltas)
