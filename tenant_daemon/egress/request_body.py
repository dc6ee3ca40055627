"""Reads a model request. What it cannot read in full is refused: only what was understood was redacted."""

from starlette.requests import Request

from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.json_text import read_json

MAX_BODY_BYTES = 32 * 1024 * 1024


async def read_body(request: Request) -> bytes:
    """
    The request's body, not looked at yet.

    Raises:
        Refused: Compressed, of another type or encoding, or too large.
    """
    _check_headers(request)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise _too_large()
    return bytes(body)


def parse_body(body: bytes) -> dict[str, object]:
    """The JSON object in ``body``; raises Refused."""
    try:
        value = read_json(body)
    except ValueError:
        # Not chained: the cause quotes the text.
        raise Refused(400, "invalid_json", "The request body is not valid JSON in UTF-8.") from None
    if not isinstance(value, dict):
        raise Refused(400, "invalid_json", "The request body must be a JSON object.")
    return value


def _check_headers(request: Request) -> None:
    encodings = request.headers.getlist("content-encoding")
    if any(encoding.strip().lower() not in {"", "identity"} for encoding in encodings):
        raise Refused(415, "unsupported_encoding", "Compressed requests are refused: send plain JSON.")
    # Two of them are none: what reads the first and what reads the last would not agree.
    kind, _, parameters = ", ".join(request.headers.getlist("content-type")).partition(";")
    if kind.strip().lower() != "application/json":
        raise Refused(415, "unsupported_content_type", "Only application/json is accepted.")
    charset = "".join(parameters.lower().split()).replace('"', "")
    if any(name.startswith("charset=") and name != "charset=utf-8" for name in charset.split(";")):
        raise Refused(415, "unsupported_charset", "Only UTF-8 is accepted.")
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > MAX_BODY_BYTES:
        raise _too_large()


def _too_large() -> Refused:
    limit = MAX_BODY_BYTES // 1024 // 1024
    return Refused(413, "request_too_large", f"The request is larger than {limit} MiB.")
