"""
Turns what OpenClaw asks into what the upstream gets: redacted, with our model, with usage switched on.

Pure. Every string anywhere in the request is searched, in the fields we know and in those we do not.
"""

from dataclasses import dataclass

import orjson

from tenant_daemon.egress.errors import Refused
from tenant_daemon.redaction import Redactor

_BYTES_PER_TOKEN = 3
"""For estimates of prompts. English has about four; a guess that is too high keeps the budget."""
_LIMIT_FIELDS = ("max_completion_tokens", "max_tokens")


@dataclass(frozen=True)
class ChatRequest:
    """A request ready to be sent."""

    body: dict[str, object]
    is_stream: bool
    prompt_tokens: int
    """Estimated."""
    wants_usage: bool
    """Whether the client itself asked for the usage chunk."""

    def encoded(self) -> bytes:
        """The body as it goes over the wire."""
        return orjson.dumps(self.body)


def prepare(body: dict[str, object], redactor: Redactor, model: str) -> ChatRequest:
    """
    The request for the upstream.

    Raises:
        Refused: It is not a chat request.
    """
    if not isinstance(body.get("messages"), list):
        raise Refused(400, "invalid_request", "The request has no list of messages.")
    clean = redact_model_request(body, redactor)
    clean["model"] = model
    is_stream = clean.get("stream") is True
    wants_usage = False
    if is_stream:
        options = clean.get("stream_options")
        options = dict(options) if isinstance(options, dict) else {}
        wants_usage = options.get("include_usage") is True
        clean["stream_options"] = options | {"include_usage": True}
    return ChatRequest(clean, is_stream, estimate_tokens(len(orjson.dumps(clean))), wants_usage)


def redact_model_request(body: dict[str, object], redactor: Redactor) -> dict[str, object]:
    """A chat-completions body with every text redacted; ids, signatures and media stay as they are."""
    clean = redactor.redact_payload(body)
    if not isinstance(clean, dict):
        raise TypeError("a redacted object is an object")
    return dict(clean)


def limit_answer(request: ChatRequest, tokens: int) -> ChatRequest:
    """The request with its answer limited to ``tokens``, where it is not limited more strictly already."""
    body = dict(request.body)
    given = [field for field in _LIMIT_FIELDS if isinstance(body.get(field), int)]
    for field in given or ["max_tokens"]:
        current = body.get(field)
        body[field] = min(current, tokens) if isinstance(current, int) else tokens
    return ChatRequest(body, request.is_stream, request.prompt_tokens, request.wants_usage)


def estimate_tokens(size_bytes: int) -> int:
    """Tokens of a text of this size, rounded up."""
    return -(-size_bytes // _BYTES_PER_TOKEN)
