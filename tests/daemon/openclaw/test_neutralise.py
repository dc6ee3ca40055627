"""No message is a command to OpenClaw."""

import pytest

from tenant_daemon.openclaw.neutralise import neutralise


@pytest.mark.parametrize("text", ["/status", "  /model x", "\ufeff/new", "! ls", "stop", "hello"])
def test_every_message_is_marked_and_kept_as_it_is(text: str) -> None:
    marked = neutralise(text)
    assert marked[1:] == text
    assert not marked[0].isspace()
    assert not marked[0].isprintable()
