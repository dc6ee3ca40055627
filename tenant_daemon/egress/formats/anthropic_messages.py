"""Anthropic's Messages."""

import re
from collections.abc import Mapping
from typing import Final

from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.formats.messages_stream import MessagesStream, messages_usage
from tenant_daemon.egress.formats.self_contained import (
    MESSAGES_FIELDS,
    refuse_foreign_fields,
    refuse_references,
)
from tenant_daemon.egress.formats.tokens import estimate_prompt
from tenant_daemon.egress.formats.wire_format import (
    AnswerChecker,
    ModelRequest,
    count,
    redacted,
    refuse_foreign_tools,
    wants_stream,
)
from tenant_daemon.metering import Usage
from tenant_daemon.redaction import Redactor
from tenant_daemon.settings import WireName

_TOOLS: Final = frozenset({"custom"})
_CLIENT_TOOLS: Final = ("bash_", "text_editor_", "computer_", "memory_")
"""Tools that Anthropic describes and the client runs."""
_VERSION: Final = re.compile(r"\d{4}-\d\d-\d\d")
_BETA: Final = re.compile(r"[a-z0-9-]{1,60}(?:, ?[a-z0-9-]{1,60}){0,15}")
_DEFAULT_VERSION: Final = "2023-06-01"
_TYPES: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}


class AnthropicMessages:
    """``POST /v1/messages``."""

    name: WireName = "anthropic-messages"
    path = "messages"

    def prepare(self, body: dict[str, object], redactor: Redactor, model: str) -> ModelRequest:
        """The request for the provider."""
        if not isinstance(body.get("messages"), list):
            raise Refused(400, "invalid_request", "The request has no list of messages.")
        if not count(body.get("max_tokens")):
            raise Refused(400, "invalid_request", "The request does not say max_tokens.")
        refuse_foreign_tools(body.get("tools"), _TOOLS, _CLIENT_TOOLS)
        refuse_foreign_fields(body, MESSAGES_FIELDS)
        refuse_references([body["messages"], body.get("system")])
        clean = redacted(body, redactor)
        clean["model"] = model
        return ModelRequest(clean, wants_stream(body), estimate_prompt(clean))

    def answer_limit(self, request: ModelRequest) -> int | None:
        """``max_tokens``, thoughts included."""
        return count(request.body.get("max_tokens"))

    def limit_answer(self, request: ModelRequest, tokens: int) -> ModelRequest:
        """Where it is not limited more strictly already. Thoughts must fit within the limit."""
        thinking = request.body.get("thinking")
        thoughts = count(thinking.get("budget_tokens")) if isinstance(thinking, dict) else None
        if thoughts is not None and thoughts >= tokens:
            raise Refused(400, "token_budget_reached", "What is left of the token budget does not suffice.")
        return request.with_fields(max_tokens=min(self.answer_limit(request) or tokens, tokens))

    def usage_of(self, answer: Mapping[str, object]) -> Usage | None:
        """From the answer's ``usage``."""
        return messages_usage(answer.get("usage"))

    def checker(self, redactor: Redactor, request: ModelRequest) -> AnswerChecker:
        """See ``MessagesStream``."""
        return MessagesStream(redactor)

    def error_body(self, refused: Refused) -> dict[str, object]:
        """``{"type": "error", "error": {...}}``."""
        return anthropic_error(refused)

    def headers(self, key: str | None, client: Mapping[str, str]) -> dict[str, str]:
        """The key, the version and the features in test that the client asks for."""
        headers = {"x-api-key": key} if key else {}
        version = client.get("anthropic-version", "")
        headers["anthropic-version"] = version if _VERSION.fullmatch(version) else _DEFAULT_VERSION
        beta = client.get("anthropic-beta", "")
        return headers | ({"anthropic-beta": beta} if _BETA.fullmatch(beta) else {})


def anthropic_error(refused: Refused) -> dict[str, object]:
    """An error as Anthropic's API writes it, also in the middle of a stream."""
    default = "invalid_request_error" if refused.status < 500 else "api_error"
    kind = refused.kind or _TYPES.get(refused.status, default)
    return {"type": "error", "error": {"type": kind, "message": refused.message}}
