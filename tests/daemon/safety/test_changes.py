"""Changes reach the hub once, and a person can have them put back."""

import asyncio

import pytest

from tenant_daemon.audit import AuditEvent
from tenant_daemon.contracts.changes import ChangeKind, UndoRequested
from tenant_daemon.execution.undoing import CannotUndo, ChangeNotFound
from tests.support.wrapper import AGENT, WrapperBench


async def test_owner_hears_of_a_change_and_has_it_undone(running: WrapperBench) -> None:
    (running.workspace / "post.md").write_text("old words\n")
    await running.execute("file_write", path="post.md", content="new words\n")
    (change,) = running.hub.changes
    assert (change.change, change.path, change.agent_id, change.conversation_id) == (
        ChangeKind.CHANGED,
        "post.md",
        AGENT,
        "conv1",
    )
    assert "-old words" in change.diff
    assert "+new words" in change.diff

    await running.parts.changes.undo(UndoRequested(change_id=change.change_id, requested_by="usr_1"))

    assert (running.workspace / "post.md").read_text() == "old words\n"
    (settled,) = running.hub.undos
    assert (settled.change_id, settled.is_undone, settled.requested_by) == (change.change_id, True, "usr_1")
    back = running.hub.changes[-1]
    assert (back.undoes, back.made_by) == (change.change_id, "usr_1")
    events = [entry.record.event for entry in running.audit().entries()]
    assert events[-2:] == [AuditEvent.UNDO_BEGUN, AuditEvent.UNDO_ENDED]


async def test_refusal_tells_why_and_is_recorded(running: WrapperBench) -> None:
    await running.execute("file_write", path="post.md", content="by the agent")
    (running.workspace / "post.md").write_text("by the owner")
    wish = UndoRequested(change_id=running.hub.changes[0].change_id, requested_by="usr_1")

    with pytest.raises(CannotUndo):
        await running.parts.changes.undo(wish)
    with pytest.raises(ChangeNotFound):
        await running.parts.changes.undo(UndoRequested(change_id="chg_0", requested_by="usr_1"))

    assert [(undo.is_undone, undo.is_final) for undo in running.hub.undos] == [(False, False), (False, True)]
    assert "changed again since" in running.hub.undos[0].detail
    last = list(running.audit().entries())[-1].record
    assert (last.event, last.actor) == (AuditEvent.UNDO_REFUSED, "usr_1")


async def test_change_can_be_undone_after_what_came_later_was(running: WrapperBench) -> None:
    (running.workspace / "post.md").write_text("mine")
    for content in ("one", "two"):
        await running.execute("file_write", path="post.md", content=content)
    earlier, later = (
        UndoRequested(change_id=change.change_id, requested_by="usr_1") for change in running.hub.changes
    )

    # The older one first, as it is easily tried.
    with pytest.raises(CannotUndo):
        await running.parts.changes.undo(earlier)
    assert not running.hub.undos[0].is_final
    for wish in (later, earlier):
        await running.parts.changes.undo(wish)

    assert (running.workspace / "post.md").read_text() == "mine"


async def test_two_people_at_once_undo_it_once(running: WrapperBench) -> None:
    (running.workspace / "post.md").write_text("old")
    await running.execute("file_write", path="post.md", content="new")
    wishes = [
        UndoRequested(change_id=running.hub.changes[0].change_id, requested_by=f"usr_{number}")
        for number in (1, 2)
    ]

    await asyncio.gather(*map(running.parts.changes.undo, wishes))

    assert (running.workspace / "post.md").read_text() == "old"
    assert len(running.hub.changes) == 2
    assert [undo.is_undone for undo in running.hub.undos] == [True, True]


async def test_secrets_in_a_change_stay_here(running: WrapperBench) -> None:
    running.vault.put("shop-key", "quartz/Lamp-42", actor="user:owner")
    (running.workspace / "note").write_text("the key is quartz/Lamp-42\n")

    await running.execute("file_write", path="note", content="nothing here\n")
    await running.execute("file_write", "call-2", path=".env", content="PORT=80\n")

    assert "quartz" not in "".join(running.hub.everything)
    assert running.hub.changes[1].diff == ""


async def test_secret_in_a_path_stays_here(running: WrapperBench) -> None:
    running.vault.put("shop-key", "quartz-Lamp-42x7", actor="user:owner")

    await running.execute("file_write", path="for quartz-Lamp-42x7.md", content="x")
    (change,) = running.hub.changes
    await running.parts.changes.undo(UndoRequested(change_id=change.change_id, requested_by="usr_1"))

    assert change.path == "for SECRET_REF(shop-key).md"
    views = [running.parts.changes.view(kept) for kept in running.parts.changes.list()]
    assert all("SECRET_REF(shop-key)" in str(view["path"]) for view in views)
    told = [
        *running.hub.everything,
        *map(str, views),
        *(str(entry.record) for entry in running.audit().entries()),
    ]
    assert "quartz-Lamp" not in "".join(told)


async def test_change_that_a_crash_kept_from_the_hub_is_told_at_the_next_start(bench: WrapperBench) -> None:
    async with bench.started() as parts:

        async def unheard() -> None:
            return

        parts.changes.announce = unheard  # type: ignore[method-assign]
        await bench.execute("file_write", path="a", content="x")
        assert bench.hub.changes == []

    async with bench.started():
        pass
    async with bench.started():
        pass

    assert [change.path for change in bench.hub.changes] == ["a"]


async def test_commands_and_unapproved_reads(running: WrapperBench) -> None:
    (running.workspace / "a").write_text("x")
    await running.execute("shell", command="cat a")
    assert running.hub.changes == []
    await running.execute("shell", "call-2", command="touch b")
    assert [(change.change, change.path) for change in running.hub.changes] == [(ChangeKind.CREATED, "b")]
