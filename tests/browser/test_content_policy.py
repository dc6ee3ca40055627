"""Every page works under its Content Security Policy: a browser reports nothing that was held back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, sync_playwright

from letsbe_app.ui import routes
from tests.support.owner import CHROMIUM, FLAGS
from tests.support.running_hub import RunningHub, ensure_pages, running_hub

pytestmark = pytest.mark.browser

PUBLIC = [
    routes.FORGOT_PASSWORD,
    routes.JOIN,
    routes.LANDING,
    routes.CALCULATOR,
    routes.SIGN_UP,
    routes.SIGN_IN,
    "/no-such-page",
]
SIGNED_IN = [routes.HOME, routes.CHAT, routes.APPROVALS, routes.AGENTS, routes.SETTINGS, routes.ONBOARDING]
LISTEN = """
window.heldBack = [];
document.addEventListener("securitypolicyviolation", event =>
    window.heldBack.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    ensure_pages()
    with running_hub(tmp_path_factory.mktemp("policy")) as running:
        yield running


@pytest.fixture(scope="module")
def context(hub: RunningHub) -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        made = browser.new_context(base_url=hub.url)
        made.add_init_script(LISTEN)
        form = {"business_name": "Ada's Bakery", "email": "ada@bakery.example", "password": "a long sentence"}
        answer = made.request.post("/api/v1/public/sign-up", data=form, headers={"Origin": hub.url})
        assert answer.ok
        yield made
        browser.close()


@pytest.mark.parametrize("path", [*PUBLIC, *SIGNED_IN])
def test_nothing_of_a_page_is_held_back(context: BrowserContext, path: str) -> None:
    page = context.new_page()
    response = page.goto(path)
    page.wait_for_selector("main")
    page.wait_for_load_state("networkidle")

    assert page.evaluate("window.heldBack") == []
    # Once more, from the browser's cache: what a 304 says takes the place of what was kept.
    page.reload()
    page.wait_for_selector("main")
    page.wait_for_load_state("networkidle")
    assert response is not None
    assert "'unsafe-inline'" not in policy_for_scripts(response.headers["content-security-policy"])
    assert page.evaluate("window.heldBack") == []
    page.close()


def test_nothing_is_evaluated(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(routes.HOME)
    page.wait_for_selector("main h1")
    # Later, since the browser lets `evaluate` itself do anything on behalf of the test.
    page.evaluate(
        "() => setTimeout(() => { try { eval('window.evaluated = 1') } finally { window.tried = 1 } })"
    )
    page.wait_for_function("() => window.tried")

    assert page.evaluate("window.evaluated") is None
    assert [one.split()[:2] for one in page.evaluate("window.heldBack")] == [["script-src", "eval"]]
    page.close()


def test_who_is_not_signed_in_is_led_there_by_the_hub(context: BrowserContext, hub: RunningHub) -> None:
    assert context.browser is not None
    stranger = context.browser.new_context(base_url=hub.url)
    page = stranger.new_page()
    page.goto(routes.SETTINGS)

    page.wait_for_url("**/sign-in?next=%2Fportal%2Fsettings")
    stranger.close()


def test_a_script_from_elsewhere_does_not_run(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(routes.LANDING)
    page.evaluate(
        "() => { const script = document.createElement('script'); script.textContent = 'window.stolen = 1';"
        " document.body.append(script); }"
    )

    assert page.evaluate("window.stolen") is None
    assert "script-src-elem inline" in page.evaluate("window.heldBack")[0]


def policy_for_scripts(policy: str) -> str:
    return next(part for part in policy.split("; ") if part.startswith("script-src"))
