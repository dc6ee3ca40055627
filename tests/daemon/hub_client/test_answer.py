import json

import pytest

from tenant_daemon.hub_client import answer
from tenant_daemon.hub_client.answer import AnswerText
from tenant_daemon.redaction import KnownSecret, Redactor

SECRET = "correct-horse-battery-staple-42"


def _answer(already: str = "") -> AnswerText:
    return AnswerText(Redactor([KnownSecret("mail", SECRET)]).stream(), already)


def _play(wholes: list[str], end: str | None = None) -> tuple[str, str]:
    text = _answer()
    given = "".join(text.grow(whole) for whole in wholes) + text.finish(end)
    return given, text.text


def test_pieces_join_to_the_whole() -> None:
    given, text = _play(["Hello", "Hello you", "Hello you, there"], "Hello you, there.")
    assert given == text == "Hello you, there."


def test_skipped_states_do_no_harm() -> None:
    assert _play(["H", "Hello you"], "Hello you, there.")[0] == "Hello you, there."


def test_trimmed_state_takes_nothing_back() -> None:
    assert _play(["\n\nHello\n", "Hello", "Hello\n\nyou"], "Hello\n\nyou")[0] == "Hello\n\nyou"


def test_new_beginning_becomes_a_new_paragraph() -> None:
    assert _play(["There are 20", "There"], "There are 22 GB.")[0] == "There are 20\n\nThere are 22 GB."


@pytest.mark.parametrize("cut", range(1, len(SECRET)))
def test_secret_never_leaves_wherever_it_is_cut(cut: int) -> None:
    whole = f"The password is {SECRET} for the mail."
    given, _ = _play([whole[: 16 + cut], whole])
    assert given == "The password is SECRET_REF(mail) for the mail."


@pytest.mark.parametrize("cut", range(4, len(SECRET)))
def test_all_is_given_before_a_tool_call_but_a_secret_that_has_begun(cut: int) -> None:
    whole = f"The password is {SECRET} for the mail."
    text = _answer()
    assert text.grow("That removes it.") + text.pause() == "That removes it."
    given = text.grow(f"That removes it.\n\n{whole[: 16 + cut]}") + text.pause()
    assert given == "\n\nThe password is "
    assert text.grow(f"That removes it.\n\n{whole}") + text.pause() == "SECRET_REF(mail) for the mail."


def test_answer_goes_on_where_it_was_before_a_restart() -> None:
    text = _answer(already="Hello y")
    assert text.grow("Hello") == ""
    assert text.grow("Hello you, ") + text.finish("Hello you, there.") == "ou, there."
    assert text.text == "Hello you, there."


def test_half_an_emoji_waits_for_its_other_half() -> None:
    given, _ = _play(["Hi \ud83d", "Hi \U0001f600 you"], "Hi \U0001f600 you")
    assert given == "Hi \U0001f600 you"
    assert _play(["a\udc00b"])[0] == "a\ufffdb"


def test_answer_is_cut_at_what_one_frame_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer, "MAX_JSON_BYTES", 40)
    text = _answer()
    for count in range(1, 30):
        text.grow("\x01 word " * count)
    text.finish()
    assert text.is_cut
    assert len(json.dumps(text.text, ensure_ascii=False).encode()) <= 42
