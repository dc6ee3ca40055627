"""What an answer cost: as the upstream says, or estimated when the stream was cut before it said so."""

import re
from typing import Final, TypeGuard

from tenant_daemon.metering import Usage
from tenant_daemon.redaction import Redactor

_CHARACTERS_PER_TOKEN = 4
_LABEL: Final = re.compile(r"[a-z][a-z0-9_]{0,60}")


def reported_usage(value: object) -> Usage | None:
    """
    The usage in an upstream's ``usage`` object; None when there is none or it makes no sense.

    Some providers leave thoughts out of ``completion_tokens``; what they charge for is the sum.
    """
    if not isinstance(value, dict):
        return None
    prompt, completion = value.get("prompt_tokens"), value.get("completion_tokens")
    total = value.get("total_tokens")
    details = value.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else 0
    if not _is_count(prompt) or not _is_count(completion):
        return None
    answered = max(completion, total - prompt) if _is_count(total) else completion
    return Usage(prompt, answered, cached if _is_count(cached) else 0)


def estimated_usage(prompt_tokens: int, answer_characters: int) -> Usage:
    """A guess for a request whose answer was cut."""
    return Usage(prompt_tokens, -(-answer_characters // _CHARACTERS_PER_TOKEN), is_estimated=True)


def label(value: object, redactor: Redactor) -> str:
    """A provider's word for a kind of error, when it looks like one and is no secret; else empty."""
    if not isinstance(value, str) or not _LABEL.fullmatch(value):
        return ""
    return value if redactor.redact(value) == value else ""


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
