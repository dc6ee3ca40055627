"""What the link hands to its parts redacts with this server's vault: each of them would send what it gets."""

import asyncio
from pathlib import Path

import pytest

from tenant_daemon.audit import AuditTrail
from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.applied_config import ConfigRefused
from tenant_daemon.hub_client.attachments import AttachmentDesk
from tenant_daemon.hub_client.hub_key import HubKey
from tenant_daemon.hub_client.link import LinkParts, _Link
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.hub_client.secrets import SecretDesk
from tenant_daemon.hub_client.wrapper_client import WrapperClient
from tenant_daemon.openclaw import checking
from tenant_daemon.redaction import LiveRedactor
from tenant_daemon.settings import TenantSettings
from tenant_daemon.tracing import open_traces
from tenant_daemon.vault import Vault

SECRET = "kV9mQ2xLp7zR4wT8nBc3"
URL = "ws://127.0.0.1:1/link"


@pytest.fixture
async def link(tmp_path: Path) -> _Link:
    home = TenantHome(tmp_path)
    home.create()
    vault = Vault.open(home)
    vault.put("shop-key", SECRET, actor="user:owner")
    vault.put("spare-key", "Harbour-Wind-77q", actor="user:owner", note=f"was {SECRET} before")
    settings = TenantSettings(tenant_name="shop", hub_url="http://127.0.0.1:1")
    key = HubKey(vault, URL)

    async def nowhere() -> object:
        raise ConnectionError

    parts = LinkParts(
        home=home,
        settings=settings,
        store=LinkStore(home.link_db),
        redactor=LiveRedactor(vault),
        audit=AuditTrail.open(home),
        open_channel=nowhere,  # type: ignore[arg-type]
        key=key,
        desk=SecretDesk(home, vault, "tnt_1"),
        attachments=AttachmentDesk(home, "tnt_1", URL, key.current),
        traces=open_traces(settings, "link"),
    )
    return _Link(parts, WrapperClient(1, "token"), asyncio.TaskGroup())


async def test_chats_are_redacted(link: _Link) -> None:
    parts = link._chat_parts(link._wrapper)
    assert parts.redact(f"it is {SECRET}") == "it is SECRET_REF(shop-key)"
    stream = parts.new_stream()
    assert (
        stream.feed(f"it is {SECRET[:9]}") + stream.feed(SECRET[9:]) + stream.finish()
        == "it is SECRET_REF(shop-key)"
    )


async def test_notes_about_secrets_are_redacted(link: _Link) -> None:
    assert link._reporter.look()
    (message,) = link._parts.store.waiting(after=0, limit=9)
    assert "was SECRET_REF(shop-key) before" in message.payload
    assert SECRET not in message.payload


async def test_what_openclaw_says_of_a_configuration_is_redacted(
    link: _Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_config: TenantConfig) -> None:
        raise checking.ConfigRefused(f"bad header {SECRET}")

    monkeypatch.setattr(link._check, "check", refuse)
    with pytest.raises(ConfigRefused, match=r"bad header SECRET_REF\(shop-key\)"):
        await link._check_config(TenantConfig(version=1, agents=[]))
