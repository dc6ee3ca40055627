"""What the settings page shows of sessions, people and keys."""

from datetime import UTC, datetime

import pytest

from letsbe_app.people.keys.service import KeyView
from letsbe_app.ui.pages.settings.view_models import KeyRow, device_of, key_row, waiting_time_choices
from letsbe_app.ui.text import texts

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0", "Firefox, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18) Version/18 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/140.0 Safari/537.36", "Chrome, Android"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("<script>", "script"),
        ("", "?"),
    ],
)
def test_a_browser_is_named_in_words(user_agent: str, device: str) -> None:
    assert device_of(user_agent) == device


def test_a_key_is_shown_without_its_secret_part() -> None:
    view = KeyView("key_1", "Till", "lbk_abcdefgh", ["chat", "read"], "usr_1", None, AT)

    assert key_row(view) == KeyRow("key_1", "Till", "lbk_abcdefgh", "chat, read", "")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (60, "1 minute"),
        (90, "90 seconds"),
        (5_400, "90 minutes"),
        (3_600, "1 hour"),
        (86_400, "24 hours"),
        (604_800, "7 days"),
    ],
)
def test_how_long_a_question_waits_is_told_in_words(seconds: int, words: str) -> None:
    assert texts().waiting_time.duration(seconds) == words


def test_what_is_set_is_among_the_choices_whatever_it_is() -> None:
    usual = [(one.title, one.is_chosen) for one in waiting_time_choices(86_400)]
    by_program = [(one.title, one.is_chosen) for one in waiting_time_choices(900)]

    assert usual == [
        ("1 hour", False),
        ("8 hours", False),
        ("24 hours", True),
        ("3 days", False),
        ("7 days", False),
    ]
    assert by_program == [("15 minutes", True), *((title, False) for title, _ in usual)]
