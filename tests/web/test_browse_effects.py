"""Absolute effects on a therapy's page: sourced risks, a risk of one's own, and refusals with their reason."""

from __future__ import annotations

import pytest

from decidua.language import LANGUAGES, Lang
from decidua.web.shelf import Shelf
from web.browsing import Browser, read


@pytest.fixture(scope="module")
def browser(shelf: Shelf) -> Browser:
    return Browser(shelf)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("percent", ["30", "30 %", "30.0", "30,0"])
def test_a_risk_of_ones_own(browser: Browser, lang: Lang, percent: str) -> None:
    """ALIFE2, OR 1.04: of 1000 at 30 %, 308 (odds 0.3/0.7 · 1.04)."""
    answer = browser.post(f"/{lang}/therapies/heparin", [("baseline", ""), ("percent", percent)])
    page = read(answer.text)
    assert answer.status_code == 200
    assert "308" in page.text
    assert len(page.all("svg")) >= 3
    assert f'value="{percent}"' in answer.text


@pytest.mark.parametrize("percent", ["0", "100", "-3", "many", "1e9", "<b>", "30; drop"])
def test_what_is_no_risk_is_told_and_kept(browser: Browser, percent: str) -> None:
    answer = browser.post("/en/therapies/heparin", [("percent", percent)])
    page = read(answer.text)
    assert answer.status_code == 422
    assert "is no chance" in page.text
    assert any(a.get("name") == "percent" and a["value"] == percent for a in page.all("input"))
    assert "<b>'" not in answer.text


def test_an_unknown_sourced_risk_is_told(browser: Browser) -> None:
    assert "none of the sourced chances" in read(browser.post("/en/therapies/heparin", [("baseline", "x")]).text).text


def test_refusals_have_reasons(browser: Browser) -> None:
    page = read(browser.get("/en/therapies/ivig").text)
    assert "Not shown in numbers of women, and why" in page.text


def test_a_risk_never_stands_in_an_address(browser: Browser) -> None:
    page = read(browser.get("/en/therapies/heparin").text)
    (form,) = (a for a in page.all("form") if a.get("method") == "post")
    assert form["action"] == "/en/therapies/heparin#effects"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_other_women_only_where_they_are_chosen(browser: Browser, lang: Lang) -> None:
    """Dan 2015 (raised uterine NK cells) at ALIFE2: refused on the page, worked out when chosen in its list."""
    other = {"en": "OTHER WOMEN than those of the estimate)", "ko": "추정치와 다른 여성)"}[lang]
    assert other not in read(browser.get(f"/{lang}/therapies/corticosteroids").text).text
    chosen = browser.post(
        f"/{lang}/therapies/corticosteroids", [("baseline", "baseline.alife-trying"), ("percent", "")]
    )
    assert other in read(chosen.text).text
