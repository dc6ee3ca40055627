"""Local servers: folders, ports, and what reaches the daemon by which way."""

import asyncio
import json
import os
import stat
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import SecretStr

from letsbe_app.fleet.provisioning.providers import local
from letsbe_app.fleet.provisioning.providers.base import ProviderFailed, Server
from letsbe_app.fleet.provisioning.providers.local import LocalProvider, LocalSettings
from letsbe_app.fleet.provisioning.providers.local_slots import SLOT_COUNT, is_claimed, ports_of
from tests.support.fake_daemon import Reports, write_fake_daemon

SERVER = Server("ten_1", "bakery", "19")


@pytest.fixture
def settings(tmp_path: Path) -> LocalSettings:
    return LocalSettings(
        tenants_dir=tmp_path / "tenants",
        hub_url="http://localhost:8000",
        openclaw_package=tmp_path / "openclaw",
        node=tmp_path / "node",
        model_url="",
        model_name="",
        model_key=SecretStr("sk-hush-hush"),
        root=write_fake_daemon(tmp_path / "root"),
    )


@pytest.fixture
async def provider(settings: LocalSettings) -> AsyncIterator[LocalProvider]:
    made = LocalProvider(settings)
    yield made
    await made.close()


async def test_a_server_gets_the_first_free_place(provider: LocalProvider) -> None:
    first = await provider.reserve("ten_1", ())
    second = await provider.reserve("ten_2", {first})

    assert int(first) < int(second) < SLOT_COUNT


async def test_two_installations_on_one_machine_never_get_the_same_place(
    provider: LocalProvider, settings: LocalSettings, tmp_path: Path
) -> None:
    """Nothing listens on its ports for as long as a server is being made."""
    other = LocalProvider(replace(settings, tenants_dir=tmp_path / "elsewhere"))
    try:
        assert await provider.reserve("ten_1", ()) != await other.reserve("ten_1", ())
    finally:
        await other.close()


async def test_a_place_is_free_again_when_its_server_is_removed(
    provider: LocalProvider, settings: LocalSettings
) -> None:
    place = await provider.reserve("ten_1", ())
    ports = ports_of(int(place))
    assert is_claimed(ports.proxy)
    await provider.remove(Server("ten_1", "bakery", place))
    assert not is_claimed(ports.proxy)


async def test_when_every_place_is_taken_it_says_so(provider: LocalProvider) -> None:
    with pytest.raises(ProviderFailed, match="Every place"):
        await provider.reserve("ten_1", {str(slot) for slot in range(SLOT_COUNT)})


async def test_the_folder_is_only_for_its_user(provider: LocalProvider, settings: LocalSettings) -> None:
    for _ in range(2):
        assert (await provider.prepare(SERVER)).endswith("GB are free.")

    for folder in (settings.tenants_dir, settings.tenants_dir / "ten_1"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_a_full_disk_is_told(provider: LocalProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local.shutil, "disk_usage", lambda _path: SimpleNamespace(free=1))

    with pytest.raises(ProviderFailed, match="nearly full"):
        await provider.prepare(SERVER)


async def test_secrets_reach_the_daemon_on_standard_input_alone(
    provider: LocalProvider, settings: LocalSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LETSBE_MODEL_KEY", "sk-hush-hush")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hush-hush@h/db")
    await provider.prepare(SERVER)
    async with Reports(settings.tenants_dir / "ten_1") as reports:
        await provider.enrol(SERVER, "lbe_one-time-hush-hush")
        seen = await reports.next()

    assert json.loads(seen["stdin"]) == {
        "hub_url": "http://localhost:8000",
        "token": "lbe_one-time-hush-hush",
        "tenant_name": "bakery",
        "model_key": "sk-hush-hush",
    }
    assert "hush-hush" not in json.dumps([seen["argv"], seen["environment"]])
    assert seen["argv"] == [
        "enrol",
        *("--home", str(settings.tenants_dir / "ten_1")),
        *("--proxy-port", "11180"),
        *("--wrapper-port", "11280"),
        *("--gateway-port", "19169"),
        *("--practice-port", "11190"),
        *("--openclaw-dir", str(settings.openclaw_package)),
        *("--node", str(settings.node)),
    ]


async def test_traces_go_where_the_hubs_go(settings: LocalSettings) -> None:
    provider = LocalProvider(replace(settings, traces_url="http://127.0.0.1:4318"))
    await provider.prepare(SERVER)
    async with Reports(settings.tenants_dir / "ten_1") as reports:
        await provider.enrol(SERVER, "lbe_one-time-hush-hush")
        seen = await reports.next()

    assert seen["argv"][-2:] == ["--traces-url", "http://127.0.0.1:4318"]


async def test_a_refused_enrolment_says_why(provider: LocalProvider, settings: LocalSettings) -> None:
    await provider.prepare(SERVER)
    (settings.tenants_dir / "ten_1" / "mode").write_text("refuse")

    async with Reports(settings.tenants_dir / "ten_1"):
        with pytest.raises(ProviderFailed, match="the token is used up"):
            await provider.enrol(SERVER, "lbe_one-time")


async def test_what_was_switched_on_runs_again_after_a_restart(settings: LocalSettings) -> None:
    never_started = Server("ten_2", "never switched on", "18")
    homes = settings.tenants_dir
    async with Reports(homes / "ten_1") as reports, Reports(homes / "ten_2") as other_reports:
        first = LocalProvider(settings)
        await first.prepare(SERVER)
        await first.start(SERVER)
        before = await reports.next()
        await first.close()

        second = LocalProvider(settings)
        await second.prepare(never_started)
        await second.resume([SERVER, never_started])
        after = await reports.next()
        await second.close()

        assert after["pid"] != before["pid"]
        assert other_reports.is_empty


async def test_a_server_that_was_not_started_is_not_down(provider: LocalProvider) -> None:
    assert provider.why_down("ten_unknown") is None


async def test_a_server_that_is_removed_while_it_is_being_made_leaves_nothing(
    provider: LocalProvider, settings: LocalSettings
) -> None:
    home = settings.tenants_dir / "ten_1"
    await provider.prepare(SERVER)
    (home / "mode").write_text("slow")
    go = home.parent / "go"
    os.mkfifo(go)
    async with Reports(home) as reports:
        enrolling = asyncio.create_task(provider.enrol(SERVER, "lbe_one-time"))
        await reports.next()
        removing = asyncio.create_task(provider.remove(SERVER))
        # The daemon waits there: whoever removes has begun by then.
        await asyncio.to_thread(go.write_text, "on")
        await asyncio.gather(enrolling, removing)
    assert not home.exists()
    for step in (provider.prepare(SERVER), provider.enrol(SERVER, "lbe_x"), provider.start(SERVER)):
        with pytest.raises(ProviderFailed, match="was removed"):
            await step
    assert not home.exists()


async def test_a_removed_server_leaves_nothing(provider: LocalProvider, settings: LocalSettings) -> None:
    await provider.prepare(SERVER)
    (settings.tenants_dir / "ten_1" / "vault.db").write_bytes(b"sealed")
    for _ in range(2):
        await provider.remove(SERVER)

    assert not (settings.tenants_dir / "ten_1").exists()
