"""What became of an approval, what was allowed from then on, and deciding without a mouse."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, expect

from tenant_daemon.contracts.approvals import (
    ApprovalCarriedOut,
    ApprovalForgotten,
    ApprovalSettledReport,
    ApprovalStatus,
)
from tests.support.portal import Stage, heartbeat, portal_stage
from tests.support.running_hub import RunningHub

pytestmark = pytest.mark.browser


async def approved(stage: Stage, approval_id: str) -> None:
    """The server takes the owner's decision."""
    settled = ApprovalSettledReport(
        approval_id=approval_id,
        status=ApprovalStatus.APPROVED,
        decided_by=stage.customer.actor.user_id,
        settled_at=datetime.now(UTC),
    )
    await stage.daemon.send(settled, f"out_settled_{approval_id}")


async def test_what_was_approved_and_failed_does_not_look_done(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        asked = await stage.ask(None)
        await stage.page.goto("/portal/approvals")
        card = stage.page.locator(f"[data-approval={asked.approval_id}]")
        await card.get_by_role("button", name="Approve", exact=True).click()
        await stage.daemon.next("approval.decided")
        await approved(stage, asked.approval_id)
        await stage.page.get_by_role("tab", name="Decided").click()
        await expect(card.get_by_text("Approved", exact=True)).to_be_visible()

        failed = ApprovalCarriedOut(
            approval_id=asked.approval_id,
            status="failed",
            detail="Exit code 1. There is no such folder.",
            ended_at=datetime.now(UTC),
        )
        await stage.daemon.send(failed, f"out_done_{asked.approval_id}")
        await expect(card.get_by_text("Approved, but it did not work")).to_be_visible()
        await expect(card.get_by_text("There is no such folder.")).to_be_visible()


async def test_what_was_allowed_from_now_on_can_be_taken_back(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        asked = await stage.ask(None)
        await stage.page.goto("/portal/approvals")
        card = stage.page.locator(f"[data-approval={asked.approval_id}]")
        await card.get_by_role("button", name="Allow this from now on").click()
        await stage.page.get_by_role("button", name="Approve and allow for 30 days").click()
        await stage.daemon.next("approval.decided")
        await approved(stage, asked.approval_id)
        await stage.page.get_by_role("tab", name="Allowed").click()
        await expect(card.get_by_text("Runs without asking")).to_be_visible()

        await card.get_by_role("button", name="Ask me again").click()
        wish = (await stage.daemon.next("approval.withdrawn")).payload
        assert wish.approval_id == asked.approval_id
        await expect(card.get_by_text("Being taken back")).to_be_visible()
        done = ApprovalForgotten(approval_id=asked.approval_id, forgotten_at=datetime.now(UTC))
        await stage.daemon.send(done, f"out_forgotten_{asked.approval_id}")
        await expect(stage.page.get_by_text("You have allowed nothing from now on.")).to_be_visible()


async def test_the_focus_goes_on_to_the_next_card(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        first, second = (
            await stage.ask(None),
            await stage.ask(None, tool_name="docker", argv=["docker", "rm"]),
        )
        await stage.page.goto("/portal/approvals")
        newest = stage.page.locator(f"[data-approval={second.approval_id}]")
        await newest.get_by_role("button", name="Approve", exact=True).focus()
        await stage.page.keyboard.press("Enter")
        decided = (await stage.daemon.next("approval.decided")).payload
        assert decided.approval_id == second.approval_id
        await expect(newest).to_be_focused()
        await approved(stage, second.approval_id)
        await expect(stage.page.locator(f"[data-approval={first.approval_id}]")).to_be_focused()


async def test_keys_in_the_middle_of_a_word_decide_nothing(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        asked = await stage.ask(None)
        await stage.page.goto("/portal/approvals")
        card = stage.page.locator(f"[data-approval={asked.approval_id}]")
        await expect(card).to_be_visible()
        await stage.page.keyboard.type("max and alexa say a taxi", delay=20)
        await expect(card).to_be_focused()
        assert (await stage.services.approvals.get(stage.customer.actor, asked.approval_id)).is_open
        await expect(stage.page.get_by_role("dialog")).to_be_hidden()


async def test_a_server_whose_agents_start_says_so(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        await stage.page.goto("/portal/approvals")
        starting = stage.page.get_by_text("Your server is starting its agents.")
        await expect(stage.page.get_by_text("Nothing waits for you.").first).to_be_visible()
        await expect(starting).to_be_hidden()
        await stage.daemon.send(heartbeat(is_ready=False))
        await expect(starting).to_be_visible()
        await stage.daemon.send(heartbeat())
        await expect(starting).to_be_hidden()
