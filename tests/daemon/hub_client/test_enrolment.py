"""Enrolment against a small hub over real HTTP."""

import json
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.enrolment import (
    Enrolled,
    EnrolmentFailed,
    Secrets,
    enrol,
    follow_hub,
    read_enrolment,
)
from tenant_daemon.hub_client.settings_file import write_settings
from tenant_daemon.settings import (
    HUB_KEY_SECRET,
    UPSTREAM_KEY_SECRET,
    Model,
    Policy,
    Ports,
    TenantSettings,
    load_settings,
)
from tenant_daemon.vault import Vault

TOKEN = "lbe_token-that-works-exactly-once"
API_KEY = "lbt_key-that-only-the-vault-knows"
MODEL_KEY = "sk-model-key-that-only-the-vault-knows"


class _Hub(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.answer: tuple[int, object] = (
            200,
            {
                "success": True,
                "data": {"tenant_id": "ten_1", "api_key": API_KEY, "link_url": "ws://hub.example/link"},
            },
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: _Hub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, json.loads(body)))
        status, content = self.server.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def hub() -> Iterator[_Hub]:
    server = _Hub()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def home(tmp_path: Path) -> TenantHome:
    return TenantHome(tmp_path / "home")


def _settings(hub: _Hub) -> TenantSettings:
    return TenantSettings(tenant_name="Bäckerei", hub_url=hub.url)


def _secret(home: TenantHome, name: str) -> str:
    vault = Vault.open(home)
    try:
        return vault.get(name, actor="daemon:test", purpose="test")
    finally:
        vault.close()


def test_home_is_enrolled(home: TenantHome, hub: _Hub) -> None:
    settings = _settings(hub)
    enrolled = enrol(home, settings, Secrets(TOKEN, MODEL_KEY))
    assert enrolled == read_enrolment(home) == Enrolled(tenant_id="ten_1", link_url="ws://hub.example/link")
    assert load_settings(home) == settings
    assert _secret(home, HUB_KEY_SECRET) == API_KEY
    assert _secret(home, UPSTREAM_KEY_SECRET) == MODEL_KEY
    ((path, request),) = hub.requests
    assert path == "/api/v1/tenant/register"
    assert (request["token"], request["openclaw_version"]) == (TOKEN, "2026.9.6")


def test_no_secret_lies_open_in_the_home(home: TenantHome, hub: _Hub) -> None:
    enrol(home, _settings(hub), Secrets(TOKEN, MODEL_KEY))
    files = [file for file in home.root.rglob("*") if file.is_file()]
    for file in files:
        content = file.read_bytes()
        assert not any(secret.encode() in content for secret in (TOKEN, API_KEY, MODEL_KEY)), file
        assert file.stat().st_mode & 0o077 == 0, file


@pytest.mark.parametrize(
    "answer",
    [
        (401, {"success": False, "error": {"code": "token_expired", "message": "used already"}}),
        (200, {"success": True, "data": {"tenant_id": "ten_1"}}),
        (502, "bad gateway"),
    ],
)
def test_refused_home_is_not_enrolled_and_may_try_again(
    home: TenantHome, hub: _Hub, answer: tuple[int, object]
) -> None:
    good, hub.answer = hub.answer, answer
    with pytest.raises(EnrolmentFailed):
        enrol(home, _settings(hub), Secrets(TOKEN))
    with pytest.raises(EnrolmentFailed, match="is not enrolled"):
        read_enrolment(home)
    assert not home.settings_file.exists()
    hub.answer = good
    enrol(home, _settings(hub), Secrets(TOKEN))
    first, second = (request["sealing_public_key"] for _, request in hub.requests)
    assert first == second


def test_server_follows_a_hub_that_moved(home: TenantHome, hub: _Hub) -> None:
    enrol(home, _settings(hub), Secrets(TOKEN))
    follow_hub(home, "ws://hub.example:8001/link")
    assert read_enrolment(home) == Enrolled(tenant_id="ten_1", link_url="ws://hub.example:8001/link")
    with pytest.raises(EnrolmentFailed, match="--link-url must begin with"):
        follow_hub(home, "http://hub.example")
    assert read_enrolment(home).link_url == "ws://hub.example:8001/link"


def test_hub_that_is_away_is_named(home: TenantHome) -> None:
    settings = TenantSettings(tenant_name="t", hub_url="http://127.0.0.1:1")
    with pytest.raises(EnrolmentFailed, match="cannot be reached"):
        enrol(home, settings, Secrets(TOKEN))


def _command(home: TenantHome, text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tenant_daemon", "enrol", "--home", str(home.root), *arguments],
        input=text,
        capture_output=True,
        text=True,
        timeout=180,
    )


@pytest.mark.slow
def test_command_reads_its_secrets_from_standard_input(home: TenantHome, hub: _Hub) -> None:
    given = {"hub_url": hub.url, "token": TOKEN, "tenant_name": "t", "model_key": MODEL_KEY}
    done = _command(
        home,
        json.dumps(given),
        "--proxy-port",
        "21200",
        "--model-url",
        "http://model/v1",
        "--model-name",
        "m",
        "--traces-url",
        "http://127.0.0.1:4318",
    )
    assert (done.returncode, done.stdout) == (0, "Enrolled as ten_1.\n"), done.stderr
    settings = load_settings(home)
    assert settings.ports == Ports(proxy=21200)
    assert settings.model == Model(url="http://model/v1", name="m")
    assert settings.traces.otlp_url == "http://127.0.0.1:4318"


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", "[]", "{}", '{"hub_url": "ftp://x", "token": "t", "tenant_name": "x"}'])
def test_command_refuses_wrong_input_without_repeating_it(home: TenantHome, text: str) -> None:
    done = _command(home, text)
    assert done.returncode == 2
    assert "ftp://x" not in done.stderr
    assert "Traceback" not in done.stderr


def test_settings_file_is_read_back_as_it_was(tmp_path: Path) -> None:
    settings = TenantSettings(
        tenant_name='Zoë "the" \\ baker\x7f\U0001f600',
        hub_url="http://hub",
        policy=Policy(allowed_hosts=["127.0.0.1:80", "ghost:2368"]),
    )
    home = TenantHome(tmp_path)
    write_settings(home, settings)
    assert load_settings(home) == settings
    assert "policy" in tomllib.loads(home.settings_file.read_text("utf-8"))
