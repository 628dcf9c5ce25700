"""The report of an audit in each of its forms: the same numbers, nothing hidden in any, where it comes from on all."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import jsonschema
import polars as pl
import pytest
from cli.running import ROOT

from decidua.cli.writing import plain
from decidua.errors import UsageError
from decidua.guidelines import Knowledge
from decidua.language import LANGUAGES, Lang, words
from decidua.reports.audit.build import build_audit_report
from decidua.reports.audit.html import audit_html
from decidua.reports.audit.models import AuditReport
from decidua.reports.audit.pictures import agreement_picture, answers_picture, costly_picture
from decidua.reports.audit.tables import COUNT, csv_text, tables, write_tables
from decidua.reports.audit.text import audit_text
from decidua.reports.pictures.lettering import text_width
from decidua.reports.pictures.stacked import StackedPlot, draw_stacked
from reports.audits import audit_of, without_mark, women

SVG = re.compile(r"<svg .*?</svg>", re.DOTALL)
CONCORDANCE = re.compile(r"concordant|일치(?!하|할)")


@pytest.fixture(scope="module", params=LANGUAGES)
def report(request: pytest.FixtureRequest, knowledge: Knowledge) -> AuditReport:
    return build_audit_report(audit_of(women(1200)), knowledge, request.param)


@pytest.fixture(scope="module")
def english(knowledge: Knowledge) -> AuditReport:
    return build_audit_report(audit_of(women(1200)), knowledge, "en")


# ---- where it comes from ----------------------------------------------------------------------------------------


def test_every_form_says_where_it_comes_from(report: AuditReport) -> None:
    about = report.about
    forms = [audit_html(report), report.model_dump_json(), " ".join(plain(audit_text(report)).decode().split())]
    for form in forms:
        for said in (about.software, about.content, about.as_of or "-", about.watermark or "-"):
            assert said in form or said.upper() in form
        assert f"{about.reviewed}" in form
        assert f"{about.statements}" in form
    for table in tables(report):
        rows = list(csv.DictReader(io.StringIO(csv_text(report, table).removeprefix("\ufeff"))))
        assert {row["synthetic"] for row in rows} <= {"true"}
        assert {row["content"] for row in rows} <= {about.content}
        assert {row["intended_use"] for row in rows} <= {about.intended_use}


def test_only_made_up_women_are_marked(knowledge: Knowledge) -> None:
    real = build_audit_report(without_mark(audit_of(women(300))), knowledge, "en")
    assert real.about.watermark is None
    assert words("en")["audited.watermark"] not in audit_html(real)
    table = csv_text(real, tables(real)[0])
    assert "true" not in {row["synthetic"] for row in csv.DictReader(io.StringIO(table.removeprefix("\ufeff")))}


def test_json_keeps_its_schema(report: AuditReport) -> None:
    schema = json.loads((ROOT / "docs" / "schema" / "audit.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(report.model_dump_json()))


# ---- tables -----------------------------------------------------------------------------------------------------


def test_tables_in_both_forms_are_the_same(english: AuditReport, tmp_path: Path) -> None:
    write_tables(english, tmp_path / "t")
    for table in tables(english):
        frame = pl.read_parquet(tmp_path / "t" / f"{table.name}.parquet")
        text = (tmp_path / "t" / f"{table.name}.csv").read_text("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert [None if row["n"] == "" else int(row["n"]) for row in rows] == frame["n"].to_list()
        assert frame.filter(pl.col("hidden"))["n"].null_count() == frame["hidden"].sum()
        assert frame.filter("hidden").select("share", "low", "high").null_count().row(0) == (frame["hidden"].sum(),) * 3
        assert frame.columns[-len(COUNT) - 6 : -6] == list(COUNT)
        about = json.loads(pl.read_parquet_metadata(tmp_path / "t" / f"{table.name}.parquet")["decidua"])
        assert about["synthetic"] is True
    assert "synthetic" in (tmp_path / "t" / "README.txt").read_text("utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t"]


def test_a_folder_that_exists_is_not_touched(english: AuditReport, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(UsageError, match="exists already"):
        write_tables(english, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_is_left_of_tables_that_cannot_be_written(
    english: AuditReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("decidua.reports.audit.tables._parquet", full)
    with pytest.raises(UsageError, match="No space left"):
        write_tables(english, tmp_path / "t")
    assert list(tmp_path.iterdir()) == []


def test_a_centre_called_like_a_formula_is_text(knowledge: Knowledge) -> None:
    cohort = [type(one)("=1+1", *list(vars(one).values())[1:]) for one in women(40)]
    report = build_audit_report(audit_of(cohort), knowledge, "en")
    text = csv_text(report, tables(report)[0])
    assert "'=1+1" in text
    assert "\n=1+1" not in text
    assert ",=1+1" not in text


# ---- page -------------------------------------------------------------------------------------------------------


def test_the_page_needs_nothing_and_asks_for_nothing(report: AuditReport) -> None:
    page = audit_html(report)
    assert "<script" not in page
    assert not re.search(r"""(src|href)=["'](?!#|data:)""", page)
    assert " style=" not in page
    assert f'lang="{report.language}"' in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_every_picture_is_well_formed_and_stays_inside(report: AuditReport) -> None:
    drawings = SVG.findall(audit_html(report))
    assert len(drawings) > 10
    for one in drawings:
        root = ET.fromstring(one)
        width = float(root.attrib["width"])
        for text in root.iter("{http://www.w3.org/2000/svg}text"):
            x, size = float(text.attrib["x"]), float(text.attrib["font-size"])
            wide = text_width(text.text or "", size, bold="strong" in text.attrib["class"])
            start = x - wide * {"start": 0, "middle": 0.5, "end": 1}[text.attrib.get("text-anchor", "start")]
            assert start >= -6
            assert start + wide <= width + 12


@pytest.mark.parametrize("make", [
    lambda r: answers_picture(r, tests=False), lambda r: agreement_picture(r, tests=False), costly_picture,
])  # fmt: skip
def test_bars_are_as_long_as_their_shares(english: AuditReport, make: object) -> None:
    plot: StackedPlot = make(english)  # type: ignore[operator]
    parts = [part for bar in plot.bars for one in bar.parts if one for part in one if part > 0]
    drawn = [float(one.attributes["width"]) for one in draw_stacked(plot).walk()
             if one.name == "rect" and one.attributes["class"].startswith("picture-part-")
             and one.attributes["height"] == "17"]  # fmt: skip
    assert len(drawn) == len(parts)
    scale = max(drawn) / max(parts)
    assert drawn == pytest.approx([max(part * scale, 0.6) for part in parts], abs=0.02)


def test_words_of_concordance_stand_only_where_something_is_measured(knowledge: Knowledge) -> None:
    audit = audit_of(women(800))
    none = tuple(row for row in audit.concordance if not row.statements)
    for lang in LANGUAGES:
        for rows, expected in ((audit.concordance, True), (none, False)):
            report = build_audit_report(replace(audit, concordance=rows), knowledge, lang)
            told = audit_html(report).replace(words(lang)["audited.note-variation"], "")
            assert bool(CONCORDANCE.search(_without_known_words(told, lang))) == expected


def _without_known_words(text: str, lang: Lang) -> str:
    """Agreement between guidelines has the same word in Korean."""
    for key in ("audited.agreement", "audited.picture-agreement"):
        text = text.replace(words(lang)[key], "")
    return text
