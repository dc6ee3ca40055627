"""The browser's boxes and the server's are the same boxes."""

import base64
import json
import os
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tenant_daemon.contracts.secrets import provide_context, reveal_context
from tenant_daemon.vault.sealing import SealingKey, seal

NODE = Path(sysconfig.get_path("scripts")) / "node"
PEER = Path(__file__).with_name("sealed_box_peer.mjs")
TEXT = "gT7-quartz-Lamp-42 – äöü 🔑\nsecond line"


class Peer:
    """The island's module in node."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.public_key = str(self._read()["publicKey"])

    def ask(self, **question: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@pytest.fixture
def peer() -> Iterator[Peer]:
    with subprocess.Popen(
        [NODE, "--no-warnings", PEER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield Peer(process)
        process.kill()


def test_server_opens_what_the_browser_sealed(peer: Peer) -> None:
    key = SealingKey(os.urandom(32))
    context = provide_context("ten_1", "shop-key")
    public_key = base64.b64encode(key.public).decode()

    box = peer.ask(text=TEXT, publicKey=public_key, context=context)["box"]

    assert key.open(box, context) == TEXT


def test_browser_opens_what_the_server_sealed_and_nothing_else(peer: Peer) -> None:
    context = reveal_context("sec_1", "shop-key")
    box = seal(TEXT, peer.public_key, context)

    assert peer.ask(box=box, context=context) == {"text": TEXT}
    assert "error" in peer.ask(box=box, context=reveal_context("sec_2", "shop-key"))
    other = base64.b64encode(SealingKey(os.urandom(32)).public).decode()
    assert "error" in peer.ask(box=seal(TEXT, other, context), context=context)
