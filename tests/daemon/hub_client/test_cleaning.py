"""What is told of what customers wrote that holds a secret."""

from pathlib import Path

import pytest

from tenant_daemon.contracts.chat import MessageCleaned, SendMessage
from tenant_daemon.contracts.config import AgentCleaned, AgentConfig
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.cleaning import Cleaner
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.redaction import LiveRedactor
from tenant_daemon.vault import Vault, VaultLocked

VALUE = "gT7-quartz-Lamp-42"
TOKEN = "ghp_" + "a8Kd03mZq1Xv7Rt5Lw9Yc2Bn4Js6Hf0Pe3Gu"


@pytest.fixture
def store(tmp_path: Path) -> LinkStore:
    return LinkStore(tmp_path / "link.db")


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    vault = Vault.open(TenantHome(tmp_path / "home"))
    vault.put("shop-key", VALUE, actor="user:owner")
    return vault


def said(text: str) -> SendMessage:
    return SendMessage(message_id="msg_1", conversation_id="cnv_1", agent_id="sales", text=text)


def told(store: LinkStore) -> list[str]:
    waiting = store.waiting(after=0, limit=9)
    return [MessageCleaned.model_validate_json(message.payload).text for message in waiting]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"the login is {VALUE}", "the login is SECRET_REF(shop-key)"),
        # As the first look left it, while the hub still has what was typed.
        ("the login is SECRET_REF(shop-key)", "the login is SECRET_REF(shop-key)"),
        (f"use {TOKEN}", "use [REDACTED:"),
    ],
)
def test_a_secret_is_told_of_by_its_place_alone(
    store: LinkStore, vault: Vault, text: str, clean: str
) -> None:
    assert Cleaner(store, LiveRedactor(vault)).look(said(text))

    (message,) = told(store)
    assert message.startswith(clean)
    assert VALUE not in message


def test_nothing_is_told_of_ordinary_words(store: LinkStore, vault: Vault) -> None:
    assert not Cleaner(store, LiveRedactor(vault)).look(said("How much disk is left?"))
    assert told(store) == []


def test_nothing_is_told_while_the_vault_is_locked(store: LinkStore) -> None:
    class Locked:
        def version(self) -> int:
            raise VaultLocked("changed")

        def known_secrets(self) -> list[tuple[str, str]]:
            raise VaultLocked("changed")

    assert not Cleaner(store, LiveRedactor(Locked())).look(said(VALUE))
    assert told(store) == []


def agent(soul_md: str) -> AgentConfig:
    return AgentConfig(agent_id="sales", name="Sales", soul_md=soul_md)


def test_a_secret_in_an_agents_character_is_told_of_once(store: LinkStore, vault: Vault) -> None:
    cleaner = Cleaner(store, LiveRedactor(vault))

    assert cleaner.look_at_agents([agent(f"Log in with {VALUE}.")])
    assert not cleaner.look_at_agents([agent(f"Log in with {VALUE}.")])
    assert not cleaner.look_at_agents([agent("Be kind.")])

    (message,) = store.waiting(after=0, limit=9)
    told = AgentCleaned.model_validate_json(message.payload)
    assert told == AgentCleaned(agent_id="sales", soul_md="Log in with SECRET_REF(shop-key).")


def test_what_was_not_told_is_looked_at_again(store: LinkStore, vault: Vault) -> None:
    class Opening:
        def __init__(self) -> None:
            self.is_locked = True

        def version(self) -> int:
            if self.is_locked:
                raise VaultLocked("changed")
            return vault.version()

        def known_secrets(self) -> list[tuple[str, str]]:
            return vault.known_secrets()

    opening = Opening()
    cleaner = Cleaner(store, LiveRedactor(opening))
    assert not cleaner.look_at_agents([agent(VALUE)])
    opening.is_locked = False
    assert cleaner.look_at_agents([agent(VALUE)])
