"""Takes the pictures of the pages in docs/screens: the real service, the real browser, shipped examples only.

uv run python scripts/screens.py             # all
uv run python scripts/screens.py NAME…       # only these
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
SCREENS = ROOT / "docs" / "screens"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
EXAMPLE = "consult?example=04-immune-workup"


@dataclass(frozen=True)
class Screen:
    """`press`: what is pressed before the picture; `show`: what is scrolled to the top; `audit`: of a made-up cohort,
    first audited."""

    name: str
    path: str
    width: int = 1360
    height: int = 900
    scheme: str = "light"
    press: str | None = None
    show: str | None = None
    audit: bool = False


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
    Screen("audit-en-light", "en/audit", show="#answers", audit=True),
    Screen("audit-ko-dark", "ko/audit", scheme="dark", show="#agreement", audit=True),
)


def take(browser: Browser, base: str, screen: Screen) -> None:
    context = browser.new_context(
        viewport={"width": screen.width, "height": screen.height}, color_scheme=screen.scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(f"{base}/{screen.path}")
    if screen.audit:
        if page.locator("#file").count():
            page.click("button.main")
            page.select_option("#by", ["centre", "year"])
            page.click("button.main")
        page.locator("#definitions").wait_for(timeout=600_000)
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


def cohort(folder: Path) -> Path:
    """A folder with one made-up cohort."""
    from click.testing import CliRunner

    from decidua.cli.main import cli

    CliRunner().invoke(cli, ["synthesize", "2000", "--seed", "1", "--out", str(folder / "synthetic.parquet")])
    return folder


def main() -> None:
    from service.running import live

    from decidua.service.settings import Settings

    only = sys.argv[1:]
    SCREENS.mkdir(exist_ok=True)
    with (
        TemporaryDirectory() as folder,
        live(Settings(cohorts=cohort(Path(folder)))) as base,
        sync_playwright() as engine,
    ):
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for screen in (one for one in SCREENS_TAKEN if not only or one.name in only):
            take(browser, base, screen)
            print(screen.name)
        browser.close()


if __name__ == "__main__":
    main()
