"""
A vault secret is used by a tool call and appears nowhere outside the server.

Looked for in every byte at the model upstream, between server and hub, in the hub's database, in Redis and in
every log of the run; in the disguises that its way through the parts could give it.
"""

import base64
import json
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.flows.test_faults import home_of_sample, owner
from tests.support.client import OwnerClient, Watched
from tests.support.system import System

pytestmark = [pytest.mark.flow, pytest.mark.timeout(360)]

__all__ = ["owner"]


async def test_secret_reaches_the_tool_and_nothing_else(system: System, owner: OwnerClient) -> None:
    home = home_of_sample(system)
    workspace = home / "workspaces" / "it-admin"
    secret = f"Rye+Salt/{secrets.token_urlsafe(12)}"
    put_into_vault(home, "newsletter-password", secret)
    (workspace / "notes.txt").write_text(f"newsletter login\nuser: office\npassword: {secret}\n")

    conversation = await owner.start("it-admin")
    async with owner.watching(conversation) as watched:
        await owner.say(conversation, "Please read the file notes.txt")
        await watched.until(lambda seen: 1 in seen.outcomes(), seconds=90)
        assert "SECRET_REF(newsletter-password)" in json.dumps([body for *_, body in watched.events])
        await owner.say(conversation, "Use secret newsletter-password to write file login.txt")
        await watched.until(lambda seen: {"approval_waiting", "finished"} & kinds(seen, run=2))
        for waiting in await owner.approvals(conversation):
            await owner.decide(waiting["id"], "approve")
        await watched.until(lambda seen: 2 in seen.outcomes(), seconds=90)
    # The tool call did receive it …
    assert secret in (workspace / "login.txt").read_text()
    # … and nothing that left the server holds it.
    leaks = [
        f"{where}: {form}"
        for where, data in captured(system).items()
        for form, disguise in disguises(secret)
        if disguise in data
    ]
    assert leaks == []


def kinds(watched: Watched, *, run: int) -> set[str]:
    """Which kinds of events the run had so far."""
    return {body["type"] for number, _seq, body in watched.events if number == run}


def put_into_vault(home: Path, name: str, value: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "tenant_daemon", "vault", "--home", str(home), "put", name],
        input=value,
        text=True,
        check=True,
        capture_output=True,
    )


def captured(system: System) -> dict[str, bytes]:
    """Everything outside the tenant's own files, by where it was caught."""
    databases = [path for path in system.data_dir.glob("*.db*") if path.is_file()]
    found = {
        "model upstream": system.model_tap.recorded(),
        "hub": system.hub_tap.recorded(),
        "redis": system.redis.dump(),
        "logs": system.logs(),
        "database": b"\n".join(path.read_bytes() for path in databases),
    }
    assert all(found.values()), "a capture is empty, so that it would prove nothing"
    return found


def disguises(secret: str) -> Iterator[tuple[str, bytes]]:
    """The secret as it is, and as the parts on its way could write it."""
    raw = secret.encode()
    yield "plain", raw
    yield "url", quote(secret, safe="").encode()
    yield "hex", raw.hex().encode()
    yield "reversed", raw[::-1]
    for offset in range(3):
        # The middle of its base64 at each alignment; the ends depend on the neighbours.
        yield f"base64 at {offset}", base64.b64encode(b"x" * offset + raw)[4:-4]
    yield "without its ends", raw[3:-3]
