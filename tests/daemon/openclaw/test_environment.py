"""What OpenClaw gets to see of us."""

from pathlib import Path

import pytest

from tenant_daemon.openclaw.environment import OPENCLAW_VERSION, clean_environment, command
from tests.support.openclaw import ROOT, make_home, make_settings


def test_nothing_of_our_environment_is_handed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-ours")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy")
    home = make_home(tmp_path)
    environment = clean_environment(home, make_settings())
    assert "OPENAI_API_KEY" not in environment
    assert "HTTP_PROXY" not in environment
    assert environment["HOME"] == str(home.openclaw_dir)


def test_no_secret_is_an_argument(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    line = " ".join(command(make_settings(), "gateway"))
    assert not [path for path in home.keys_dir.glob("*.token") if path.read_text() in line]


def test_the_lock_file_holds_the_pinned_release_and_no_registry() -> None:
    release = ROOT / "tenant_daemon/openclaw/release"
    assert f'"openclaw": "{OPENCLAW_VERSION}"' in (release / "package.json").read_text()
    lock = (release / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') > 300
