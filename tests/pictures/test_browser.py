"""In a browser: the letters as they are really set do not run into each other, in light, dark and on paper."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from decidua.language import LANGUAGES, Lang
from decidua.reports.pictures.forest import draw_forest
from decidua.reports.pictures.from_pool import Favours, forest_plot
from decidua.reports.pictures.funnel import draw_funnel
from decidua.reports.pictures.funnel_from_pool import funnel_plot
from decidua.reports.pictures.make import file_of, plot_of
from tests.pictures.plots import INHIBITORS, VITAMIN_D, bcg, everything, pooled
from tests.pictures.reading import Box, collisions

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: letters not measured")]
SWITCHES = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync"]  # fmt: skip
BOXES = """() => [...document.querySelectorAll('text')].map(t => {
    const b = t.getBBox(), shrink = b.height * 0.12;
    return [t.textContent, b.x, b.y + shrink, b.x + b.width, b.y + b.height - shrink]; })"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="no playwright here: letters not measured")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield opened
        opened.close()


def boxes(browser: Any, content: str, **options: object) -> list[Box]:
    page = browser.new_page(**options)
    page.set_content(content)
    found = [Box(*values) for values in page.evaluate(BOXES)]
    page.close()
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_two_texts_share_a_place(browser: Any, tmp_path: Path, lang: Lang) -> None:
    sides = Favours("생아출생이 더 적음 " * 4, "Favours the inhibitor, at length " * 3, "right")
    trials = bcg(tmp_path)
    drawings = [
        draw_forest(everything(lang)),
        draw_forest(forest_plot(*pooled(VITAMIN_D, lang, measure="OR", method="MH"), sides)),
        draw_forest(forest_plot(*pooled(INHIBITORS, lang, measure="RD", by="drug"), sides)),
        draw_forest(forest_plot(*pooled(trials, lang, measure="RR", by="alloc"), sides)),
        draw_funnel(funnel_plot(pooled(trials, lang, measure="RR", extras=("trim-fill", "asymmetry"))[0], sides)),
    ]
    for drawing in drawings:
        found = boxes(browser, drawing.svg(standalone=True))
        assert collisions(found) == []
        margins = 8  # of the body of the blank page
        assert all(box.left >= -1 and box.right <= drawing.width + margins for box in found)


@pytest.mark.parametrize("width", [320, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_holds_on_a_phone_and_keeps_its_policy(browser: Any, width: int, scheme: str) -> None:
    report, table = pooled(VITAMIN_D, "ko", measure="OR", method="MH")
    content = file_of(report, plot_of(report, table, "forest", Favours()), "html").decode()
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.set_content(content)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    ground = page.evaluate("getComputedStyle(document.querySelector('.picture-ground')).fill")
    page.close()
    assert wide == 0
    assert said == []
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 29)"}[scheme]


def test_dark_does_not_reach_paper(browser: Any) -> None:
    page = browser.new_page(color_scheme="dark")
    page.set_content(draw_forest(everything("en")).svg(standalone=True))
    page.emulate_media(media="print")
    ground = page.evaluate("getComputedStyle(document.querySelector('.picture-ground')).fill")
    page.close()
    assert ground == "rgb(255, 255, 255)"
