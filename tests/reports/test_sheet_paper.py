"""The sheet on paper: one A4 page in every engine, in both languages; a PDF whose words and fonts are inside."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from decidua.errors import UsageError
from decidua.language import LANGUAGES, Lang
from decidua.reports.sheet import Sheet, build_sheet
from decidua.reports.sheet.html import render_sheet
from decidua.reports.sheet.room import PAGE, SPARE, height
from decidua.reports.sheet.room import lines as broken
from reports.sheets import EXAMPLES, bench, consulted, lines, sheet_of

CHROMIUM = Path("/usr/bin/chromium")
CLOSE = 26.0
"""Points by which the count may be above the truth: two lines."""


def tall(example: str, lang: Lang) -> Sheet:
    """The fullest page: of all pairs of therapies that fit, the one that comes nearest to the foot."""
    made = []
    for picks in combinations(bench().therapies, 2):
        try:
            made.append(build_sheet(consulted(example), picks, lang, bench().numbers))
        except UsageError:
            continue
    return max(made, key=height)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("example", EXAMPLES)
def test_one_therapy_always_fits(example: str, lang: Lang) -> None:
    for option in bench().therapies:
        assert height(sheet_of(example, option, lang=lang)) <= PAGE - SPARE


@pytest.mark.parametrize(("text", "width", "count"), [
    ("a", 10, 1), ("", 10, 1), ("aaaa aaaa", 22, 2), ("aaaa aaaa", 60, 1), ("가" * 30, 90, 3), ("a b c", 10000, 1),
])  # fmt: skip
def test_lines_are_broken_at_blanks(text: str, width: float, count: int) -> None:
    assert broken(text, width) == count


# ---- with the engines ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def weasyprint() -> None:
    try:
        import weasyprint  # type: ignore[import-untyped]  # noqa: F401
    except (ImportError, OSError) as error:
        pytest.skip(f"no PDF engine: {error}")


@pytest.mark.slow
@pytest.mark.usefixtures("weasyprint")
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("example", EXAMPLES)
def test_the_fullest_pages_are_one_page_and_counted_right(example: str, lang: Lang) -> None:
    from decidua.reports.sheet.pdf import typeset

    sheet = tall(example, lang)
    document = typeset(sheet)
    assert len(document.pages) == 1
    assert -1 <= height(sheet) - used(document) <= CLOSE


def used(document) -> float:  # type: ignore[no-untyped-def]
    """Points from the upper margin to the lower edge of the foot, as laid out."""
    page = document.pages[0]._page_box
    foot = next(box for box in page.descendants() if box.element_tag == "footer")
    return float(foot.position_y + foot.margin_height() - page.margin_top) * 0.75


@pytest.mark.slow
@pytest.mark.usefixtures("weasyprint")
def test_a_pdf_holds_its_words_and_fonts(tmp_path: Path) -> None:
    from decidua.reports.sheet.pdf import sheet_pdf

    for tool in ("pdftotext", "pdffonts", "pdfinfo"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} (poppler-utils) is not installed")
    sheet, path = sheet_of("04-immune-workup", "ivig", "aspirin", lang="ko"), tmp_path / "sheet.pdf"
    path.write_bytes(sheet_pdf(sheet))
    fonts = [row.split() for row in _told("pdffonts", path).splitlines()[2:]]
    assert {row[0].split("+")[1] for row in fonts} == {"Pretendard", "Pretendard-Bold"}
    assert all(row[-5:-2] == ["yes", "yes", "yes"] for row in fonts)  # embedded, subset, with a map to Unicode
    info = _told("pdfinfo", path)
    assert re.search(r"Pages:\s+1\n", info)
    assert re.search(r"Tagged:\s+yes", info)
    assert "(A4)" in info
    gaps = r"[\s⊕-]"  # a hyphen at the end of a line is taken for a division of the word; the sign is a picture
    text = re.sub(gaps, "", _told("pdftotext", path, "-"))
    for line in lines(sheet):
        assert re.sub(gaps, "", line.text) in text


def _told(tool: str, path: Path, *rest: str) -> str:
    return subprocess.run([tool, str(path), *rest], capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    engine = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"there is no browser at {CHROMIUM}")
    with engine.sync_playwright() as running:
        found = running.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("example", ["04-immune-workup", "13-factor-v-leiden", "20-nothing-known", "18-lit-in-the-us"])
def test_a_browser_prints_one_page_with_the_fonts_of_the_machine(example: str, lang: Lang, browser) -> None:  # type: ignore[no-untyped-def]
    """The page of the command names Pretendard and does not hold it: another font must fit too."""
    page = browser.new_page()
    page.set_content(render_sheet(tall(example, lang)))
    made = page.pdf(prefer_css_page_size=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page\b", made)) == 1
