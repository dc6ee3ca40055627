"""Undoing what agents did, and deciding what is alike, in a real browser."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tenant_daemon.contracts.changes import ChangeKind, ChangeRecorded, ChangeSettled
from tests.support.axe import grave_findings
from tests.support.portal import Stage, portal_stage
from tests.support.running_hub import RunningHub

pytestmark = pytest.mark.browser


async def changed(stage: Stage, number: int = 1, **changes: Any) -> ChangeRecorded:
    """A change that the server has reported and the hub has confirmed."""
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "change_id": f"chg_{stage.customer.tenant_id[-12:]}_{number}",
        "conversation_id": None,
        "agent_id": "it-admin",
        "tool_call_id": f"call_{number}",
        "change": ChangeKind.CHANGED,
        "path": "posts/autumn.md",
        "diff": "--- autumn.md (before)\n+++ autumn.md (after)\n@@ -1 +1 @@\n-Bread\n+Fresh bread",
        "created_at": now,
        "undo_until": now + timedelta(days=7),
    }
    made = ChangeRecorded(**{**values, **changes})
    await stage.daemon.send(made, f"out_{made.change_id}")
    await stage.daemon.next("link.ack", lambda ack: f"out_{made.change_id}" in ack.ids)
    return made


async def test_owner_undoes_a_change(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        made = await changed(stage)
        await stage.page.goto("/portal/changes")
        row = stage.page.locator(f"[data-change={made.change_id}]")
        await expect(row).to_contain_text("changed posts/autumn.md")
        await row.get_by_text("Show what changed").click()
        await expect(row.get_by_role("insertion")).to_contain_text("Fresh bread")
        await row.get_by_role("button", name="Undo: changed posts/autumn.md").click()
        dialog = stage.page.get_by_role("dialog", name="Undo this?")
        await expect(dialog).to_contain_text("posts/autumn.md will be as it was before this change.")
        await dialog.get_by_role("button", name="Undo it").click()

        wish = (await stage.daemon.next("change.undo")).payload
        assert (wish.change_id, wish.requested_by) == (made.change_id, stage.customer.actor.user_id)
        await expect(row).to_contain_text("Being undone")
        settled = ChangeSettled(change_id=made.change_id, is_undone=True, settled_at=datetime.now(UTC))
        await stage.daemon.send(settled, "out_settled")
        await expect(row).to_contain_text("Undone")
        assert await grave_findings(stage.page) == []


async def test_owner_undoes_all_of_a_step_and_reads_what_was_refused(
    hub: RunningHub, browser: Browser
) -> None:
    async with portal_stage(hub, browser) as stage:
        step = {"tool_call_id": "call_step", "change": ChangeKind.CREATED}
        made = [await changed(stage, number, path=f"{number}.md", **step) for number in (1, 2, 3)]
        await changed(stage, 4, path="film.mp4", tool_call_id="call_step", can_undo=False)
        await stage.page.goto("/portal/changes")
        await stage.page.get_by_role("button", name="Undo all 3 changes of this step").click()
        dialog = stage.page.get_by_role("dialog", name="Undo all of this?")
        await expect(dialog).to_contain_text("1.md will be deleted.")
        await expect(dialog).to_contain_text("film.mp4: The file was too large")
        assert await grave_findings(stage.page) == []
        await dialog.get_by_role("button", name="Undo 3 changes").click()

        asked = [(await stage.daemon.next("change.undo")).payload.change_id for _ in made]
        assert asked == [one.change_id for one in reversed(made)]
        await expect(stage.page.get_by_text("0 of 3 changes are settled")).to_be_visible()
        for one, detail in zip(made, ("", "", "It was changed again since."), strict=True):
            settled = ChangeSettled(
                change_id=one.change_id,
                is_undone=not detail,
                detail=detail,
                is_final=False,
                settled_at=datetime.now(UTC),
            )
            await stage.daemon.send(settled, f"out_{one.change_id}_settled")
        await expect(stage.page.get_by_text("2 of 3 changes were undone. These were not:")).to_be_visible()
        await expect(stage.page.get_by_text("3.md: It was changed again since.")).to_be_visible()
        await stage.page.get_by_role("button", name="Dismiss").click()
        await expect(stage.page.get_by_text("These were not:")).to_be_hidden()


async def test_refusal_says_why(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        made = await changed(stage)
        await stage.page.goto("/portal/changes")
        row = stage.page.locator(f"[data-change={made.change_id}]")
        await row.get_by_role("button", name="Undo").click()
        await stage.page.get_by_role("dialog").get_by_role("button", name="Undo it").click()
        await stage.daemon.next("change.undo")
        detail = "It was changed again since, so putting it back would lose that."
        settled = ChangeSettled(
            change_id=made.change_id, is_undone=False, detail=detail, settled_at=datetime.now(UTC)
        )
        await stage.daemon.send(settled, "out_settled")
        await expect(row).to_contain_text("Cannot be undone")
        await expect(row).to_contain_text(detail)


async def test_alike_approvals_are_decided_with_one_tap(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        asked = [
            await stage.ask(None, argv=["rm", f"draft-{number}"], call_digest=f"{number}" * 64)
            for number in (1, 2)
        ]
        await stage.ask(None, argv=["mv", "a", "b"])
        await stage.page.goto("/portal/approvals")
        await stage.page.get_by_role("button", name="Approve all").click()
        dialog = stage.page.get_by_role("dialog", name="Decide these together?")
        await expect(dialog).to_contain_text("rm draft-1")
        # One that comes in while the dialog is open is not decided with the others.
        await stage.ask(None, argv=["rm", "draft-3"])
        await dialog.get_by_role("button", name="Approve all").click()

        decided = [(await stage.daemon.next("approval.decided")).payload for _ in asked]
        assert {one.approval_id for one in decided} == {one.approval_id for one in asked}
        assert {one.verdict for one in decided} == {"approve"}
        open_ones = await stage.services.approvals.list_open(stage.customer.actor)
        assert sorted(" ".join(one.argv) for one in open_ones.items if one.is_open) == [
            "mv a b",
            "rm draft-3",
        ]


async def test_second_device_hears_who_was_first(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        asked = await stage.ask(None)
        await stage.page.goto("/portal/approvals")
        card = stage.page.locator(f"[data-approval={asked.approval_id}]")
        await expect(card).to_be_visible()
        refused = await stage.page.evaluate(
            """async (id) => {
              const token = document.cookie.match(/letsbe_csrf=([^;]*)/)[1];
              const decide = (verdict) => fetch(`/api/v1/customer/approvals/${id}/decision`, {
                method: "POST",
                headers: {"Content-Type": "application/json", "X-CSRF-Token": decodeURIComponent(token)},
                body: JSON.stringify({verdict}),
              });
              await decide("deny");
              const second = await decide("approve");
              return [second.status, (await second.json()).error.message];
            }""",
            asked.approval_id,
        )
        assert refused == [409, "You have refused this already, here or on another device."]
