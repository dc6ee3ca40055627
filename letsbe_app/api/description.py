"""
The served description of the API (OpenAPI 3.1).

What holds for whole groups of routes (who may call them, which errors they answer with) is added here by
rule, so that a new route has it from its first day.
"""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from letsbe_app.api.csrf import CSRF_COOKIE, CSRF_HEADER
from letsbe_app.api.event_descriptions import add_events
from letsbe_app.api.examples import example_of
from letsbe_app.api.idempotency import CHANGING, IDEMPOTENCY_HEADER, NOT_KEPT
from letsbe_app.api.principals import SESSION_COOKIE, STAFF_COOKIE

Json = dict[str, Any]

CUSTOMER: Final = "/api/v1/customer/"
TENANT: Final = "/api/v1/tenant/"
ADMIN: Final = "/api/v1/admin/"
_BEFORE_A_KEY: Final = frozenset({f"{TENANT}register"})

_ERRORS: Final[dict[int, tuple[str, str, str]]] = {
    401: ("Not signed in", "not_signed_in", "Please sign in."),
    403: ("Not allowed", "forbidden", "Your role in this business does not allow this."),
    404: ("Not there, or another customer's", "not_found", "There is no such server."),
    409: ("Somebody else was first", "conflict", "Somebody has decided this already."),
    413: ("Too large", "too_large", "This request is larger than 1024 kB."),
    422: ("The input cannot be used", "invalid_input", "Some fields cannot be used as they are."),
    429: ("Too many requests", "rate_limited", "Too many requests. Go on in 12 seconds."),
    500: ("Our fault", "internal", "Something went wrong on our side. We have noted it."),
    503: ("A part is away", "unavailable", "Please try again in a moment."),
}

_DESCRIPTION: Final = f"""
Every answer is `{{"success": true, "data", "meta"}}` or `{{"success": false, "error": {{"code", "message",
"details"}}}}`. Programs go by `code`; `message` is for people.

* **Who calls.** A browser has the cookie `{SESSION_COOKIE}`; its changes also need the header `{CSRF_HEADER}`
  with the value of the cookie `{CSRF_COOKIE}`, and an `Origin` of ours. A program has an API key.
* **Lists** take `cursor` and `limit`; `meta.next_cursor` leads on and is null on the last page.
* **Changes** take an `{IDEMPOTENCY_HEADER}`. The same key gets the first answer for 24 hours
  (`Idempotency-Replayed: true`), with another request it is refused (422), and while the first one runs it is
  a conflict (409).
* **Rates** are told in `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`; over the limit the
  answer is 429 with `Retry-After`.
* **Webhooks** are signed as [Standard Webhooks](https://www.standardwebhooks.com) says; any of its libraries
  checks them. Answer with a 2xx within 15 seconds, and expect an event more than once, in any order.
* Every answer has an `X-Request-Id`: name it when you write to us.
""".strip()


def describe(app: FastAPI) -> Json:
    """The description; made once and kept with the application."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=_DESCRIPTION, routes=app.routes
        )
        _complete(document)
        add_events(document)
        app.openapi_schema = document
    return app.openapi_schema


def _complete(document: Json) -> None:
    components = document["components"]
    components["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
        "staff": {"type": "apiKey", "in": "cookie", "name": STAFF_COOKIE},
        "server": {"type": "http", "scheme": "bearer", "description": "The key of a server: `lbt_…`."},
        "apiKey": {"type": "http", "scheme": "bearer", "description": "A key of a customer: `lbk_…`."},
    }
    components["headers"] = _headers()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _complete_operation(path, method.upper(), operation, components)


def _complete_operation(path: str, method: str, operation: Json, components: Json) -> None:
    is_customers, is_change = path.startswith(CUSTOMER), method in CHANGING
    schemas = components["schemas"]
    parameters = operation.setdefault("parameters", [])
    if is_customers:
        operation["security"] = [{"session": []}, {"apiKey": []}]
    if path.startswith(TENANT) and path not in _BEFORE_A_KEY:
        operation["security"] = [{"server": []}]
    if path.startswith(ADMIN):
        operation["security"] = [{"staff": []}]
    takes_key = path.startswith((CUSTOMER, ADMIN)) or "tenant reports" in operation["tags"]
    if takes_key and is_change and not NOT_KEPT.items() <= operation.items():
        parameters.append(_idempotency_parameter())
    for media in operation.get("requestBody", {}).get("content", {}).values():
        _add_example(media, schemas)
    responses = operation["responses"]
    for response in responses.values():
        response["headers"] = _header_refs("X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining")
        for media in response.get("content", {}).values():
            _add_example(media, schemas)
    for status in _statuses(path, operation, is_customers=is_customers, is_change=is_change):
        responses[str(status)] = _error_response(status)


def _add_example(media: Json, schemas: Json) -> None:
    # A file to be downloaded has no schema, and needs no example.
    if "schema" in media:
        media.setdefault("example", example_of(media["schema"], schemas))


def _statuses(path: str, operation: Json, *, is_customers: bool, is_change: bool) -> list[int]:
    statuses = {422, 429, 500, 503}
    if is_customers or path.startswith((TENANT, ADMIN)):
        statuses |= {401}
    if is_customers or is_change or path.startswith(ADMIN):
        statuses |= {403}
    if is_change or "sign" in path:
        statuses |= {401, 409}
    if "requestBody" in operation:
        statuses |= {413}
    if is_change or any(one["in"] == "path" for one in operation["parameters"]):
        statuses |= {404}
    return sorted(statuses)


def _error_response(status: int) -> Json:
    title, code, message = _ERRORS[status]
    details = [{"field": "email", "message": "This field is needed."}] if status == 422 else []
    example = {"success": False, "error": {"code": code, "message": message, "details": details}}
    names = ["X-Request-Id", *(["Retry-After"] if status == 429 else [])]
    return {
        "description": title,
        "headers": _header_refs(*names),
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/FailureAnswer"}, "example": example}
        },
    }


def _idempotency_parameter() -> Json:
    return {
        "name": IDEMPOTENCY_HEADER,
        "in": "header",
        "required": False,
        "description": "Makes repeating this request harmless for 24 hours.",
        "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,255}$", "examples": ["5c1f6f0e-8f6b"]},
    }


def _header_refs(*names: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _headers() -> Json:
    texts = {
        "X-Request-Id": ("Names this request in our logs.", "string"),
        "RateLimit-Limit": ("Requests per minute.", "integer"),
        "RateLimit-Remaining": ("How many are left.", "integer"),
        "Retry-After": ("Seconds to wait.", "integer"),
    }
    return {name: {"description": text, "schema": {"type": kind}} for name, (text, kind) in texts.items()}
