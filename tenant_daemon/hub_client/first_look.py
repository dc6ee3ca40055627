"""
The first look at what comes from the hub: a secret of the vault that a person has typed stays a name here.

The proxy takes secrets out of whatever reaches a model, so an agent reads the same either way. But OpenClaw
keeps what it is told: in its transcripts, in the agents' instructions. What is not said to it need not be
found there again.
"""

from collections.abc import Callable
from typing import Any

import orjson
import structlog

from tenant_daemon.contracts.chat import MAX_FILE_NAME_CHARACTERS, MAX_TEXT_CHARACTERS
from tenant_daemon.contracts.config import MAX_NAME_CHARACTERS, MAX_SOUL_CHARACTERS
from tenant_daemon.redaction import LiveRedactor

log = structlog.get_logger()

_Refer = Callable[[dict[str, Any], str, int], None]


def look_at(frame: str | bytes, redactor: LiveRedactor) -> str | bytes:
    """
    The frame with the names of secrets in the words for agents; other kinds go as they are.

    Edits of calls are looked at where they are decided: what runs must stay what the person wrote.

    Raises whatever the vault raises.
    """
    data = frame.encode("utf-8", "surrogatepass") if isinstance(frame, str) else frame
    current = redactor.current()
    if not current.known.find(data):
        return frame
    try:
        content = orjson.loads(data)
        payload = content["payload"]
        kind = payload["kind"]
    except (ValueError, KeyError, TypeError):
        # What is no frame is refused by whoever parses it.
        return frame

    def refer(holder: dict[str, Any], field: str, most: int) -> None:
        text = holder.get(field)
        if not isinstance(text, str):
            return
        named = current.name_secrets(text)
        # A name may be longer than its value. What would no longer be taken stays, and the proxy finds it.
        if len(named) <= most:
            holder[field] = named

    if kind == "chat.send":
        _words(payload, refer)
    elif kind == "config.apply":
        _agents(payload, refer)
    else:
        return frame
    log.info("link.secret_named", kind=kind)
    return orjson.dumps(content)


def _words(payload: dict[str, Any], refer: _Refer) -> None:
    refer(payload, "text", MAX_TEXT_CHARACTERS)
    for file in _dicts(payload.get("attachments")):
        refer(file, "name", MAX_FILE_NAME_CHARACTERS)


def _agents(payload: dict[str, Any], refer: _Refer) -> None:
    config = payload.get("config")
    for agent in _dicts(config.get("agents") if isinstance(config, dict) else None):
        refer(agent, "name", MAX_NAME_CHARACTERS)
        refer(agent, "soul_md", MAX_SOUL_CHARACTERS)


def _dicts(items: object) -> list[dict[str, Any]]:
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
