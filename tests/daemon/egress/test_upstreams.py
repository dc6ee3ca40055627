"""The closed list of providers, where they lead, and their keys."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from tenant_daemon.egress.addresses import Addresses
from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.known import Known
from tenant_daemon.egress.upstream import Provider
from tenant_daemon.egress.upstreams import Upstreams, upstreams_of
from tenant_daemon.feed.source import Source
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.settings_file import write_settings
from tenant_daemon.settings import Model, Rotation, TenantSettings, Upstream, load_settings
from tenant_daemon.vault import Vault
from tenant_daemon.vault.errors import UnfitSecret

OPENAI = Upstream(
    name="openai", url="https://api.openai.com/v1", model="gpt-x", key="SECRET_REF(model-upstream-key-2)"
)
CLAUDE = Upstream(
    name="anthropic",
    url="https://api.anthropic.com/v1",
    format="anthropic-messages",
    models={"complex": "claude-x", "basic": "claude-y"},
    key="SECRET_REF(model-upstream-key-3)",
)
LOCAL = Upstream(name="local", url="http://models.internal:8000/v1", models={"basic": "small"})


def test_named_model_goes_before_one_that_takes_every_model() -> None:
    upstreams = Upstreams([OPENAI, CLAUDE, LOCAL])
    assert upstreams.choose("openai-chat", "basic") == (LOCAL, "small")
    assert upstreams.choose("openai-chat", "anything") == (OPENAI, "gpt-x")
    assert upstreams.choose("anthropic-messages", "complex") == (CLAUDE, "claude-x")


@pytest.mark.parametrize(
    ("wire", "asked", "code"),
    [
        ("anthropic-messages", "gpt-x", "model_not_found"),
        ("anthropic-messages", None, "model_not_found"),
        ("openai-responses", "basic", "format_not_offered"),
    ],
)
def test_what_is_not_in_the_list_is_refused(wire: str, asked: object, code: str) -> None:
    with pytest.raises(Refused) as caught:
        Upstreams([OPENAI, CLAUDE]).choose(wire, asked)  # type: ignore[arg-type]
    assert (caught.value.status, caught.value.code) == (404, code)


def test_model_of_the_settings_comes_first() -> None:
    settings = TenantSettings(
        tenant_name="t", hub_url="http://h", model=Model(url="https://m/v1", name="n"), upstreams=[CLAUDE]
    )
    first, second = upstreams_of(settings)
    assert (first.url, first.model, first.key) == ("https://m/v1", "n", "SECRET_REF(model-upstream-key)")
    assert second == CLAUDE


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://example.org/v1"},
        {"url": "https://user:pw@example.org/v1"},
        {"url": "https://example.org/v1?key=1"},
        {"key": "sk-plain-key-in-the-settings"},
        {"key": "SECRET_REF(db-password)"},
        {"format": "smoke-signals"},
        {"model": "", "models": {}},
    ],
)
def test_settings_that_cannot_be_right_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Upstream.model_validate({**OPENAI.model_dump(), **wrong})


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[str, ...]]:
    """Names and the addresses they lead to."""
    known: dict[str, tuple[str, ...]] = {}
    monkeypatch.setattr("tenant_daemon.egress.addresses.look_up", lambda host: known.get(host, ()))
    return known


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1", "100.64.0.1"]
)
async def test_name_that_leads_inside_is_refused(names: dict[str, tuple[str, ...]], address: str) -> None:
    names["api.openai.com"] = (address,)
    with pytest.raises(Refused) as caught:
        await Addresses().of(OPENAI)
    assert caught.value.code == "upstream_not_public"


async def test_only_public_addresses_of_a_name_are_used(names: dict[str, tuple[str, ...]]) -> None:
    names["api.openai.com"] = ("10.0.0.1", "162.159.140.245", "2606:4700::1")
    assert await Addresses().of(OPENAI) == ("162.159.140.245", "2606:4700::1")


async def test_name_is_looked_up_anew_after_a_while(
    names: dict[str, tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = Addresses()
    names["api.openai.com"] = ("162.159.140.245",)
    await addresses.of(OPENAI)
    names["api.openai.com"] = ("10.0.0.1",)
    assert await addresses.of(OPENAI) == ("162.159.140.245",)
    monkeypatch.setattr("tenant_daemon.egress.addresses._KEPT_SECONDS", -1.0)
    with pytest.raises(Refused):
        await addresses.of(OPENAI)


async def test_internal_name_may_lead_inside(names: dict[str, tuple[str, ...]]) -> None:
    names["models.internal"] = ("10.0.0.1",)
    addresses = Addresses()
    with pytest.raises(Refused):
        await addresses.of(LOCAL)
    assert await addresses.of(LOCAL.model_copy(update={"is_internal": True})) == ("10.0.0.1",)


async def test_name_that_leads_nowhere_is_unreachable(names: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(Refused) as caught:
        await Addresses().of(OPENAI)
    assert caught.value.code == "upstream_unreachable"


async def test_address_that_is_written_out_is_what_it_is() -> None:
    literal = LOCAL.model_copy(update={"url": "http://127.0.0.1:11434/v1"})
    assert await Addresses().of(literal) == ("127.0.0.1",)


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Vault, Callable[[Upstream], str | None]]:
    home = TenantHome(tmp_path)
    home.create()
    vault = Vault.open(home)
    names = ("model-upstream-key-2", "model-upstream-key-3")
    source = Source(vault, names, home.config_file, home.link_db)
    known = Known()

    def key(upstream: Upstream) -> str | None:
        known.set_registry(source.registry(1))
        return Provider(known, Addresses()).key(upstream)

    return vault, key


def test_each_provider_has_its_own_key(keys: tuple[Vault, Callable[[Upstream], str | None]]) -> None:
    vault, key = keys
    vault.put("model-upstream-key-2", "key-of-openai-4711-abc", actor="test")
    vault.put("model-upstream-key-3", "key-of-claude-4711-abc", actor="test")
    assert (key(OPENAI), key(CLAUDE), key(LOCAL)) == (
        "key-of-openai-4711-abc",
        "key-of-claude-4711-abc",
        None,
    )
    vault.put("model-upstream-key-2", "key-that-was-rotated-1", actor="test")
    assert key(OPENAI) == "key-that-was-rotated-1"


def test_missing_key_is_said(keys: tuple[Vault, Callable[[Upstream], str | None]]) -> None:
    with pytest.raises(Refused) as caught:
        keys[1](OPENAI)
    assert (caught.value.status, caught.value.code) == (503, "upstream_key_missing")


def test_key_that_was_not_told_yet_is_not_taken_for_none() -> None:
    with pytest.raises(Refused) as caught:
        Provider(Known(), Addresses()).key(OPENAI)
    assert (caught.value.status, caught.value.code) == (503, "vault_unavailable")


def test_no_agent_can_use_a_providers_key(keys: tuple[Vault, Callable[[Upstream], str | None]]) -> None:
    vault, _ = keys
    with pytest.raises(UnfitSecret, match="keeps for itself"):
        vault.generate("model-upstream-key-3", actor="agent:it-admin")


async def test_localhost_is_this_computer_and_nothing_else(names: dict[str, tuple[str, ...]]) -> None:
    local = LOCAL.model_copy(update={"url": "http://localhost:11434/v1"})
    names["localhost"] = ("127.0.0.1", "10.0.0.1")
    assert await Addresses().of(local) == ("127.0.0.1",)


def test_settings_are_written_so_that_they_are_read_back(tmp_path: Path) -> None:
    home = TenantHome(tmp_path)
    home.create()
    settings = TenantSettings(
        tenant_name="t",
        hub_url="http://h",
        upstreams=[OPENAI, CLAUDE, LOCAL],
        rotations=[Rotation(secret="shop-key", program=["/opt/shop/tell", 'a "b"'])],
        own_units=["proxy"],
    )
    write_settings(home, settings)
    assert load_settings(home) == settings


def test_providers_and_rotations_can_be_added_to_what_was_written(tmp_path: Path) -> None:
    home = TenantHome(tmp_path)
    home.create()
    write_settings(home, TenantSettings(tenant_name="t", hub_url="http://h"))
    with home.settings_file.open("a") as file:
        file.write('\n[[rotations]]\nsecret = "shop-key"\nredis_user = "shop"\n')
        file.write('\n[[upstreams]]\nname = "more"\nurl = "https://api.more.example/v1"\nmodel = "m"\n')

    settings = load_settings(home)
    assert ([one.secret for one in settings.rotations], [one.name for one in settings.upstreams]) == (
        ["shop-key"],
        ["more"],
    )
