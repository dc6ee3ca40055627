"""What stands around a conversation."""

import pytest

from letsbe_app.ui.pages.chat.view_models import Colleague, chosen, colleagues, conversation_in, thread
from letsbe_app.workforce.conversations.schemas import ConversationView
from tests.support.ui_samples import NOW, agent_view


@pytest.mark.parametrize(
    ("path", "conversation_id"),
    [
        ("/portal/chat", ""),
        ("/portal/chat/", ""),
        ("/portal/chat/cnv_1", "cnv_1"),
        ("/portal/chat/cnv_1/", "cnv_1"),
        ("/portal/chat/cnv_1/x", ""),
    ],
)
def test_the_path_names_the_conversation(path: str, conversation_id: str) -> None:
    assert conversation_in(path) == conversation_id


def test_without_a_choice_one_talks_to_the_one_who_takes_any_request() -> None:
    known = colleagues([agent_view("sales"), agent_view("dispatcher")])
    assert chosen(known, "").agent_id == "dispatcher"
    assert chosen(known, "sales").agent_id == "sales"
    assert chosen(known, "nobody").agent_id == "dispatcher"
    assert chosen([], "sales") == Colleague()


def test_known_agents_come_with_things_to_ask() -> None:
    assert colleagues([agent_view("it-admin")])[0].suggestions[0] == "How much disk space is left?"
    assert colleagues([agent_view("own")])[0].suggestions == ()


def test_a_conversation_without_words_is_called_new() -> None:
    view = ConversationView("cnv_1", "ten_1", "sales", "", NOW, NOW)
    assert (thread(view).title, thread(view).last_message_at) == ("New conversation", NOW.isoformat())
