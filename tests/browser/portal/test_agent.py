"""An agent's page: what was typed is not lost."""

import pytest
from playwright.async_api import Browser, Dialog, expect

from letsbe_app.workforce.agents.schemas import AgentChanges
from tenant_daemon.contracts.config import AgentCleaned
from tests.support.portal import portal_stage
from tests.support.running_hub import RunningHub

pytestmark = pytest.mark.browser


async def test_typed_text_is_left_behind_only_when_asked(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        page, asked = stage.page, []
        is_left = False

        async def answer(dialog: Dialog) -> None:
            asked.append(dialog.message)
            await (dialog.accept() if is_left else dialog.dismiss())

        page.on("dialog", answer)
        await page.goto("/portal/agents/it-admin")
        text = page.get_by_role("textbox", name="Text")
        await expect(text).not_to_be_empty()
        await text.fill("You speak in rhymes.")
        await page.get_by_role("link", name="All agents").click()
        await expect(text).to_have_value("You speak in rhymes.")
        assert len(asked) == 1
        assert "not saved" in asked[0]

        is_left = True
        await page.get_by_role("link", name="All agents").click()
        await expect(page).to_have_url("/portal/agents")
        assert len(asked) == 2

        # Nothing typed, nothing asked.
        await page.goto("/portal/agents/it-admin")
        await expect(text).not_to_be_empty()
        await page.get_by_role("link", name="All agents").click()
        await expect(page).to_have_url("/portal/agents")
        assert len(asked) == 2


async def test_what_another_tab_saves_takes_away_nothing_typed(hub: RunningHub, browser: Browser) -> None:
    async with portal_stage(hub, browser) as stage:
        page = stage.page
        await page.goto("/portal/agents/it-admin")
        duty = page.get_by_label("What it does, in one sentence")
        await expect(duty).not_to_be_empty()
        await duty.fill("Typed in this tab.")
        await stage.services.agents.update(
            stage.customer.actor, stage.customer.tenant_id, "it-admin", AgentChanges(name="Renamed")
        )
        await expect(page.get_by_role("heading", name="Renamed")).to_be_visible()
        await expect(page.get_by_label("Name", exact=True)).to_have_value("Renamed")
        await expect(duty).to_have_value("Typed in this tab.")


async def test_a_secret_that_the_server_took_out_is_gone_from_the_editor(
    hub: RunningHub, browser: Browser
) -> None:
    async with portal_stage(hub, browser) as stage:
        page = stage.page
        await page.goto("/portal/agents/it-admin")
        text = page.get_by_role("textbox", name="Text")
        await text.fill("The login is Barley-Yeast/topaz-58.")
        await page.get_by_role("button", name="See what changes").click()
        await page.get_by_role("button", name="Save the text").click()
        await expect(page.get_by_text("changed character")).to_be_visible()

        clean = "The login is SECRET_REF(shop-login)."
        await stage.daemon.send(AgentCleaned(agent_id="it-admin", soul_md=clean), "out_cleaned")

        await expect(page.get_by_text("took a password or key out of the text")).to_be_visible()
        await expect(text).to_have_value(clean)
