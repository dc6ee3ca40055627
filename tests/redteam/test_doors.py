"""
Every door out of a server, one test each: neither a secret of the vault nor a disguise of it gets through.

Real parts on both sides of each door. What was seen outside is searched for the secret as it is and for what
its way could have made of it. That a door carried anything is checked too: silence proves nothing.
"""

import argparse
import asyncio
import base64
import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.responses import JSONResponse

from tenant_daemon.audit import AuditTrail
from tenant_daemon.contracts.approvals import Verdict
from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.commands import ConfigApplied
from tenant_daemon.contracts.envelope import Hello
from tenant_daemon.contracts.health import ComponentHealth, Heartbeat
from tenant_daemon.contracts.secrets import SecretAnswered
from tenant_daemon.contracts.tiers import AutonomyLevel
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.channel import open_websocket
from tenant_daemon.hub_client.connection import HubConnection
from tenant_daemon.hub_client.inbox import Incoming
from tenant_daemon.hub_client.last_look import with_last_look
from tenant_daemon.hub_client.outbox import LinkStore, open_store
from tenant_daemon.policy.judgement import Judgement, PolicyContext
from tenant_daemon.redaction import LiveRedactor
from tenant_daemon.vault import Vault, command
from tenant_daemon.vault.sealing import seal
from tests.support.disguises import DISGUISES
from tests.support.link_hub import API_KEY, running_hub
from tests.support.proxy import SECRET, Proxy, running
from tests.support.wrapper import WrapperBench, scripted_classify

WAYS = (
    "plain",
    "json",
    "unicode escapes",
    "url",
    "base64",
    "base64 shifted",
    "hex",
    "reversed",
    "gzip base64",
)
"""Disguises that a log, an environment file or a dump puts on by itself."""


def said(secret: str) -> list[str]:
    """The secret in each of these disguises, in a sentence."""
    return [f"it is {DISGUISES[way](secret)} here" for way in WAYS]


