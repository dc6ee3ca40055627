"""OpenAI's Responses."""

from collections.abc import Mapping
from typing import Final

from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.formats.responses_stream import ResponsesStream, responses_usage
from tenant_daemon.egress.formats.self_contained import (
    RESPONSES_FIELDS,
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
from tenant_daemon.metering import Usage
from tenant_daemon.redaction import Redactor
from tenant_daemon.settings import WireName

_TOOLS: Final = frozenset({"function", "custom", "local_shell", "apply_patch"})


class OpenAIResponses:
    """``POST /v1/responses``."""

    name: WireName = "openai-responses"
    path = "responses"

    def prepare(self, body: dict[str, object], redactor: Redactor, model: str) -> ModelRequest:
        """The request for the provider. One that would run on without us is refused."""
        if body.get("background"):
            raise Refused(400, "invalid_request", "Answers in the background cannot be metered or stopped.")
        refuse_foreign_fields(body, RESPONSES_FIELDS)
        if not isinstance(body.get("input"), str | list):
            raise Refused(400, "invalid_request", "The request has no input.")
        refuse_foreign_tools(body.get("tools"), _TOOLS)
        refuse_references(body["input"])
        clean = redacted(body, redactor)
        clean["model"] = model
        return ModelRequest(clean, wants_stream(body), estimate_prompt(clean))

    def answer_limit(self, request: ModelRequest) -> int | None:
        """``max_output_tokens``, thoughts included."""
        return count(request.body.get("max_output_tokens")) or None

    def limit_answer(self, request: ModelRequest, tokens: int) -> ModelRequest:
        """Where it is not limited more strictly already."""
        return request.with_fields(max_output_tokens=min(self.answer_limit(request) or tokens, tokens))

    def usage_of(self, answer: Mapping[str, object]) -> Usage | None:
        """From the answer's ``usage``."""
        return responses_usage(answer.get("usage"))

    def checker(self, redactor: Redactor, request: ModelRequest) -> AnswerChecker:
        """See ``ResponsesStream``."""
        return ResponsesStream(redactor)

    def error_body(self, refused: Refused) -> dict[str, object]:
        """``{"error": {...}}``."""
        return openai_error(refused)

    def headers(self, key: str | None, client: Mapping[str, str]) -> dict[str, str]:
        """A bearer token."""
        return bearer(key)
