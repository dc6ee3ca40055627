"""A file for an agent, an answer given anew and a conversation deleted, through the whole system."""

import secrets
from base64 import b64encode
from pathlib import Path

import pytest

from tenant_daemon.contracts.chat import attachment_context
from tenant_daemon.vault.sealing import seal_bytes
from tests.flows.test_faults import home_of_sample, owner
from tests.support.client import OwnerClient
from tests.support.system import System, wait_until

pytestmark = [pytest.mark.flow, pytest.mark.timeout(240)]

__all__ = ["owner"]


async def test_agent_reads_a_file_answers_again_and_forgets(system: System, owner: OwnerClient) -> None:
    home = home_of_sample(system)
    tenant_id = await owner.tenant_id()
    public_key = (await owner.call("GET", f"/customer/tenants/{tenant_id}/secrets"))["sealing_public_key"]
    attachment_id = f"att_{secrets.token_hex(13)}"
    data = b"Flour, 25 kg\nSalt, 3 kg\n"
    box = seal_bytes(data, public_key, attachment_context(tenant_id, attachment_id))
    upload = {
        "tenant_id": tenant_id,
        "id": attachment_id,
        "name": "Shopping list.txt",
        "size_bytes": len(data),
        "box": b64encode(box).decode(),
    }
    await owner.call("POST", "/customer/attachments", upload)
    name = f"shopping-list-{attachment_id[-6:]}.txt"

    conversation = await owner.start("it-admin")
    path = f"/customer/conversations/{conversation}"
    async with owner.watching(conversation) as watched:
        said = {"text": f"Please read the file inbox/{name}", "attachments": [attachment_id]}
        await owner.call("POST", f"{path}/messages", said)
        await watched.until(lambda seen: 1 in seen.outcomes(), seconds=90)
        assert (home / "workspaces" / "it-admin" / "inbox" / name).read_bytes() == data
        assert "Flour, 25 kg" in str(watched.events)

        answer = (await owner.settled_messages(conversation))[-1]
        await owner.call("POST", f"{path}/messages/{answer['id']}/regenerate", {})
        await watched.until(lambda seen: 2 in seen.outcomes(), seconds=90)
    assert [one["role"] for one in await owner.settled_messages(conversation)] == ["user", "agent"]

    await owner.call("DELETE", path)
    wait_until(lambda: not sessions_with(home, conversation), "OpenClaw to forget the conversation")


def sessions_with(home: Path, conversation_id: str) -> list[Path]:
    """Transcripts of deleted sessions that OpenClaw still keeps."""
    kept = (home / "openclaw" / "state" / "agents").glob("*/sessions/*.deleted.*")
    log = (home / "logs" / "link.log").read_text() if (home / "logs" / "link.log").exists() else ""
    forgotten = any("chat.forgotten" in line and conversation_id in line for line in log.splitlines())
    return list(kept) if forgotten else [home]
