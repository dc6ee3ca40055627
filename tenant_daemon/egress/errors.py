"""Refusals and failures, in the shape that OpenAI's clients read."""

from collections.abc import Mapping

from starlette.responses import JSONResponse


class Refused(Exception):
    """A request that is not passed on, or an upstream that failed. The message is for people and safe."""

    def __init__(
        self, status: int, code: str, message: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def error_body(refused: Refused) -> dict[str, object]:
    """``{"error": {...}}`` as OpenAI's API writes it."""
    return {
        "error": {
            "message": refused.message,
            "type": _type_of(refused.status),
            "param": None,
            "code": refused.code,
        }
    }


def error_response(refused: Refused) -> JSONResponse:
    """The whole answer."""
    # ``x-should-retry`` is read by OpenAI's clients: a refusal of ours stays one however often it is asked.
    headers = {"x-should-retry": "false"} if refused.status < 500 and refused.status != 429 else {}
    return JSONResponse(error_body(refused), refused.status, headers | refused.headers)


def _type_of(status: int) -> str:
    if status == 401:
        return "authentication_error"
    if status == 403:
        return "permission_error"
    if status == 402:
        return "insufficient_quota"
    if status == 429:
        return "rate_limit_error"
    return "invalid_request_error" if status < 500 else "server_error"
