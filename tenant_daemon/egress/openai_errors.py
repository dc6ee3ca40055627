"""Errors and authorisation as OpenAI's clients know them."""

from tenant_daemon.egress.errors import Refused


def openai_error(refused: Refused) -> dict[str, object]:
    """``{"error": {...}}`` as OpenAI's API writes it."""
    return {
        "error": {
            "message": refused.message,
            "type": refused.kind or _type_of(refused.status),
            "param": None,
            "code": refused.code,
        }
    }


def bearer(key: str | None) -> dict[str, str]:
    """The header that carries a key; none when there is no key."""
    return {"authorization": f"Bearer {key}"} if key else {}


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
