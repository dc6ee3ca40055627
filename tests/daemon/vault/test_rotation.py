"""Rotation: in the vault and in the tool, or in neither."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tenant_daemon.home import TenantHome
from tenant_daemon.vault import Vault
from tenant_daemon.vault.errors import RotationFailed
from tenant_daemon.vault.rotation import StepFailed, rotate

OLD = "the-Old-Value-1"
ACTOR = "shell:root"


class Tool:
    """Takes one value; ``fails`` says what goes wrong with a change."""

    def __init__(self) -> None:
        self.value = OLD
        self.is_away = False
        self.fails: Callable[[str, str], None] = lambda old, new: None

    def change(self, old: str, new: str) -> None:
        self._check()
        assert old == self.value
        self.fails(old, new)
        self.value = new

    def accepts(self, value: str) -> bool:
        self._check()
        return value == self.value

    def _check(self) -> None:
        if self.is_away:
            raise StepFailed("the tool is away")


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    vault = Vault.open(TenantHome(tmp_path / "home"))
    vault.put("shop-key", OLD, actor=ACTOR)
    return vault


def value_in(vault: Vault) -> str:
    return vault.get("shop-key", actor=ACTOR, purpose="a test")


def test_both_have_the_new_value(vault: Vault) -> None:
    tool = Tool()

    info = rotate(vault, "shop-key", tool, actor=ACTOR)

    assert value_in(vault) == tool.value != OLD
    assert (info.version, len(tool.value)) == (2, 40)
    assert [change.change for change in vault.history("shop-key")] == ["stored", "staged", "rotated"]


def test_refused_change_leaves_both_as_they_were(vault: Vault) -> None:
    tool = Tool()

    def refuse(_old: str, _new: str) -> None:
        raise StepFailed("too weak")

    tool.fails = refuse
    with pytest.raises(RotationFailed, match="keeps its value: too weak"):
        rotate(vault, "shop-key", tool, actor=ACTOR)

    assert value_in(vault) == tool.value == OLD
    assert not vault.is_staged("shop-key")
    assert [value for _, value in vault.known_secrets()] == [OLD]


def test_tool_that_goes_away_half_way_is_settled_by_the_next_try(vault: Vault) -> None:
    tool = Tool()

    def change_and_vanish(_old: str, new: str) -> None:
        tool.value, tool.is_away = new, True
        raise StepFailed("the answer did not come")

    tool.fails = change_and_vanish
    with pytest.raises(RotationFailed, match="both are kept"):
        rotate(vault, "shop-key", tool, actor=ACTOR)
    assert value_in(vault) == OLD
    # Both are redacted as long as either may be the right one.
    assert {value for _, value in vault.known_secrets()} == {OLD, tool.value}

    tool.is_away = False
    rotate(vault, "shop-key", tool, actor=ACTOR)

    assert value_in(vault) == tool.value != OLD


def test_value_that_the_tool_may_take_outlasts_others_that_are_stored_meanwhile(vault: Vault) -> None:
    tool = Tool()
    tool.value = dict(vault.stage("shop-key", length=32, actor=ACTOR))["new"]
    for number in range(15):
        vault.put("shop-key", f"another-Value-{number}", actor=ACTOR)

    rotate(vault, "shop-key", tool, actor=ACTOR)
    vault.stage("shop-key", length=32, actor=ACTOR)

    assert value_in(vault) == tool.value


def test_change_that_broke_off_half_way_is_taken_back(vault: Vault) -> None:
    tool = Tool()
    wanted: list[str] = []

    def change(_old: str, new: str) -> None:
        wanted.append(new)
        tool.value = new if len(wanted) > 1 else "neither"
        if len(wanted) == 1:
            raise StepFailed("it broke off")

    tool.change = change  # type: ignore[method-assign]

    with pytest.raises(RotationFailed, match="keeps its value"):
        rotate(vault, "shop-key", tool, actor=ACTOR)

    assert value_in(vault) == tool.value == OLD
    assert not vault.is_staged("shop-key")


def test_change_that_did_nothing_is_noticed(vault: Vault) -> None:
    tool = Tool()
    tool.change = lambda old, new: None  # type: ignore[method-assign]

    with pytest.raises(RotationFailed, match="does not take the new value"):
        rotate(vault, "shop-key", tool, actor=ACTOR)
    assert value_in(vault) == OLD
