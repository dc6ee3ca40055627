"""``python -m letsbe_app.sample``: what its exit code says."""

import os
import sys
from typing import Any

import pytest

import letsbe_app.sample.__main__ as command
from letsbe_app.sample.owner import SampleFailed, SampleSlow, SampleTaken


@pytest.mark.parametrize(
    ("outcome", "exit_code"),
    [
        (None, 0),
        (SampleTaken("She has another password."), 0),
        (SampleSlow("The server was not ready within 240 s."), os.EX_TEMPFAIL),
        (SampleFailed("Her server could not be set up."), 1),
    ],
)
def test_a_slow_server_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, outcome: Exception | None, exit_code: int
) -> None:
    async def run(*_: Any) -> None:
        if outcome is not None:
            raise outcome

    monkeypatch.setattr(command, "build_services", lambda _: None)
    monkeypatch.setattr(command, "configure_logging", lambda _: None)
    monkeypatch.setattr(command, "_run", run)
    monkeypatch.setattr(sys, "argv", ["sample", "--wait"])

    assert command.main() == exit_code
