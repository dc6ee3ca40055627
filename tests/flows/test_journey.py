"""From a visitor to an approved command on a real OpenClaw, in a real browser."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.owner import browser_owner
from tests.support.system import System, wait_until

pytestmark = [pytest.mark.flow, pytest.mark.timeout(420)]


def test_visitor_becomes_customer_and_decides_what_is_risky(system: System, tmp_path: Path) -> None:
    known_homes = set(system.tenant_homes())
    with browser_owner(system.url, trace=tmp_path) as owner:
        owner.sign_up("Corner Bakery")
        owner.choose_and_pay("We bake bread and cakes and sell them in our two shops. Customers book tables.")
        # The status page shows steps that really happen, and ends at a server that answers.
        expect(owner.page.get_by_text("Your server is ready")).to_be_visible(timeout=180_000)
        (home,) = set(system.tenant_homes()) - known_homes
        workspace = home / "workspaces" / "it-admin"

        owner.open_chat("it-admin")
        owner.say("How much disk space is left?")
        answer = owner.wait_for_answer(1)
        measured = shutil.disk_usage(workspace)
        percent = round(100 * measured.used / (measured.used + measured.free))
        assert _numbers(answer.inner_text()) & {percent - 1, percent, percent + 1}, answer.inner_text()
        expect(answer.locator("[data-tools]")).to_contain_text("df")

        (workspace / "old-invoices").mkdir()
        (workspace / "old-invoices" / "2019.txt").write_text("paid")
        owner.say("Please delete the folder old-invoices")
        card = owner.approval()
        expect(card).to_contain_text("rm -r old-invoices")
        expect(card).to_contain_text("Hard to undo")
        assert (workspace / "old-invoices").exists()
        owner.approve()
        owner.wait_for_answer(2)
        assert not (workspace / "old-invoices").exists()

        (workspace / "recipes").mkdir()
        owner.say("Please delete the folder recipes")
        owner.refuse("We still bake from these")
        answer = owner.wait_for_answer(3)
        assert "We still bake from these" in answer.inner_text()
        assert (workspace / "recipes").exists()

        # A reload shows the same conversation, each message once.
        before = owner.settled_answers()
        owner.page.reload()
        expect(owner.answers()).to_have_count(3, timeout=20_000)
        assert owner.settled_answers() == before
    assert _audit_verifies(home)


def test_second_tab_sees_the_same_answer_while_it_streams(system: System, tmp_path: Path) -> None:
    with browser_owner(system.url, trace=tmp_path) as owner:
        owner.sign_in("owner@letsbe.localhost", sample_password(system))
        owner.open_chat("secretary")
        owner.say("Tell me a long story of 150 words")
        owner.page.wait_for_url("**/portal/chat/**")
        expect(owner.answers().first).to_contain_text(re.compile(r"\w+ \w+ \w+"), timeout=40_000)
        second = owner.page.context.new_page()
        second.goto(owner.page.url)
        owner.wait_for_answer(1)
        other = second.locator("article[data-message][data-status='completed']:not([aria-label='You'])")
        expect(other).to_have_count(1, timeout=30_000)
        expect(other).to_have_text(owner.settled_answers()[0], use_inner_text=True, timeout=20_000)


def test_stop_ends_the_answer_and_keeps_what_was_said(system: System, tmp_path: Path) -> None:
    with browser_owner(system.url, trace=tmp_path) as owner:
        owner.sign_in("owner@letsbe.localhost", sample_password(system))
        owner.open_chat("marketing")
        owner.say("Tell me a long story of 2000 words")
        expect(owner.answers().first).to_contain_text(re.compile(r"\w+ \w+ \w+"), timeout=40_000)
        owner.page.locator("[data-stop]").click()
        answer = owner.wait_for_answer(1, status="stopped", seconds=30)
        expect(answer).to_contain_text("You stopped this answer")
        assert len(answer.inner_text().split()) < 1500


def test_page_offline_says_so(system: System, tmp_path: Path) -> None:
    with browser_owner(system.url, trace=tmp_path) as owner:
        owner.page.goto(system.url)
        owner.page.evaluate("navigator.serviceWorker.ready")
        wait_until(
            lambda: owner.page.evaluate("navigator.serviceWorker.controller !== null"),
            "the service worker controls the page",
        ) if not owner.page.evaluate("navigator.serviceWorker.controller !== null") else None
        owner.page.context.set_offline(True)
        owner.page.goto(f"{system.url}/calculator", wait_until="commit")
        expect(owner.page.get_by_role("heading", level=1)).to_contain_text("offline")


def sample_password(system: System) -> str:
    return (system.data_dir / "keys" / "sample-owner-password").read_text().strip()


def _numbers(text: str) -> set[int]:
    return {int(number) for number in re.findall(r"\d+", text)}


def _audit_verifies(home: Path) -> bool:
    command = [sys.executable, "-m", "tenant_daemon", "audit", "--home", str(home), "verify"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
