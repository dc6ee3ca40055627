"""A page on a phone and on a desk, in light and dark: what keeps somebody out, or would bother them."""

from typing import Final, Literal, cast

from playwright.async_api import Page, ViewportSize

from tests.support.axe import grave_findings
from tests.support.browser import DESKTOP, PHONE

LOOKS: Final[tuple[tuple[str, ViewportSize, Literal["light", "dark"]], ...]] = (
    ("on a phone, light", PHONE, "light"),
    ("on a desk, dark", DESKTOP, "dark"),
)
"""Each width and each theme once: what is seen depends on the one, its colours on the other."""

_SHAPE: Final = """(isPhone) => {
  const found = [];
  const isSeen = (element) => {
    const box = element.getBoundingClientRect();
    return element.checkVisibility({ visibilityProperty: true }) && box.width > 1 && box.bottom > 0;
  };
  const headings = [...document.querySelectorAll("h1, h2, h3, h4")].filter((one) => one.checkVisibility());
  const titles = headings.filter((one) => one.tagName === "H1");
  if (titles.length !== 1) found.push(`${titles.length} titles: ${titles.map((one) => one.innerText)}`);
  headings.reduce((before, one) => {
    const level = Number(one.tagName[1]);
    if (before && level > before + 1) found.push(`h${before} is followed by h${level}: ${one.innerText}`);
    return level;
  }, 0);
  if (document.querySelectorAll("main").length !== 1) found.push("not one main part");
  if (!document.title.includes("LetsBe Biz")) found.push(`called “${document.title}”`);
  const sideways = document.documentElement.scrollWidth - window.innerWidth;
  if (sideways > 0) found.push(`scrolls ${sideways} px sideways`);
  if (!isPhone) return found;
  const TARGETS = "button, a[href], summary, select, textarea, input:not([type=checkbox], [type=radio])";
  for (const one of document.querySelectorAll(TARGETS)) {
    const { width, height } = one.getBoundingClientRect();
    // A link within a sentence has the height of its line.
    if (!isSeen(one) || getComputedStyle(one).display === "inline") continue;
    if (Math.min(width, height) < 43.5) {
      const name = one.innerText || one.getAttribute("aria-label") || one.name;
      found.push(`small to tap, ${Math.round(width)} by ${Math.round(height)}: ${one.tagName} ${name}`);
    }
  }
  return found;
}"""

_AT_REST: Final = """async () => {
  const twoFrames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const moving = () => document.getAnimations().filter((one) => one.playState === "running");
  await twoFrames();
  for (let some; (some = moving()).length; await twoFrames()) {
    await Promise.allSettled(some.map((one) => one.finished));
  }
}"""
"""What moves from one look to the other has arrived; a colour goes from element to element, inwards."""


async def findings_in_every_look(page: Page) -> list[str]:
    """
    What is wrong with the open page, each with the look in which it is.

    Besides what axe-core calls grave: a page has one title and one main part, its headings skip no level, it
    does not scroll sideways, and a thumb can hit what it offers.
    """
    found = []
    for look, viewport, theme in LOOKS:
        await page.set_viewport_size(viewport)
        await page.emulate_media(color_scheme=theme)
        await page.evaluate(_AT_REST)
        shape = cast("list[str]", await page.evaluate(_SHAPE, viewport == PHONE))
        told = [*await grave_findings(page), *(f"{page.url} {one}" for one in shape)]
        found += [f"{look}: {one}" for one in told]
    return found
