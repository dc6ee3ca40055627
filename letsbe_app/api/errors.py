"""The one place where the API turns errors into answers."""

from typing import Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from letsbe_app.api.envelope import failure, failure_of
from letsbe_app.errors import FieldProblem, InvalidInput, LetsBeError

log = structlog.get_logger()

_CODES: Final = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
_REMEDIES: Final = {
    "missing": "This field is needed.",
    "string_too_long": "This text is too long.",
    "string_too_short": "This text is too short.",
    "too_long": "These are too many.",
    "extra_forbidden": "There is no such field.",
    "json_invalid": "This is not valid JSON.",
}


def install_error_handlers(app: FastAPI) -> None:
    """Every error of the routes below gets the envelope."""
    app.add_exception_handler(LetsBeError, _on_known_error)
    app.add_exception_handler(RequestValidationError, _on_bad_request)
    app.add_exception_handler(HTTPException, _on_http_error)


async def _on_known_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, LetsBeError)
    if error.status == 403:
        log.info("api.forbidden", code=error.code)
    if error.status >= 500:
        log.warning("api.unavailable", code=error.code, cause=type(error.__cause__).__name__)
    return failure_of(error)


async def _on_bad_request(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = [_field_problem(problem) for problem in error.errors()]
    return failure_of(InvalidInput("Some fields cannot be used as they are.", problems))


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, LetsBeError):
        # FastAPI turns whatever comes up while it reads a body into a 400 of its own.
        return failure_of(error.__cause__)
    if error.status_code == 400:
        # FastAPI's word for a body that is not even text; callers have one status for bad input.
        return failure_of(InvalidInput.of_field("body", "This is not valid JSON."))
    code = _CODES.get(error.status_code, "bad_request")
    headers = dict(error.headers) if error.headers else None
    return failure(error.status_code, code, _words(error.status_code, request), headers=headers)


class UnknownErrors:
    """
    Middleware that answers for what nobody foresaw.

    An exception handler would not do: the framework raises such an error again behind it, and the server
    would print its text, which may quote a value.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        has_started = False

        async def noting_send(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, receive, noting_send)
        except Exception as error:
            log.error("api.failed", exc_info=error)
            if has_started:
                # Half an answer is out: only closing the connection tells the caller so.
                raise ConnectionAbortedError from None
            answer = failure(500, "internal", "Something went wrong on our side. We have noted it.")
            await answer(scope, receive, send)


def _field_problem(problem: dict[str, object]) -> FieldProblem:
    location = problem.get("loc")
    parts = [str(part) for part in location] if isinstance(location, tuple) else []
    # The first part says body, query or path: callers know where they put it. Input values are not repeated.
    field = ".".join(parts[1:]) or "body"
    kind = str(problem.get("type"))
    return FieldProblem(field, _REMEDIES.get(kind, f"{problem.get('msg')}."))


def _words(status: int, request: Request) -> str:
    match status:
        case 404:
            return "There is nothing at this address."
        case 405:
            return f"This address does not take {request.method}."
        case _:
            return "This request cannot be used as it is."
