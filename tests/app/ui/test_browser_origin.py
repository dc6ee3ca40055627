"""Pages find their hub wherever they were loaded from."""

from pathlib import Path

import pytest

from letsbe_app.ui.browser_origin import BrowserOriginPlugin, with_browser_origin


@pytest.mark.parametrize("quote", ['"', "'", "`"])
def test_placeholders_become_expressions(quote: str) -> None:
    script = f"e={{PING:{quote}http://hub.invalid/ping{quote},EVENT:{quote}ws://hub.invalid/_event{quote}}}"
    assert with_browser_origin(script) == (
        'e={PING:(location.origin+"/ping"),EVENT:(location.origin.replace(/^http/,"ws")+"/_event")}'
    )


def test_other_addresses_stay() -> None:
    script = 'a="http://hub.invalid.example/x";b="https://letsbe.example"'
    assert with_browser_origin(script) == script


def test_a_bundle_without_a_placeholder_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("let x = 1")
    with pytest.raises(RuntimeError, match="could not reach the hub"):
        BrowserOriginPlugin().post_build(static_dir=tmp_path)


def test_the_bundle_is_rewritten(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('let x = "http://hub.invalid/ping"')
    BrowserOriginPlugin().post_build(static_dir=tmp_path)
    assert "hub.invalid" not in (tmp_path / "a.js").read_text()
