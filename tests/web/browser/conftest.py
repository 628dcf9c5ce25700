"""A browser on the live service. Whatever a page says to the console, or asks of another host, fails its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright", reason="Playwright is not installed")

from playwright.sync_api import Browser, Page, sync_playwright
from service.running import live

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parents[3] / ".cache" / "axe" / "axe.min.js"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip

Opened = Callable[..., AbstractContextManager[Page]]


@pytest.fixture(scope="session")
def base() -> Iterator[str]:
    with live() as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"there is no browser at {CHROMIUM}")
    with sync_playwright() as engine:
        found = engine.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture
def opened(browser: Browser, base: str) -> Opened:
    """`with opened("/en/consult", width=320, color_scheme="dark") as page:`"""

    @contextmanager
    def open_page(
        path: str, width: int = 1400, height: int = 1000, refused: bool = False, **how: Any
    ) -> Iterator[Page]:
        context = browser.new_context(viewport={"width": width, "height": height}, **how)
        context.set_default_timeout(20000)
        page, heard = context.new_page(), list[str]()
        page.on("console", lambda message: heard.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(base) else heard.append(asked.url))
        page.on("response", lambda came: heard.append(f"{came.status} {came.url}") if came.status >= 400 else None)
        page.goto(base + path)
        page.wait_for_load_state("networkidle")
        yield page
        assert context.cookies() == []
        if how.get("java_script_enabled", True):
            assert page.evaluate("localStorage.length + sessionStorage.length") == 0
        context.close()
        assert [one for one in heard if not (refused and "422" in one)] == []

    return open_page


def barriers(page: Page, within: str = "html") -> list[str]:
    """What axe finds in a part of the page against WCAG 2.2 A and AA and its own best practices."""
    if not AXE.exists():
        pytest.skip("axe-core is not here; fetch it with scripts/fetch_axe.py")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        """(within) => axe.run(within, {
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
          resultTypes: ['violations'],
        })""",
        within,
    )
    return [f"{one['id']}: {node['target']}" for one in found["violations"] for node in one["nodes"]]
