"""A tool that only its operator's own program can tell."""

from pathlib import Path

import pytest

from tenant_daemon.home import TenantHome
from tenant_daemon.vault import Vault
from tenant_daemon.vault.errors import RotationFailed
from tenant_daemon.vault.rotation import StepFailed, rotate
from tenant_daemon.vault.steps.program import ProgramStep
from tests.support.password_tool import PasswordTool, password_tool

OLD = "the-Old-Value-1"


@pytest.fixture
def tool(tmp_path: Path) -> PasswordTool:
    return password_tool(tmp_path / "tool", OLD)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    vault = Vault.open(TenantHome(tmp_path / "home"))
    vault.put("shop-key", OLD, actor="shell:root")
    return vault


def value_in(vault: Vault) -> str:
    return vault.get("shop-key", actor="shell:root", purpose="a test")


def test_tool_and_vault_have_the_new_value(
    vault: Vault, tool: PasswordTool, capfd: pytest.CaptureFixture[str]
) -> None:
    rotate(vault, "shop-key", ProgramStep((str(tool.program),)), actor="shell:root")

    assert value_in(vault) == tool.password != OLD
    assert "noise" not in "".join(capfd.readouterr())


def test_program_that_fails_leaves_both_as_they_were(vault: Vault, tool: PasswordTool) -> None:
    tool.break_down()
    with pytest.raises(RotationFailed, match="keeps its value"):
        rotate(vault, "shop-key", ProgramStep((str(tool.program),)), actor="shell:root")

    assert value_in(vault) == tool.password == OLD
    assert not vault.is_staged("shop-key")


def test_program_that_cannot_say_is_not_taken_for_a_no(tool: PasswordTool) -> None:
    step = ProgramStep((str(tool.program),))
    assert step.accepts(OLD)
    assert not step.accepts("another-Value-2")
    (tool.folder / "password").unlink()
    # Python ends with 1 after an exception, which would be a no: a program that is gone ends otherwise.
    with pytest.raises(StepFailed, match="cannot be run"):
        ProgramStep((str(tool.folder / "gone"),)).accepts(OLD)
    with pytest.raises(StepFailed, match="could not say"):
        ProgramStep(("/bin/sh", "-c", "exit 2", "sh")).accepts(OLD)
