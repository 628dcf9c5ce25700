"""The pages without a patient in a browser: on a phone, in the dark, without a script, and what axe finds."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from decidua.web.browse.hrefs import option_href, table_href
from decidua.web.shelf import Shelf
from web.browser.conftest import Opened, barriers

pytestmark = pytest.mark.slow

PAGES = (
    "compare?topic=definitions", "compare", "compare?topic=regimens", "therapies", "therapies/heparin",
    "tests/vitamin-d", "evidence", "evidence/vitamin-d-forest", "evidence/ivig-reviews", "guidelines",
    "guidelines/eshre-2022", "about", "pool",
)  # fmt: skip
VITAMIN_D = "study,ai,n1i,ci,n2i\nA,50,1130,8,563\nB,12,135,4,57\nC,67,1347,30,726\n"


@pytest.mark.parametrize(("lang", "scheme", "width"), [
    ("en", "light", 1280), ("ko", "dark", 1280), ("ko", "light", 320),
])  # fmt: skip
def test_no_barrier(opened: Opened, lang: str, scheme: str, width: int) -> None:
    with opened(f"/{lang}/about", width=width, color_scheme=scheme) as page:
        origin = page.url.split(f"/{lang}/")[0]
        for path in PAGES:
            page.goto(f"{origin}/{lang}/{path}")
            assert barriers(page) == [], path


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_nothing_scrolls_sideways_on_a_phone(opened: Opened, shelf: Shelf, lang: str) -> None:
    k = shelf.knowledge
    every = [f"/{lang}/{path}" for path in PAGES] + [f"/{lang}/guidelines/{id_}" for id_ in k.guidelines]
    every += [option_href("ko" if lang == "ko" else "en", id_) for id_ in k.options]
    every += [table_href("ko" if lang == "ko" else "en", id_) for id_ in shelf.evidence.tables]
    with opened(f"/{lang}/about", width=320) as page:
        origin = page.url.split(f"/{lang}/")[0]
        for path in every:
            page.goto(origin + path)
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider == 0, path


def test_pooling_without_a_script(opened: Opened) -> None:
    with opened("/en/pool", java_script_enabled=False) as page:
        page.fill("#data", VITAMIN_D)
        page.select_option("[name=measure]", "OR")
        page.click("button.main")
        expect(page.locator("#result svg").first).to_be_visible()
        expect(page.locator("#data")).to_have_value(VITAMIN_D)
        assert page.url.endswith("/en/pool")
        with page.expect_download() as download:
            page.click("button[value=csv]")
        assert download.value.suggested_filename == "pooled.csv"


def test_a_table_is_pooled_again_in_place(opened: Opened) -> None:
    with opened("/en/evidence/vitamin-d-forest") as page:
        expect(page.locator("#recomputed")).to_contain_text("1.598")
        page.select_option("[name=method]", "IV")
        expect(page.locator("#recomputed")).not_to_contain_text("1.598")
        expect(page.locator("#recomputed svg")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_a_risk_of_ones_own(opened: Opened, script: bool) -> None:
    with opened("/en/therapies/heparin", java_script_enabled=script) as page:
        page.fill("[name=percent]", "30")
        page.click("#effects button")
        expect(page.locator("#worked")).to_contain_text("300 without, 308 with")
        assert "30" not in page.url.partition("therapies")[2]
