"""Logs hold ids, never content."""

import json
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest
import structlog

from letsbe_app.logs import configure_logging, drop_content, tell_cautions
from letsbe_app.settings import Settings


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Logging as a person sees it who runs the hub by hand."""
    before = structlog.get_config()
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    configure_logging(Settings(_env_file=None, LETSBE_LOG_LEVEL="info"))
    yield
    structlog.configure(**before)


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[list[dict[str, object]]]:
    """What is logged, filled when the test reads it."""
    before = structlog.get_config()
    configure_logging(Settings(_env_file=None, LETSBE_LOG_LEVEL="info"))

    class Lines(list[dict[str, object]]):
        def __iter__(self) -> Iterator[dict[str, object]]:
            return iter([json.loads(line) for line in capsys.readouterr().err.splitlines()])

    yield Lines()
    structlog.configure(**before)


def test_an_event_is_one_line_of_json(lines: list[dict[str, object]]) -> None:
    structlog.get_logger().info("order.placed", order_id="ord_1")
    (line,) = lines

    assert (line["event"], line["order_id"], line["level"]) == ("order.placed", "ord_1", "info")


def test_the_level_is_that_of_the_settings(lines: list[dict[str, object]]) -> None:
    structlog.get_logger().debug("order.looked_at")

    assert list(lines) == []


def test_fields_that_would_hold_content_are_dropped() -> None:
    event = {"event": "x", "password": "hush", "text": "hush", "order_id": "ord_1"}

    assert drop_content(None, "info", event) == {
        "event": "x",
        "password": "[not logged]",
        "text": "[not logged]",
        "order_id": "ord_1",
    }


def test_an_exception_shows_its_kind_and_place_but_not_its_text(lines: list[dict[str, object]]) -> None:
    try:
        raise ValueError("password=hush-hush")
    except ValueError as exc:
        structlog.get_logger().error("api.failed", exc_info=exc)
    (line,) = lines

    assert line["exception"] == "ValueError"
    assert "test_logs.py" in str(line["at"])
    assert "hush" not in json.dumps(line)


@pytest.mark.usefixtures("terminal")
def test_no_local_variable_is_shown_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(held: str) -> None:
        raise ValueError(len(held))

    try:
        fail("hush" + "-hush")
    except ValueError:
        structlog.get_logger().exception("api.failed")
    shown = capsys.readouterr().err

    assert "ValueError" in shown
    assert "hush-hush" not in shown


def test_settings_that_are_only_for_trying_out_are_told(lines: list[dict[str, object]]) -> None:
    notices = {
        f"LETSBE_{name}_URL": f"https://shop.example/{name}" for name in ("IMPRINT", "PRIVACY", "TERMS")
    }
    tell_cautions(Settings(_env_file=None, LETSBE_PUBLIC_URL="https://hub.example", **notices))
    assert list(lines) == []
    tell_cautions(Settings(_env_file=None, LETSBE_PUBLIC_URL="http://localhost:8000"))
    [line] = lines
    assert (line["level"], line["event"]) == ("warning", "settings.caution")


def test_a_public_hub_without_its_legal_notices_says_so(lines: list[dict[str, object]]) -> None:
    tell_cautions(
        Settings(
            _env_file=None,
            LETSBE_PUBLIC_URL="https://hub.example",
            LETSBE_IMPRINT_URL="https://shop.example/imprint",
            LETSBE_TERMS_URL="https://shop.example/terms",
        )
    )
    [line] = lines
    assert "LETSBE_PRIVACY_URL" in str(line)


def test_a_log_that_takes_no_more_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the disk is full: the page could otherwise not even say that something went wrong."""
    before = structlog.get_config()
    logged = 0
    # What it could not write it tries once more when it is closed.
    with suppress(OSError), open("/dev/full", "w", buffering=1) as full:
        monkeypatch.setattr(sys, "stderr", full)
        configure_logging(Settings(_env_file=None, LETSBE_LOG_LEVEL="info"))
        for _ in range(3):
            structlog.get_logger().error("ui.failed", error_type="OperationalError")
            logged += 1
    structlog.configure(**before)
    assert logged == 3
