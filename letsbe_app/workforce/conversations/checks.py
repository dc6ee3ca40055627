"""What a person may say, and how a message is recognised that is sent twice. Pure."""

import re
from typing import Final

from letsbe_app.db.models import ChatMessage
from letsbe_app.db.tenant_content import Content
from letsbe_app.errors import Conflict, InvalidInput, TooLarge
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.one_line import one_line
from letsbe_app.people.authz.actor import Actor
from letsbe_app.workforce.cleaned import is_cleaned
from letsbe_app.workforce.conversations.schemas import MessageView, message_view
from tenant_daemon.contracts.chat import MAX_TEXT_CHARACTERS

MAX_TEXT_LENGTH: Final = MAX_TEXT_CHARACTERS
MAX_TITLE_LENGTH: Final = 120
_MESSAGE_ID: Final = re.compile(r"[A-Za-z0-9_-]{8,40}")


def checked_text(text: str) -> str:
    """The text without blanks around it; raises InvalidInput or TooLarge."""
    said = text.strip()
    if not said:
        raise InvalidInput.of_field("text", "Write something first.")
    if len(said) > MAX_TEXT_LENGTH:
        raise TooLarge(f"A message has at most {MAX_TEXT_LENGTH:,} characters.")
    return said


def checked_title(title: str) -> str:
    """The title on one line; raises InvalidInput."""
    return one_line(title, "title", longest=MAX_TITLE_LENGTH, missing="Write a title.")


def checked_id(message_id: str | None) -> str:
    """The id that the browser chose, or a new one; raises InvalidInput."""
    if message_id is None:
        return new_id("msg")
    if _MESSAGE_ID.fullmatch(message_id) is None:
        raise InvalidInput.of_field("message_id", "8 to 40 letters, digits, underscores or hyphens.")
    return message_id


def same_message(
    earlier: ChatMessage, content: Content, actor: Actor, conversation_id: str, text: str | None
) -> MessageView:
    """The earlier message, if it says the same; anything, where ``text`` is None. Raises Conflict."""
    # Looked at first: on another server the text does not open.
    if (earlier.conversation_id, earlier.author_user_id) != (conversation_id, actor.user_id):
        raise _in_use()
    view = message_view(earlier, content)
    # The server may have taken a secret out since.
    if text is not None and not is_cleaned(text, view.text):
        raise _in_use()
    return view


def _in_use() -> Conflict:
    return Conflict("This message id is in use. Send the message again.")
