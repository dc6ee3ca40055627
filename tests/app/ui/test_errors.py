"""How a page tells what went wrong."""

from reflex.event import Event

from letsbe_app.errors import Conflict, NotSignedIn
from letsbe_app.ui.errors import render_error


def shown(exception: Exception) -> str:
    [event] = Event.from_event_type(render_error(exception))
    return str(event.payload)


def test_somebody_who_is_not_signed_in_is_led_there() -> None:
    assert "{'page': '/sign-in', 'returns': True}" in shown(NotSignedIn("Please sign in."))


def test_a_refusal_is_shown_in_its_own_words() -> None:
    assert "Somebody was first." in shown(Conflict("Somebody was first."))


def test_what_was_not_foreseen_says_nothing_of_itself() -> None:
    text = shown(ValueError("secret inside"))
    assert "secret" not in text
    assert "That did not work" in text
