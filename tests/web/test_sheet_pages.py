"""The sheet on the web: POST only, the act at every opening, nothing kept, nothing inline."""

from __future__ import annotations

import re

import pytest

from decidua.language import LANGUAGES, Lang, words
from decidua.reports.sheet import MOST
from decidua.web.consult.examples import example_fields
from decidua.web.sheet.opening import ACT, PICK
from decidua.web.sheet.router import sheet
from decidua.web.shelf import Shelf
from web.visiting import Fields, Visitor, seen

YES = (ACT, "yes")
IVIG = (PICK, "ivig")


@pytest.fixture(scope="module")
def visitor(shelf: Shelf) -> Visitor:
    visitor = Visitor(shelf)
    visitor.app.include_router(sheet(shelf))
    return visitor


@pytest.fixture(scope="module")
def immune(shelf: Shelf) -> Fields:
    return example_fields(shelf.knowledge, "04-immune-workup")


@pytest.mark.parametrize("path", ["/en/sheet", "/en/sheet/page", "/en/sheet.pdf"])
def test_no_address_opens_it(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status_code == 405


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_opening_says_for_whom_and_what_it_is_not(visitor: Visitor, immune: Fields, lang: Lang) -> None:
    answer = visitor.post(f"/{lang}/sheet", immune)
    assert answer.status_code == 200
    for key in ("sheet.web-what", "sheet.web-not", "sheet.web-act"):
        assert words(lang)[key] in answer.text
    assert words(lang)["sheet.web-picks"].format(most=MOST) in answer.text
    assert {"en": "if they fit on the page", "ko": "한 장에 들어가면"}[lang] in answer.text
    boxes = [attrs for tag, attrs in seen(answer.text).tags if tag == "input" and attrs.get("name") == ACT]
    assert [("checked" in box, "required" in box) for box in boxes] == [(False, True)]


@pytest.mark.parametrize("path", ["/en/sheet/page", "/en/sheet.pdf"])
def test_without_the_act_it_asks_again(visitor: Visitor, immune: Fields, path: str) -> None:
    answer = visitor.post(path, [*immune, IVIG, (ACT, "no")])
    assert answer.status_code == 422
    assert words("en")["sheet.web-act-missing"] in answer.text
    assert 'value="ivig" checked' in answer.text  # what was chosen is kept, the act is not
    assert not re.search(rf'name="{ACT}"[^>]*checked', answer.text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_with_the_act_it_opens(visitor: Visitor, immune: Fields, lang: Lang) -> None:
    answer = visitor.post(f"/{lang}/sheet/page", [*immune, IVIG, YES])
    assert answer.status_code == 200
    assert f'<html lang="{lang}">' in answer.text
    assert "had a live birth (filled)" in answer.text
    tags = seen(answer.text).tags
    assert not [tag for tag, attrs in tags if tag in ("style", "script") or "style" in attrs]
    looks = [attrs["href"] for tag, attrs in tags if tag == "link" and attrs["rel"] == "stylesheet"]
    assert [visitor.get(address).status_code for address in looks] == [200, 200]
    assert not [attrs for tag, attrs in tags if tag == "a"]


def test_the_act_is_not_carried_on(visitor: Visitor, immune: Fields) -> None:
    answer = visitor.post("/en/sheet/page", [*immune, IVIG, YES])
    hidden = {attrs["name"] for tag, attrs in seen(answer.text).tags if tag == "input"}
    assert "fact.age" in hidden
    assert hidden.isdisjoint({ACT, PICK})


@pytest.mark.parametrize(("picks", "key"), [([], "error.sheet-picks"), (["test:nk-cells"], "error.sheet-therapy"),
                                            (["ivig", "g-csf", "corticosteroids"], "error.sheet-room")])  # fmt: skip
def test_picks_that_make_no_sheet(visitor: Visitor, immune: Fields, picks: list[str], key: str) -> None:
    answer = visitor.post("/en/sheet/page", [*immune, *((PICK, pick) for pick in picks), YES])
    assert answer.status_code == 422
    assert words("en")[key].rpartition("}")[2][:40].replace("'", "&#39;") in answer.text


@pytest.mark.parametrize("wrong", [("fact.age", "very"), ("fact.clinical_losses", "9")])
def test_a_form_with_something_wrong_makes_no_sheet(visitor: Visitor, immune: Fields, wrong: tuple[str, str]) -> None:
    fields = [*(field for field in immune if field[0] != wrong[0]), wrong]
    answer = visitor.post("/en/sheet/page", [*fields, IVIG, YES])
    assert answer.status_code == 422
    assert words("en")["sheet.web-wrong"] in answer.text


def test_a_stated_name_against_the_facts(visitor: Visitor) -> None:
    fields = [("fact.losses", "3"), ("fact.clinical_losses", "3"), ("fact.aps", "yes"), ("stated.unexplained", "yes")]
    answer = visitor.post("/en/sheet/page", [*fields, IVIG, YES])
    assert answer.status_code == 422
    assert words("en")["sheet.web-wrong"] in answer.text


def test_what_is_carried_is_escaped(visitor: Visitor) -> None:
    answer = visitor.post("/en/sheet", [("title", '"><script>x</script>'), ("fact.losses", "3")])
    assert "<script>x" not in answer.text
    assert "&lt;script&gt;x" in answer.text


def test_the_heading_of_the_case_is_not_on_the_sheet(visitor: Visitor) -> None:
    fields = [("title", "CANARY Kim"), ("fact.losses", "3"), ("fact.clinical_losses", "3"), IVIG, YES]
    page = visitor.post("/en/sheet/page", fields).text
    assert "CANARY" not in page.partition("<main>")[2]


def test_another_style_is_not_there(visitor: Visitor) -> None:
    assert visitor.get("/en/sheet/style/other.css").status_code == 404


@pytest.mark.slow
def test_the_pdf_is_shown_and_not_a_download(visitor: Visitor, immune: Fields) -> None:
    try:
        import weasyprint  # type: ignore[import-untyped]  # noqa: F401
    except (ImportError, OSError) as error:
        pytest.skip(f"no PDF engine: {error}")
    answer = visitor.post("/ko/sheet.pdf", [*immune, IVIG, YES])
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.content.startswith(b"%PDF-")
