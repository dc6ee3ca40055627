"""OpenAI's chat completions, which most other providers speak as well."""

from collections.abc import Mapping
from typing import Final

from tenant_daemon.egress.answer_stream import AnswerStream
from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.formats.self_contained import (
    CHAT_FIELDS,
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
from tenant_daemon.egress.openai_errors import bearer, openai_error
from tenant_daemon.egress.usage import reported_usage
from tenant_daemon.metering import Usage
from tenant_daemon.redaction import Redactor
from tenant_daemon.settings import WireName

_LIMIT_FIELDS: Final = ("max_completion_tokens", "max_tokens")
_TOOLS: Final = frozenset({"function", "custom"})


class OpenAIChat:
    """``POST /v1/chat/completions``."""

    name: WireName = "openai-chat"
    path = "chat/completions"

    def prepare(self, body: dict[str, object], redactor: Redactor, model: str) -> ModelRequest:
        """The request for the provider, with usage switched on."""
        if not isinstance(body.get("messages"), list):
            raise Refused(400, "invalid_request", "The request has no list of messages.")
        if body.get("n") is not None and not count(body.get("n")):
            raise Refused(400, "invalid_request", "The request's n is no number of answers.")
        refuse_foreign_tools(body.get("tools"), _TOOLS)
        refuse_foreign_fields(body, CHAT_FIELDS)
        refuse_references(body["messages"])
        clean = redacted(body, redactor)
        clean["model"] = model
        is_stream = wants_stream(body)
        wants_usage = False
        if is_stream:
            options = clean.get("stream_options")
            options = dict(options) if isinstance(options, dict) else {}
            wants_usage = options.get("include_usage") is True
            clean["stream_options"] = options | {"include_usage": True}
        return ModelRequest(clean, is_stream, estimate_prompt(clean), wants_usage)

    def answer_limit(self, request: ModelRequest) -> int | None:
        """Of all the answers that were asked for together, whichever of two limits the provider takes."""
        limits = [count(request.body[field]) for field in _limits_in(request)]
        # What is no number of tokens (-1, 0, 1e9) means no limit to some providers.
        given = [limit for limit in limits if limit]
        return max(given) * _answers(request) if given and len(given) == len(limits) else None

    def limit_answer(self, request: ModelRequest, tokens: int) -> ModelRequest:
        """Where it is not limited more strictly already."""
        each = tokens // _answers(request)
        if not each:
            raise Refused(400, "token_budget_reached", "What is left of the token budget does not suffice.")
        limits = {field: min(each, count(request.body[field]) or each) for field in _limits_in(request)}
        return request.with_fields(**(limits or {"max_tokens": each}))

    def usage_of(self, answer: Mapping[str, object]) -> Usage | None:
        """From the answer's ``usage``."""
        return reported_usage(answer.get("usage"))

    def checker(self, redactor: Redactor, request: ModelRequest) -> AnswerChecker:
        """See ``AnswerStream``."""
        return AnswerStream(redactor, keeps_usage=request.wants_usage)

    def error_body(self, refused: Refused) -> dict[str, object]:
        """``{"error": {...}}``."""
        return openai_error(refused)

    def headers(self, key: str | None, client: Mapping[str, str]) -> dict[str, str]:
        """A bearer token."""
        return bearer(key)


def _limits_in(request: ModelRequest) -> list[str]:
    return [field for field in _LIMIT_FIELDS if request.body.get(field) is not None]


def _answers(request: ModelRequest) -> int:
    return max(1, count(request.body.get("n")) or 1)
