"""The whole part of the site without a patient, followed link by link in both languages."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from decidua.language import LANGUAGES, Lang, words
from decidua.web.shelf import Shelf
from web.browsing import ELSEWHERE, Browser, Page, read


@pytest.fixture(scope="module")
def browser(shelf: Shelf) -> Browser:
    return Browser(shelf)


@pytest.fixture(scope="module", params=LANGUAGES)
def site(request: pytest.FixtureRequest, browser: Browser) -> dict[str, Page]:
    """Every page that links lead to, by address, in one language."""
    lang: Lang = request.param
    found: dict[str, Page] = {}
    waiting = [f"/{lang}/compare"]
    while waiting:
        address = waiting.pop()
        if address in found or address.split("/")[2].split("?")[0] in ELSEWHERE or not address.startswith(f"/{lang}/"):
            continue
        answer = browser.get(address)
        assert answer.status_code == 200, address
        if answer.headers["content-type"].startswith("text/html"):
            found[address] = read(answer.text, address)
            waiting += [path for path, _ in found[address].links()]
    return found


def test_the_site_is_whole(site: dict[str, Page], shelf: Shelf) -> None:
    options = sum("/therapies/" in address or "/tests/" in address for address in site)
    assert options == len(shelf.knowledge.options)
    assert sum("/guidelines/" in address for address in site) == len(shelf.knowledge.guidelines)
    tables = {address.split("?")[0].split("/")[3] for address in site if "/evidence/" in address}
    assert tables == set(shelf.evidence.tables)


def test_every_anchor_is_there(site: dict[str, Page]) -> None:
    missing = {
        (page.address, path, fragment)
        for page in site.values()
        for path, fragment in page.links()
        if fragment and path in site and fragment not in site[path].ids
    }
    assert not missing


def test_no_id_stands_twice(site: dict[str, Page]) -> None:
    for page in site.values():
        assert not [id_ for id_, count in Counter(page.ids).items() if count > 1], page.address


def test_links_to_elsewhere_tell_nothing_of_the_visitor(site: dict[str, Page]) -> None:
    outward = [a for page in site.values() for a in page.all("a") if a["href"].startswith(("http:", "https:"))]
    assert outward
    assert all({"noreferrer", "noopener", "external"} <= set(a.get("rel", "").split()) for a in outward)


def test_nothing_is_inline_and_nothing_is_loaded_from_elsewhere(site: dict[str, Page]) -> None:
    for page in site.values():
        assert not page.all("style")
        assert not [attrs for attrs in page.all("script") if "src" not in attrs]
        assert not [name for _, attrs in page.tags for name in attrs if name == "style" or name.startswith("on")]
        loaded = [attrs.get("src") or attrs.get("href") for tag, attrs in page.tags if tag in ("script", "link", "img")]
        assert all(address and address.startswith("/static/") for address in loaded), page.address


def test_tables_have_captions_and_scopes_and_scroll_in_named_regions(site: dict[str, Page]) -> None:
    for page in site.values():
        assert len(page.all("caption")) == len(page.all("table")), page.address
        assert all(attrs.get("scope") in ("col", "row") for attrs in page.all("th")), page.address
        for attrs in page.all("div"):
            if "scroll" in attrs.get("class", "").split():
                assert attrs.get("tabindex") == "0", page.address
                assert attrs.get("role") == "region", page.address
                assert attrs.get("aria-label"), page.address


def test_drawings_are_named_and_numbers_stand_beside(site: dict[str, Page]) -> None:
    drawn = [page for page in site.values() if page.all("svg")]
    assert drawn
    for page in drawn:
        for attrs in page.all("svg"):
            assert set(attrs["aria-labelledby"].split()) <= set(page.ids)
        assert page.all("table") or page.all("p")


def test_form_fields_have_labels(site: dict[str, Page]) -> None:
    """Each stands inside its label or is named by one."""
    for page in site.values():
        named = {attrs["for"] for attrs in page.all("label") if "for" in attrs}
        depth_open = False
        for tag, attrs in page.tags:
            if tag == "label":
                depth_open = "for" not in attrs
            elif tag in ("select", "input", "textarea") and attrs.get("type") != "hidden":
                assert depth_open or attrs.get("id") in named, (page.address, attrs)


@pytest.mark.parametrize("path", [
    "/fr/compare", "/en/therapies/nothing", "/en/tests/ivig", "/en/therapies/test:tsh", "/en/guidelines/x",
    "/ko/evidence/x", "/en/evidence/ivig-reviews/pooled.svg", "/en/evidence/vitamin-d-forest/pooled.exe",
])  # fmt: skip
def test_what_is_not_there_is_said_to_be_so(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 404
    assert answer.text == "refused.not-found"


def test_a_filter_keeps_to_what_exists(browser: Browser) -> None:
    whole, other = (
        browser.get(f"/en/compare?{query}").text.partition("<main")[2]
        for query in ("topic=therapies", "topic=nonsense&guideline=none&kind=no")
    )
    assert whole == other
    one = read(browser.get("/en/compare?topic=therapies&guideline=eshre-2022").text)
    heads = [w.strip() for w in one.words]
    assert heads.count("ASRI 2025") == 1  # only the box that would show it


def test_a_kind_of_difference_filters_rows(browser: Browser) -> None:
    page = read(browser.get("/en/compare?topic=therapies&kind=opposite").text)
    assert [id_ for id_ in page.ids if id_.startswith("row-")] == ["row-corticosteroids", "row-lit"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_answer_that_hangs_on_a_reading_carries_a_sign(browser: Browser, lang: Lang) -> None:
    """The class that ASRM speaks of for IVIG is open; ESHRE against LIT hangs on nothing but its definition."""
    for path in (f"/{lang}/compare", f"/{lang}/therapies"):
        rows = browser.get(path).text.split('<table class="glance"')[1].split("</table>")[0].split("<tr>")
        ivig = next(row for row in rows if "/therapies/ivig" in row or "#row-ivig" in row)
        lit = next(row for row in rows if "/therapies/lit" in row or "#row-lit" in row)
        cells = [re.split(r"</td>", row)[:3] for row in (ivig, lit)]
        assert words(lang)["pages.by-reading"] in cells[0][0]
        assert words(lang)["pages.by-reading"] not in cells[1][1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_api_is_found_from_the_pages(browser: Browser, lang: Lang) -> None:
    assert f'href="/{lang}/api"' in browser.get(f"/{lang}/about").text
