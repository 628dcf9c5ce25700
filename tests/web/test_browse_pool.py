"""Pooling on a page: the talk's forest plots again, files of all kinds, and what cannot be pooled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from decidua.language import LANGUAGES, Lang
from decidua.web.browse.poolable import poolables
from decidua.web.browse.pooling import LENGTH, Entered, entered
from decidua.web.shelf import Shelf
from decidua.web.submitted import Submitted, Upload
from web.browsing import Browser, read

EXAMPLES = Path(__file__).parents[2] / "examples" / "pool"
VITAMIN_D = (EXAMPLES / "vitamin-d.csv").read_text("utf-8")
OR_MH = (("measure", "OR"), ("method", "MH"), ("model", "random"))


@pytest.fixture(scope="module")
def browser(shelf: Shelf) -> Browser:
    return Browser(shelf)


def sent(*fields: tuple[str, str], data: str = VITAMIN_D) -> list[tuple[str, str]]:
    return [("data", data), *fields]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pasted_studies_give_the_printed_numbers(browser: Browser, lang: Lang) -> None:
    """The talk prints 1.60 (1.11 to 2.30)."""
    answer = browser.post(f"/{lang}/pool", sent(*OR_MH, ("as", "page")))
    assert answer.status_code == 200
    page = read(answer.text)
    assert "1.598 [1.109, 2.302]" in page.text
    assert len(page.all("svg")) == 2
    assert "Andersen 2015" in page.text
    assert "RevMan" in page.text


def test_an_upload_can_be_asked_again_without_a_second_upload(browser: Browser) -> None:
    first = browser.post("/en/pool", OR_MH, upload=("vitamin-d.csv", VITAMIN_D.encode()))
    page = read(first.text)
    again = [(a["name"], a.get("value", "")) for a in page.all("input") if a.get("type") == "hidden"]
    text = first.text.split('name="data"')[1].split(">", 1)[1].split("</textarea>")[0].lstrip("\n")
    answer = browser.post("/en/pool", [*again, ("data", text), *OR_MH, ("as", "json")])
    assert answer.headers["content-disposition"] == 'attachment; filename="pooled.json"'
    assert json.loads(answer.text)["k"] == 6


def test_a_large_upload_travels_in_pieces() -> None:
    text = "study,ai,n1i,ci,n2i\n" + "".join(f"연구 {i},1,20,2,20\n" for i in range(1500))
    form = entered(Submitted((), {"file": Upload("big.csv", text.encode())}))
    assert form.data == ""
    assert all(len(piece.replace("\n", "\r\n").encode()) <= LENGTH for piece in form.pieces)
    again = entered(Submitted(tuple(("kept", piece) for piece in form.pieces), {}))
    assert again.kept == text


@pytest.mark.parametrize(("shape", "begins"), [
    ("svg", "<svg"), ("funnel", "<svg"), ("csv", "\ufeffrow,name,"), ("json", "{"),
])  # fmt: skip
def test_downloads(browser: Browser, shape: str, begins: str) -> None:
    answer = browser.post("/en/pool", sent(*OR_MH, ("as", shape)))
    assert answer.text.startswith(begins)
    assert answer.headers["content-disposition"].startswith('attachment; filename="pooled')


def test_revman_files(browser: Browser) -> None:
    answer = browser.post("/en/pool", upload=("review.rm5", rm5()))
    assert answer.status_code == 200, read(answer.text).text[:800]
    assert "Trial A" in read(answer.text).text


def rm5() -> bytes:
    rows = "".join(
        f'<DICH_DATA STUDY_ID="S{i}" EVENTS_1="{i}" TOTAL_1="20" EVENTS_2="5" TOTAL_2="20"/>' for i in (3, 6)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><COCHRANE_REVIEW>'
        '<STUDY ID="S3" NAME="Trial A"/><STUDY ID="S6" NAME="B"/>'
        '<DICH_OUTCOME ID="CMP-001.01" EFFECT_MEASURE="RR" METHOD="MH" RANDOM="NO"><NAME>Loss</NAME>'
        f"{rows}</DICH_OUTCOME></COCHRANE_REVIEW>"
    ).encode()


@pytest.mark.parametrize(("fields", "upload", "says"), [
    ([("data", "")], None, "No studies were sent"),
    ([("data", "study,ai\nA,1\n"), ("measure", "OR")], None, "columns are missing"),
    ([("data", "study,ai,n1i,ci,n2i\nA,twelve,20,1,20\n"), ("measure", "OR")], None, "'twelve', which is not a number"),
    ([("data", VITAMIN_D)], None, "Which measure is meant?"),
    ([("data", VITAMIN_D), ("measure", "XX")], None, "measure is 'XX'"),
    ([("data", VITAMIN_D), ("measure", "OR"), ("level", "7")], None, "level is '7'"),
    ([("data", VITAMIN_D), ("measure", "OR"), ("by", "../../etc/passwd")], None, "names the column"),
    ([("measure", "OR")], ("/etc/passwd", b"root:x:0:0"), "columns are missing"),
    ([("measure", "OR")], ("x.csv", b"\x89PNG\r\n\x1a\n\x00\xff"), "not UTF-8 text"),
    ([], ("x.rm5", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'), "document types and entities"),
])  # fmt: skip
def test_what_cannot_be_pooled_keeps_the_form(browser: Browser, fields, upload, says) -> None:  # type: ignore[no-untyped-def]
    answer = browser.post("/en/pool", [*fields, ("by", dict(fields).get("by", "drug"))], upload=upload)
    page = read(answer.text)
    assert answer.status_code == 422
    assert says in page.text
    assert "Traceback" not in page.text
    assert any(a.get("name") == "by" and a["value"] == dict(fields).get("by", "drug") for a in page.all("input"))
    if data := dict(fields).get("data"):
        assert data.strip().splitlines()[0] in page.text


def test_markup_in_a_file_is_text(browser: Browser) -> None:
    evil = "study,ai,n1i,ci,n2i\n<script>alert(1)</script>,3,20,5,20\n=1+1,4,20,6,20\n"
    answer = browser.post("/en/pool", [("data", evil), ("measure", "OR")])
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    written = browser.post("/en/pool", [("data", evil), ("measure", "OR"), ("as", "csv")]).text
    assert "'=1+1" in written


def test_a_file_beyond_the_limit_is_told_on_the_form(browser: Browser) -> None:
    answer = browser.post("/en/pool", [("measure", "OR")], upload=("x.csv", b"a" * 5_500_000))
    assert answer.status_code == 413
    assert read(answer.text).all("textarea")


@pytest.mark.parametrize(("table", "row", "printed"), [
    ("vitamin-d-forest", "total", ("1.60", "1.11", "2.30")),
    ("calcineurin-forest", "total", ("2.25", "1.54", "3.29")),
    ("calcineurin-forest", "ciclosporin", ("2.09", "1.31", "3.32")),
])  # fmt: skip
def test_shipped_tables_recompute_to_the_print(
    browser: Browser, table: str, row: str, printed: tuple[str, ...]
) -> None:
    page = read(browser.get(f"/en/evidence/{table}?line={row}").text)
    for number in printed:
        assert f"{number} {number} as printed" in page.text


def test_another_method_is_told_apart_from_the_print(browser: Browser) -> None:
    page = read(browser.get("/en/evidence/vitamin-d-forest?measure=OR&model=fixed&method=IV").text)
    assert "not as printed" in page.text


def test_choices_that_do_not_go_together_are_told_in_place(browser: Browser) -> None:
    answer = browser.get("/ko/evidence/vitamin-d-forest?measure=RD&method=Peto&model=fixed")
    assert answer.status_code == 200
    assert [a for a in read(answer.text).all("p") if "wrong" in a.get("class", "")]


def test_reviews_are_never_pooled(shelf: Shelf) -> None:
    for table in shelf.evidence.tables.values():
        if table.kind == "reviews" or any(row.review for row in table.rows):
            assert poolables(shelf.evidence, table.id) == ()


def test_a_study_without_controls_is_no_comparison(browser: Browser) -> None:
    """Nakagawa 2015 has no control group: it stands in the table and not in the estimate."""
    page = read(browser.get("/en/evidence/calcineurin-forest").text)
    assert "k = 3" in page.text


def test_defaults_are_open() -> None:
    form = Entered()
    assert (form.get("measure"), form.get("model"), form.get("ci")) == ("", "", "wald")


def test_without_numpy_tables_are_still_shown(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("decidua.web.browse.poolable.find_spec", lambda _: None)
    page = read(browser.get("/en/evidence/vitamin-d-forest").text)
    assert "Andersen 2015" in page.text
    assert "needs NumPy and SciPy" in page.text
    assert browser.post("/en/pool", sent(*OR_MH)).status_code == 422
