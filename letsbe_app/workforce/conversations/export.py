"""A whole conversation as a file: Markdown to read, JSON to work with."""

import re
import unicodedata
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from enum import StrEnum
from typing import Any, Final

import orjson

from letsbe_app.db.models import MessageRole
from letsbe_app.workforce.conversations.schemas import ConversationView, MessageView

_NAME_LENGTH: Final = 60


class ExportFormat(StrEnum):
    """Kinds of files."""

    MARKDOWN = "markdown"
    JSON = "json"

    @property
    def media_type(self) -> str:
        return "text/markdown; charset=utf-8" if self is ExportFormat.MARKDOWN else "application/json"

    @property
    def suffix(self) -> str:
        return ".md" if self is ExportFormat.MARKDOWN else ".json"


def file_name(conversation: ConversationView, kind: ExportFormat) -> str:
    """A name that every system takes: from the title, in plain letters."""
    plain = unicodedata.normalize("NFKD", conversation.title).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-").lower()[:_NAME_LENGTH].strip("-")
    return f"{words or 'conversation'}{kind.suffix}"


async def export(
    conversation: ConversationView,
    messages: AsyncIterator[MessageView],
    kind: ExportFormat,
    agent_name: str,
) -> AsyncIterator[bytes]:
    """The file piece by piece, so that a long conversation never lies in memory as a whole."""
    if kind is ExportFormat.JSON:
        async for piece in _as_json(conversation, messages):
            yield piece
        return
    yield f"# {_one_line(conversation.title) or 'Conversation'}\n".encode()
    async for message in messages:
        yield _as_markdown(message, agent_name).encode()


async def _as_json(
    conversation: ConversationView, messages: AsyncIterator[MessageView]
) -> AsyncIterator[bytes]:
    yield b'{"conversation":' + _json(asdict(conversation)) + b',"messages":['
    separator = b"\n"
    async for message in messages:
        yield separator + _json(asdict(message))
        separator = b",\n"
    yield b"\n]}\n"


_json: Callable[[Any], bytes] = orjson.dumps


def _as_markdown(message: MessageView, agent_name: str) -> str:
    speaker = "You" if message.role == MessageRole.USER else agent_name
    parts = [f"\n## {speaker}, {message.created_at:%Y-%m-%d %H:%M} UTC\n"]
    parts += [
        f"\n> {_one_line(call.summary or call.tool_name)}: {call.status}\n" for call in message.tool_calls
    ]
    if message.text:
        parts.append(f"\n{message.text.strip()}\n")
    if message.note:
        parts.append(f"\n*{_one_line(message.note)}*\n")
    return "".join(parts)


def _one_line(text: str) -> str:
    return " ".join(text.split())
