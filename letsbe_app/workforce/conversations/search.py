"""
Finding words in what was said. The database holds only sealed text, so it is opened and read here.

One call reads a bounded number of messages, newest conversations first, and hands out a cursor to go on.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import ChatMessage, Conversation
from letsbe_app.db.tenant_content import Content
from letsbe_app.errors import InvalidInput
from letsbe_app.kit.pagination import Page
from letsbe_app.workforce.conversations import repository
from letsbe_app.workforce.conversations.schemas import ConversationView, conversation_view, place
from letsbe_app.workforce.cursors import TimeCursor

MAX_WORDS_LENGTH: Final = 200
_READ_AT_MOST: Final = 4_000
_CONVERSATIONS_AT_ONCE: Final = 50
_BEFORE, _AFTER = 40, 100
"""Characters of the excerpt on either side of where the first word begins."""


@dataclass(frozen=True)
class Hit:
    """A conversation in which all the words stand in one message, or in its title."""

    conversation: ConversationView
    message_id: str | None
    """The newest message that has them; None when only the title does."""
    excerpt: str
    """Around the first word, on one line."""


def words_in(text: str) -> list[str]:
    """
    The words to look for, in small letters.

    Raises:
        InvalidInput: There is none, or the text is too long.
    """
    words = text.casefold().split()
    if not words:
        raise InvalidInput.of_field("words", "Write what to look for.")
    if len(text) > MAX_WORDS_LENGTH:
        raise InvalidInput.of_field("words", f"Use at most {MAX_WORDS_LENGTH} characters.")
    return words


async def find(
    session: AsyncSession,
    tenant_id: str,
    content: Content,
    words: Sequence[str],
    after: TimeCursor | None,
    limit: int,
) -> Page[Hit]:
    """Hits from the cursor on; fewer than ``limit``, or none, with a cursor means: there is more to read."""
    hits: list[Hit] = []
    read = 0
    while len(hits) < limit and read < _READ_AT_MOST:
        rows = await repository.recent(session, tenant_id, None, after, _CONVERSATIONS_AT_ONCE)
        for row in rows:
            messages = await repository.newest_messages(session, row.id, None, _READ_AT_MOST)
            read += len(messages) + 1
            # Opening and reading a long conversation takes milliseconds that other requests need.
            hit = await asyncio.to_thread(_hit, row, messages, content, words)
            after = _place_of(row)
            if hit is not None:
                hits.append(hit)
            if len(hits) == limit or read >= _READ_AT_MOST:
                break
        if len(rows) < _CONVERSATIONS_AT_ONCE and (not rows or after == _place_of(rows[-1])):
            return Page(hits, None)
    return Page(hits, str(after) if after else None)


def _place_of(row: Conversation) -> TimeCursor:
    return TimeCursor(row.last_message_at, row.id)


def _hit(
    row: Conversation, messages: Sequence[ChatMessage], content: Content, words: Sequence[str]
) -> Hit | None:
    view = conversation_view(row, content)
    for message in messages:
        text = content.open(message.text, place("message.text", message.id))
        if _has(text, words):
            return Hit(view, message.id, _excerpt(text, words[0]))
    return Hit(view, None, view.title) if _has(view.title, words) else None


def _has(text: str, words: Sequence[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in words)


def _excerpt(text: str, word: str) -> str:
    line = " ".join(text.split())
    # Folding may change lengths ("ß"), so the place is only about right, which is enough for an excerpt.
    at = max(line.casefold().find(word), 0)
    start, end = max(at - _BEFORE, 0), min(at + _AFTER, len(line))
    return ("…" if start else "") + line[start:end].strip() + ("…" if end < len(line) else "")
