"""The audit page in a browser, from choosing a file to its end: with and without a script, and what axe finds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cli.test_audit import rows
from playwright.sync_api import Page, expect
from service.running import live

from decidua.service.settings import Settings
from decidua.web.audit import running
from web.browser.conftest import Opened, barriers

pytestmark = pytest.mark.slow
LONG = 240_000
"""Milliseconds for an audit on a busy machine."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service of its own: an audit is the one thing that a service holds."""
    folder = tmp_path_factory.mktemp("cohorts")
    (folder / "women.csv").write_text(rows(300))
    (folder / "broken.csv").write_text("who,losses\n1,3\n")
    with live(Settings(cohorts=folder)) as address:
        yield address


@pytest.fixture(autouse=True)
def ended(base: str) -> Iterator[None]:
    import httpx

    yield
    httpx.post(f"{base}/en/audit/end", timeout=60)


def start(page: Page, file: str = "women.csv") -> None:
    page.select_option("#file", file)
    page.click("button.main")
    if file == "women.csv":
        page.select_option("#by", ["centre"])
    page.click("button.main")


@pytest.mark.parametrize(("lang", "scheme", "width"), [("en", "light", 1280), ("ko", "dark", 320)])
def test_from_a_file_to_a_report(opened: Opened, lang: str, scheme: str, width: int) -> None:
    with opened(f"/{lang}/audit", width=width, color_scheme=scheme) as page:
        assert barriers(page) == []
        start(page)
        expect(page.locator("#progress")).to_be_visible()
        assert barriers(page) == []
        expect(page.locator("#definitions")).to_be_visible(timeout=LONG)
        assert page.url.endswith(f"/{lang}/audit")
        page.locator("details.option > summary").first.click()
        assert barriers(page) == []
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider == 0
        with page.expect_download() as download:
            page.click("a[href$='tables.zip']")
        assert download.value.suggested_filename == "audit-tables.zip"
        page.click("button.main")
        expect(page.locator("#file")).to_be_visible()


def test_without_a_script(opened: Opened) -> None:
    with opened("/en/audit", java_script_enabled=False) as page:
        start(page)
        expect(page.locator("#progress")).to_be_visible()
        expect(page.locator("#definitions")).to_be_visible(timeout=LONG)
        page.click("button.main")
        expect(page.locator("#file")).to_be_visible()


def test_cancel(opened: Opened) -> None:
    with opened("/en/audit") as page:
        start(page)
        page.click("form[action$='/end'] button")
        expect(page.locator("#file")).to_be_visible()


def test_what_cannot_be_read_is_told(opened: Opened) -> None:
    """When the file is chosen, before anything is asked of it."""
    with opened("/ko/audit", refused=True) as page:
        page.select_option("#file", "broken.csv")
        page.click("button.main")
        expect(page.locator("[role=alert]")).to_contain_text("patient", timeout=LONG)
        assert barriers(page) == []


def test_leaving_is_told_to_the_service(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service runs in this process, so that its patience can be shortened."""
    monkeypatch.setattr(running, "AFTER_LEAVING", 0.5)
    with opened("/en/audit") as page:
        start(page)
        expect(page.locator("#progress")).to_be_visible()
        page.click("nav a[href='/en/about']")
        page.wait_for_timeout(3000)
        page.click("nav a[href='/en/audit']")
        expect(page.locator("#file")).to_be_visible()
