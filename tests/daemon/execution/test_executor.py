"""One door to all executors: references are resolved last, and only where a value may stand."""

import os
from pathlib import Path

import pytest

from tenant_daemon.execution import ActionFailed, CallScope, Executor
from tenant_daemon.execution.references import resolve_references
from tenant_daemon.execution.undo import UndoStore
from tenant_daemon.home import TenantHome
from tenant_daemon.policy.actions import (
    Command,
    GenerateSecret,
    HandOver,
    HttpCall,
    ReadFile,
    RequestSecret,
    RotateSecret,
    RunPipelines,
    UpdateEnv,
)
from tenant_daemon.settings import Rotation
from tenant_daemon.vault import Vault
from tenant_daemon.vault.steps.chosen import steps_by_name
from tests.support.password_tool import password_tool

SECRET = "quartz/Lamp 42"
REFERENCE = "SECRET_REF(shop-key)"


@pytest.fixture
def vault(home: TenantHome) -> Vault:
    vault = Vault.open(home)
    vault.put("shop-key", SECRET, actor="user:owner")
    return vault


async def _echo(action: HandOver, _scope: CallScope) -> str:
    return action.message


@pytest.fixture
def executor(home: TenantHome, vault: Vault, undo: UndoStore) -> Executor:
    return Executor(home, vault, _echo, undo)


async def test_reference_reaches_arguments_and_variables(
    executor: Executor, workspace: Path, scope: CallScope
) -> None:
    said = Command(("echo", "it is", REFERENCE))
    read = Command(("sh", "-c", 'echo "$KEY"'), env=(("KEY", REFERENCE),))

    outcome = await executor.execute(RunPipelines(((said,), (read,)), (";",), cwd=workspace), scope)

    assert outcome.output == f"it is {SECRET}\n{SECRET}\n"


async def test_reference_reaches_a_setting(executor: Executor, workspace: Path, scope: CallScope) -> None:
    await executor.execute(UpdateEnv(workspace / ".env", "KEY", REFERENCE), scope)

    assert (workspace / ".env").read_text() == f"KEY='{SECRET}'\n"


def test_reference_in_an_address_is_encoded_and_cannot_change_the_host(
    vault: Vault, scope: CallScope
) -> None:
    call = HttpCall(
        "GET", f"http://tool.test/x?key={REFERENCE}", "127.0.0.1", 80, (("X-Key", REFERENCE),), REFERENCE
    )

    assert resolve_references(call, vault, scope) == HttpCall(
        "GET", "http://tool.test/x?key=quartz%2FLamp%2042", "127.0.0.1", 80, (("X-Key", SECRET),), SECRET
    )


@pytest.mark.parametrize(
    "action",
    [
        HandOver("sales", f"the key is {REFERENCE}"),
        RequestSecret("shop-key", REFERENCE),
        ReadFile(Path(f"/srv/{REFERENCE}")),
        HttpCall("GET", f"http://{REFERENCE}/", "127.0.0.1", 80),
        RunPipelines(((Command((REFERENCE,)),),)),
    ],
)
def test_reference_stays_where_no_value_may_stand(vault: Vault, scope: CallScope, action: object) -> None:
    assert resolve_references(action, vault, scope) == action  # type: ignore[type-var]


async def test_unknown_secret_stops_the_action(executor: Executor, workspace: Path, scope: CallScope) -> None:
    command = Command(("touch", "made", "SECRET_REF(nothing-here)"))

    with pytest.raises(ActionFailed, match="nothing-here"):
        await executor.execute(RunPipelines(((command,),), cwd=workspace), scope)
    assert os.listdir(workspace) == []


async def test_generated_secret_is_named_and_never_replaced(
    executor: Executor, vault: Vault, scope: CallScope
) -> None:
    outcome = await executor.execute(GenerateSecret("new-key", 40), scope)

    assert "SECRET_REF(new-key)" in outcome.output
    assert vault.get("new-key", actor="user:owner", purpose="test") not in outcome.output
    with pytest.raises(ActionFailed, match="exists already"):
        await executor.execute(GenerateSecret("new-key"), scope)


@pytest.mark.slow
async def test_rotated_secret_is_told_to_its_tool_and_to_nobody_else(
    home: TenantHome, vault: Vault, undo: UndoStore, scope: CallScope, tmp_path: Path
) -> None:
    tool = password_tool(tmp_path / "tool", SECRET)
    known = steps_by_name([Rotation(secret="shop-key", program=[str(tool.program)])], vault)
    executor = Executor(home, vault, _echo, undo, step_of=known)

    outcome = await executor.execute(RotateSecret("shop-key"), scope)

    now = vault.get("shop-key", actor="user:owner", purpose="test")
    assert now == tool.password != SECRET
    assert now not in outcome.output
    # Where nobody has said which tool it is, the vault would have a value of its own.
    vault.put("mail-key", "mail-Value-77", actor="user:owner")
    with pytest.raises(ActionFailed, match="Nobody has said which tool"):
        await executor.execute(RotateSecret("mail-key"), scope)
    tool.break_down()
    with pytest.raises(ActionFailed, match="keeps its value"):
        await executor.execute(RotateSecret("shop-key"), scope)
    assert tool.password == now


async def test_request_says_whether_the_owner_has_provided_it(executor: Executor, scope: CallScope) -> None:
    assert (await executor.execute(RequestSecret("shop-key", "mail"), scope)).is_success
    # By this reference the chat offers the owner to add it.
    with pytest.raises(ActionFailed, match=r"has not put mail-key .* SECRET_REF\(mail-key\)"):
        await executor.execute(RequestSecret("mail-key", "mail"), scope)