def traces(secret: str, outside: str) -> list[str]:
    """The forms of the secret that can be found outside."""
    raw = secret.encode()
    forms = {
        "plain": secret,
        "json": json.dumps(secret)[1:-1],
        "url": quote(secret, safe=""),
        "hex": raw.hex(),
        "reversed": secret[::-1],
        "half": secret[: len(secret) // 2 + 1],
        **{way: DISGUISES[way](secret) for way in WAYS},
        **{f"base64 at {n}": base64.b64encode(b"x" * n + raw).decode()[4:-4] for n in range(3)},
    }
    seen = outside.lower()
    # JSON doubles backslashes on the way.
    return [
        way
        for way, form in forms.items()
        if form.lower() in seen or form.lower() in seen.replace("\\\\", "\\")
    ]


def quoting(tool_name: str, tool_args: Mapping[str, object], context: PolicyContext) -> Judgement:
    """A classifier that says what it has seen, as the real one does with names of files and hosts."""
    judged = scripted_classify(tool_name, tool_args, context)
    return judged._replace(reason=f"Touches {tool_args}.", risk=f"May hurt {tool_args}.")


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    async with running(tmp_path) as built:
        yield built


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[WrapperBench]:
    """A wrapper whose vault has the secret, for an agent that asks before it changes anything."""
    made = WrapperBench(tmp_path / "home")
    made.vault.put("db-password", SECRET, actor="user:owner")
    made.configure(level=AutonomyLevel.TRAINING_WHEELS)
    made.classify = quoting
    async with made.started():
        yield made


def chat(*texts: str, **more: object) -> dict[str, object]:
    return {"model": "m", "messages": [{"role": "user", "content": text} for text in texts], **more}


async def test_model_requests(proxy: Proxy) -> None:
    tool = {"role": "tool", "tool_call_id": "call_1", "content": json.dumps({"stdout": SECRET})}
    body = chat(*said(SECRET), user=SECRET, metadata={SECRET: SECRET})
    body["messages"] = [*body["messages"], tool]  # type: ignore[misc]
    await proxy.ask(body)

    outside = b"".join(proxy.upstream.bodies).decode() + json.dumps(proxy.upstream.headers)
    assert "SECRET_REF(db-password)" in outside
    assert traces(SECRET, outside) == []


class _Nobody:
    def on_welcome(self) -> None:
        pass

    def on_message(self, message: Incoming) -> None:
        pass


async def test_hub_messages(tmp_path: Path) -> None:
    """Nobody redacted these messages: the last look at the link itself does."""
    home = TenantHome(tmp_path)
    vault = Vault.open(home)
    vault.put("db-password", SECRET, actor="user:owner")
    redactor = LiveRedactor(vault)
    store = LinkStore(home.link_db)
    for text in said(SECRET):
        store.put(ConfigApplied(version=1, is_applied=False, detail=text))
    part = ComponentHealth(name="proxy", is_healthy=False, detail=f"bad password {SECRET}")
    heartbeat = Heartbeat(
        daemon_version="1", openclaw_version="1", config_version=0, is_ready=False, components=[part]
    )
    async with running_hub() as hub:
        connection = HubConnection(
            store,
            with_last_look(lambda: open_websocket(hub.url, API_KEY), redactor),
            lambda: Hello(daemon_version="1", config_version=0),
            _Nobody(),
        )
        connection.send_heartbeat(heartbeat)
        task = asyncio.create_task(connection.run())
        await hub.until(lambda hub: len(hub.of_kind("config.applied")) == len(WAYS))
        await hub.until(lambda hub: bool(hub.of_kind("health.heartbeat")))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    outside = "".join(envelope.model_dump_json() for envelope in hub.received)
    assert outside.count("SECRET_REF(db-password)") >= len(WAYS)
    assert traces(SECRET, outside) == []


async def test_sealed_boxes_pass_the_last_look_unchanged(tmp_path: Path) -> None:
    """The one way on which a value may go out is not damaged by the guards of all others."""
    home = TenantHome(tmp_path)
    vault = Vault.open(home)
    vault.put("db-password", SECRET, actor="user:owner")
    key = base64.b64encode(bytes(range(1, 33))).decode()
    box = seal(SECRET, key, "letsbe secret revealed 1\nsec_1\ndb-password")
    store = open_store(home.link_db)
    store.put(SecretAnswered(request_id="sec_1", is_done=True, sealed=box))
    async with running_hub() as hub:
        connection = HubConnection(
            store,
            with_last_look(lambda: open_websocket(hub.url, API_KEY), LiveRedactor(vault)),
            lambda: Hello(daemon_version="1", config_version=0),
            _Nobody(),
        )
        task = asyncio.create_task(connection.run())
        await hub.until(lambda hub: bool(hub.of_kind("secret.answered")))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    [envelope] = hub.of_kind("secret.answered")
    assert envelope.payload.sealed == box  # type: ignore[union-attr]


@pytest.mark.slow
async def test_approval_cards(bench: WrapperBench) -> None:
    for number, text in enumerate(said(SECRET)):
        for tool, args in (
            ("shell", {"command": f"rm '{text}'"}),
            ("file_write", {"path": "a.txt", "content": text}),
        ):
            calling = bench.begin(tool, f"call-{tool}-{number}", **args)
            asked = await bench.asked()
            assert asked.argv or asked.diff
            await bench.decide(asked.approval_id, Verdict.DENY)
            await calling

    outside = "".join(bench.hub.everything)
    assert outside.count("approval.requested") == 2 * len(WAYS)
    assert "SECRET_REF(db-password)" in outside
    assert traces(SECRET, outside) == []


@pytest.mark.slow
async def test_audit_excerpts(bench: WrapperBench) -> None:
    (bench.workspace / "dump.txt").write_text("\n".join(said(SECRET)))
    answer = await bench.execute("shell", "call-read", command="cat dump.txt")
    assert "SECRET_REF(db-password)" in answer.output
    for number, text in enumerate(said(SECRET)):
        calling = bench.begin("shell", f"call-{number}", command=f"rm '{text}'")
        asked = await bench.asked()
        await bench.decide(asked.approval_id, Verdict.DENY, deny_reason=f"not {SECRET}")
        await calling
    for number, text in enumerate(said(SECRET)):
        await bench.execute("shell", f"call-no-{number}", command=f"forbidden '{text}'")
    bench.vault.get("db-password", actor="agent:it-admin", purpose="a test")

    entries = [entry.record.model_dump_json() for entry in AuditTrail.open(bench.home).entries()]
    raw = b"".join(path.read_bytes() for path in bench.home.root.glob("audit.db*")).decode("latin-1")
    assert len(entries) > 2 * len(WAYS)
    assert traces(SECRET, "".join(entries) + answer.model_dump_json() + raw) == []


async def test_metering_labels(proxy: Proxy) -> None:
    await proxy.ask({**chat("hi"), "model": SECRET})
    await proxy.ask(chat("hi"), agent=quote(SECRET, safe=""))
    await proxy.ask(chat("hi"))

    async with asyncio.timeout(30):
        while not (waiting := open_store(proxy.home.link_db).waiting(after=0, limit=50)):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    outside = "".join(message.payload for message in waiting) + json.dumps(proxy.usage())
    assert "sales" in outside
    assert traces(SECRET, outside) == []


async def test_error_reports(proxy: Proxy, bench: WrapperBench) -> None:
    broken = [
        await proxy.client.post(
            "/agents/sales/v1/chat/completions",
            content=f'{{"messages": "{SECRET}',
            headers={"content-type": "application/json"},
        ),
        await proxy.client.post("/agents/sales/v1/chat/completions", json={"messages": [SECRET]}),
        await proxy.ask(chat("hi"), agent=quote(SECRET, safe="")),
        await proxy.ask({**chat("hi"), "model": SECRET, "max_tokens": SECRET}),
        await proxy.client.post(f"/{quote(SECRET, safe='')}", json={}),
    ]
    proxy.upstream.answer = lambda: JSONResponse(
        {"error": {"message": f"no {SECRET}", "code": SECRET}}, 400, headers={"x-request-id": SECRET}
    )
    broken.append(await proxy.ask(chat("hi")))
    answers = "".join(answer.text + json.dumps(dict(answer.headers)) for answer in broken)
    failed = await bench.execute("shell", command=f"ls /nowhere/{SECRET}")
    unknown = await bench.execute("shell", "call-2", nonsense=SECRET)

    assert broken[0].status_code == 400
    assert "SECRET_REF(db-password)" in broken[-1].text + broken[-1].headers["x-request-id"]
    assert traces(SECRET, answers) == []
    assert traces(SECRET, failed.model_dump_json() + unknown.model_dump_json()) == []


LOGGING = """
import asyncio, logging, sys, threading, warnings
from pathlib import Path
import structlog
from tenant_daemon.home import TenantHome
from tenant_daemon.policy.judgement import Judgement, PolicyContext
from tenant_daemon.redaction import LiveRedactor
from tenant_daemon.redaction.process_logging import configure_logging
from tenant_daemon.vault import Vault

vault = Vault.open(TenantHome(Path(sys.argv[1])))
lines = sys.stdin.read().split("\\x00")
configure_logging(LiveRedactor(vault))
log = structlog.get_logger()

def fail(text): raise ValueError(text)

for line in lines:
    log.info("door.tested", text=line, nested={"deep": [line]}, **{"k": line})
    logging.getLogger("library").error("says %s", line)
    warnings.warn(line)
    try:
        fail(line)
    except ValueError:
        log.exception("door.failed")
    thread = threading.Thread(target=fail, args=(line,)); thread.start(); thread.join()
fail(lines[0])
"""


@pytest.mark.slow
def test_log_lines(tmp_path: Path) -> None:
    vault = Vault.open(TenantHome(tmp_path))
    vault.put("db-password", SECRET, actor="user:owner")
    done = subprocess.run(
        [sys.executable, "-c", LOGGING, str(tmp_path)],
        input="\0".join(said(SECRET)),
        capture_output=True,
        text=True,
        timeout=180,
    )

    assert done.stderr.count("door.tested") == len(WAYS)
    assert "SECRET_REF(db-password)" in done.stderr
    assert traces(SECRET, done.stdout + done.stderr) == []


@pytest.mark.slow
def test_backup_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the command says, what it logs and the backup itself."""
    home, file = tmp_path / "home", tmp_path / "vault.backup"
    vault = Vault.open(TenantHome(home))
    vault.put("db-password", SECRET, actor="user:owner", note="the shop")
    vault.close()
    logged = io.StringIO()
    logging.getLogger().addHandler(handler := logging.StreamHandler(logged))
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    for words in (("backup", str(file)), ("restore", str(file)), ("list",)):
        monkeypatch.setattr("sys.stdin", io.StringIO("a bakery opens at five\n"))
        args = parser.parse_args(["vault", *words])
        args.home = home
        assert command.run(args) == 0
    logging.getLogger().removeHandler(handler)

    printed = capsys.readouterr()
    said_of_it = printed.out + printed.err + logged.getvalue()
    assert "1 secrets" in said_of_it
    assert traces(SECRET, said_of_it + file.read_text("ascii")) == []
    assert not re.search("db-password|the shop", file.read_text("ascii"))
    assert utc_now().isoformat()[:4] in file.read_text("ascii")
