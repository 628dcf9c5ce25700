"""Takes the pictures of the pages in docs/screens: the real service, the real browser, shipped examples only.

uv run python scripts/screens.py
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
SCREENS = ROOT / "docs" / "screens"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
EXAMPLE = "consult?example=04-immune-workup"


@dataclass(frozen=True)
class Screen:
    """`press`: what is pressed before the picture; `show`: what is scrolled to the top."""

    name: str
    path: str
    width: int = 1360
    height: int = 900
    scheme: str = "light"
    press: str | None = None
    show: str | None = None


SCREENS_TAKEN = (
    Screen("consult-en-light", f"en/{EXAMPLE}", show="#options"),
    Screen("consult-ko-dark", f"ko/{EXAMPLE}", scheme="dark", show="#options"),
    Screen("consult-ko-phone", f"ko/{EXAMPLE}", width=390, height=844, show="#options"),
    Screen(
        "why-en-light", f"en/{EXAMPLE}", press="button[value='asri-2025/ivig']", show="button[value='asri-2025/ivig']"
    ),
    Screen("compare-en-light", "en/compare"),
    Screen("therapy-ko-light", "ko/therapies/ivig"),
    Screen("evidence-en-dark", "en/evidence/vitamin-d-forest", scheme="dark"),
    Screen("guideline-en-light", "en/guidelines/eshre-2022"),
)


def take(browser: Browser, base: str, screen: Screen) -> None:
    context = browser.new_context(
        viewport={"width": screen.width, "height": screen.height}, color_scheme=screen.scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(f"{base}/{screen.path}")
    page.wait_for_load_state("networkidle")
    if screen.press:
        page.locator(screen.press).first.click()
        page.wait_for_load_state("networkidle")
    if screen.show:
        to_the_top(page, screen.show)
    page.screenshot(path=SCREENS / f"{screen.name}.png")
    context.close()


def to_the_top(page: Page, selector: str) -> None:
    page.locator(selector).first.evaluate("(one) => { one.scrollIntoView(); window.scrollBy(0, -80); }")


def main() -> None:
    from service.running import live

    SCREENS.mkdir(exist_ok=True)
    with live() as base, sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for screen in SCREENS_TAKEN:
            take(browser, base, screen)
            print(screen.name)
        browser.close()


if __name__ == "__main__":
    main()
