"""
Fields that must come back to the model as they were.

Reason: a signature or an encrypted thought that lost a character makes the provider refuse the whole
conversation, and a picture that was "redacted" is broken. They are random by design, so guessing at them is
always wrong; only what the vault knows is taken out of them.
"""

import re

_OPAQUE_KEYS = frozenset(
    {
        "signature",
        "thought_signature",
        "thoughtsignature",
        "thinking_signature",
        "encrypted_content",
        "encrypted_index",
        "encrypted_reasoning",
        "reasoning_signature",
        "redacted_thinking",
        "system_fingerprint",
        "b64_json",
    }
)
_ID_KEYS = frozenset(
    {
        "id",
        "tool_call_id",
        "toolcallid",
        "call_id",
        "tool_use_id",
        "item_id",
        "response_id",
        "previous_response_id",
        "message_id",
        "request_id",
        "file_id",
        "session_id",
        "conversation_id",
        "run_id",
        "trace_id",
        "span_id",
    }
)
_REQUEST_KEYS = frozenset(
    {"prompt_cache_key", "safety_identifier", "user", "cachedcontent", "cached_content", "obfuscation"}
)
"""What a request or an answer says about itself."""
_MESSAGES = ("messages", "input", "contents", "choices", "delta")
"""One of these stands beside them."""
_REFERRING_KEYS = frozenset({"tool_call_id", "toolcallid", "call_id", "tool_use_id"})
"""What these hold says which call a result belongs to, whoever made it up; short, it hides nothing."""
_REFERENCE = re.compile(r"^[A-Za-z0-9_.:-]{1,20}$")
_LABEL_KEYS = frozenset(
    {"type", "role", "object", "status", "model", "finish_reason", "tool_choice", "detail", "format", "index"}
)
_LABEL = re.compile(r"^[a-zA-Z0-9_./:-]{0,40}$")
_PROTOCOL_ID = re.compile(
    r"^(?:call|toolu|tooluse|chatcmpl|msg|resp|rs|fc|req|run|item|file|gen|ws|ig|cmpl|fp|srvtoolu|step|thread|asst|container|cntr)"
    r"[_-][A-Za-z0-9_:.-]{1,200}$"
)
_NAME_OF_REQUEST = re.compile(r"^[A-Za-z0-9_.:/-]{1,200}$")
_MEDIA_URL = re.compile(
    r"^\s*data:(?:image|audio|video|font|application/(?:pdf|font|x-font|octet-stream|zip|vnd))[^,]{0,200};base64,",
    re.IGNORECASE,
)
BEFORE_MEDIA = frozenset("dD \t\r\n")
"""How a data URL may begin."""
_MEDIA_NEIGHBOURS = ("media_type", "mime_type", "mimeType", "format")
_MEDIA_TYPE = re.compile(
    r"^(?:image|audio|video|font)/|^(?:wav|mp3|flac|opus|pcm16|ogg|png|jpe?g|webp|gif)$|pdf$", re.IGNORECASE
)


_SOMETIMES_OPAQUE = frozenset({"thinking", "data"})


def has_meaning(key: str) -> bool:
    """Whether the name of a field can make its string anything else than text; media are media everywhere."""
    folded = key.lower()
    return (
        key in _LABEL_KEYS
        or folded in _ID_KEYS
        or folded in _OPAQUE_KEYS
        or folded in _REQUEST_KEYS
        or key in _SOMETIMES_OPAQUE
    )


def is_opaque(text: str, key: str, parent: dict[str, object] | None) -> bool:
    """Whether a string is a signature, encrypted state or media."""
    if text[:1] in BEFORE_MEDIA and _MEDIA_URL.match(text):
        return True
    if key.lower() in _OPAQUE_KEYS:
        return " " not in text
    if key == "thinking":
        # A signed thought: the provider refuses the conversation when it comes back changed.
        return parent is not None and parent.get("type") == "thinking" and bool(parent.get("signature"))
    if key != "data" or parent is None:
        return False
    if parent.get("type") in ("redacted_thinking", "reasoning.encrypted"):
        return True
    return any(_MEDIA_TYPE.search(str(parent.get(name, ""))) for name in _MEDIA_NEIGHBOURS)


def is_label(text: str, key: str) -> bool:
    """Whether a string only says what a part of a message is."""
    return key in _LABEL_KEYS and bool(_LABEL.match(text))


def is_identifier(text: str, key: str, parent: dict[str, object] | None) -> bool:
    """Whether a string is an id of the model's protocol."""
    if key.lower() in _REQUEST_KEYS:
        is_beside = parent is not None and any(name in parent for name in _MESSAGES)
        return is_beside and bool(_NAME_OF_REQUEST.match(text))
    if len(text) > 200 or key.lower() not in _ID_KEYS:
        return False
    return bool(_PROTOCOL_ID.match(text)) or (key.lower() in _REFERRING_KEYS and bool(_REFERENCE.match(text)))
