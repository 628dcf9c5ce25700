"""What pages are made of: nothing of the content is missing, in either language, and nothing of it is rounded off."""

from __future__ import annotations

import csv
import io

import pytest

from decidua.check.docket import docket
from decidua.language import LANGUAGES, Lang
from decidua.reports.formulas import safe
from decidua.web.browse import about, compare, evidence, guidelines, spreadsheet, therapies
from decidua.web.browse.differences import Differences
from decidua.web.browse.said import in_words, spans
from decidua.web.shelf import Shelf


@pytest.fixture(scope="module")
def found(shelf: Shelf) -> Differences:
    return Differences(shelf.answers)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_guideline_pages_have_every_statement_reading_discrepancy_and_question(shelf: Shelf, lang: Lang) -> None:
    k, questions = shelf.knowledge, docket(shelf.knowledge)
    views = [guidelines.guideline_view(shelf, questions, id_, lang) for id_ in k.guidelines]
    statements = [s.said.id for view in views for _, said in view.options for s in said]
    assert sorted(statements) == sorted(k.statements)  # each once
    assert {r.id for view in views for r in view.readings} == set(k.readings)
    told = {d.id for view in views for d in view.discrepancies} | {
        d.id for d in about.about_view(shelf, lang).discrepancies
    }
    assert told == set(k.discrepancies)
    assert sorted(q.id for view in views for q in view.questions) == sorted(q.id for q in questions)
    items = {said.id for view in views for _, said in view.definition.items}
    assert items == {item.id for g in k.guidelines.values() for item in g.items}
    names = {n.said.id for view in views for n in view.names}
    assert {id_ for id_ in k.named if "@" in id_ and id_.split("@")[1] in k.guidelines} <= names


@pytest.mark.parametrize("lang", LANGUAGES)
def test_option_pages_have_everything_that_names_the_option(shelf: Shelf, found: Differences, lang: Lang) -> None:
    k = shelf.knowledge
    for id_, option in k.options.items():
        view = therapies.option_view(shelf, found, id_, lang)
        shown = [s.said.id for cell in view.row.cells for s in cell.statements]
        assert sorted(shown) == sorted(s.id for s in k.statements.values() if id_ in s.options)
        assert {d.id for d in view.discrepancies} == {d.id for d in k.discrepancies.values() if id_ in d.touches}
        assert {r.id for r in view.readings} >= {r.id for r in k.readings.values() if id_ in r.touches}
        assert {t.id for t in view.tables} >= {t.id for t in shelf.evidence.tables.values() if id_ in t.about}
        items = {item.said.id for part in view.parts for item in part.items}
        assert items == {one.id for name in therapies.PARTS for one in getattr(option, name)}


def test_a_gap_is_shown_as_a_gap(shelf: Shelf, found: Differences) -> None:
    missing = {p.name for p in therapies.option_view(shelf, found, "hydroxychloroquine", "en").parts if p.missing}
    assert missing == {"safety", "before"}
    assert not any(p.missing for p in therapies.option_view(shelf, found, "test:tsh", "en").parts)


def test_unchecked_korean_never_stands_alone(shelf: Shelf) -> None:
    """Every statement of a guideline, its correction, and every cited item of an option."""
    for guideline in shelf.knowledge.guidelines:
        view = guidelines.guideline_view(shelf, (), guideline, "ko")
        for _, said in view.options:
            for s in said:
                source = shelf.knowledge.statements[s.said.id]
                assert s.said.says.text == source.says.ko
                assert s.said.says.original == source.says.en
                if source.correction:
                    assert s.said.correction is not None
                    assert s.said.correction.original == source.correction.en


def test_checked_korean_stands_alone() -> None:
    from decidua.language import Text

    assert in_words(Text(en="a", ko="가", ko_status="checked"), "ko").original is None
    assert in_words(Text(en="a", ko="가"), "en").original is None


def test_the_words_of_one_cell(shelf: Shelf) -> None:
    """ESHRE on IVIG, as the talk prints it: conditional, two of four, after four or more unexplained losses."""
    view = compare.cell(shelf, "eshre-2022", "ivig", "en")
    first = view.statements[0]
    assert (first.answer, first.group, first.strength) == ("conditional", "for", "Conditional")
    assert "four or more losses" in first.whom
    assert "unexplained" in first.whom
    assert first.when == "pregnant"
    assert [s.kind for s in view.statements] == ["recommendation", "remark"]
    assert compare.cell(shelf, "asri-2025", "supportive-care", "en").statements == ()


@pytest.mark.parametrize("topic", compare.TOPICS[1:])
def test_rows_of_a_topic(shelf: Shelf, found: Differences, topic: str) -> None:
    k = shelf.knowledge
    asked = compare.chosen(k, topic, [], None, found.order)
    rows = {row.option: row for row in compare.rows(shelf, found, asked, "en")}
    if topic in ("tests", "therapies"):
        assert set(rows) == {id_ for id_ in k.options if id_.startswith("test:") == (topic == "tests")}
    if topic == "regimens":
        assert set(rows) == {option for s in k.statements.values() if s.regimens for option in s.options}
    if topic == "evidence":
        assert all(s.kind == "evidence" for row in rows.values() for cell in row.cells for s in cell.statements)
        assert {o for s in k.statements.values() if s.kind == "evidence" for o in s.options} <= set(rows)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_table_pages_have_every_cell_repair_and_verdict(shelf: Shelf, lang: Lang) -> None:
    judged = 0
    for id_, table in shelf.evidence.tables.items():
        view = evidence.table_view(shelf, id_, lang)
        rows = {row.key: row for row in view.rows if not row.title}
        assert list(rows) == [row.key for row in sorted(table.rows, key=lambda row: row.lines[0])]
        for row in table.rows:
            shown = [cell.text for cell in rows[row.key].cells if cell.text.strip()]
            assert shown == [text for text in row.printed if text.strip()]
            assert {name for repair in rows[row.key].repairs for name in repair.where} == set(row.repairs)
            assert dict(rows[row.key].fragments).keys() == row.values.keys()
        titles = len(view.heads) + sum(row.title for row in view.rows)
        assert titles == len(table.headers)
        judged += len(view.claims)
    assert judged == len(shelf.verdicts)


def test_a_mismatch_is_marked_in_its_cell(shelf: Shelf) -> None:
    """26/30 is printed as 87.7 % in Jin 2020."""
    view = evidence.table_view(shelf, "g-csf-studies", "en")
    jin = next(row for row in view.rows if row.key == "jin-2020")
    words = {cell.word for cell in (*jin.cells, *(cell for _, cell in jin.fragments))}
    assert "mismatch" in words
    anchors = {cell.anchor for cell in (*jin.cells, *(cell for _, cell in jin.fragments)) if cell.anchor}
    assert anchors <= {evidence.anchor(claim.id) for claim in view.claims}


def test_lines_run_together() -> None:
    assert spans((1, 2, 3, 7, 9, 10)) == "1–3, 7, 9–10"
    assert spans(()) == ""


@pytest.mark.parametrize(("cell", "written"), [
    ("=1+1", "'=1+1"), ("+cmd", "'+cmd"), ("@SUM(A1)", "'@SUM(A1)"), ("- •", "'- •"), ("\t=1", "'\t=1"),
    (" =1", "' =1"), ("-0.5", "-0.5"), ("+3", "+3"), ("-1e-3", "-1e-3"), (-0.5, -0.5), ("plain", "plain"), ("", ""),
])  # fmt: skip
def test_no_cell_of_a_csv_runs_as_a_formula(cell: object, written: object) -> None:
    assert safe(cell) == written


def test_the_csv_of_a_table_is_the_table(shelf: Shelf) -> None:
    view = evidence.table_view(shelf, "vitamin-d-forest", "en")
    rows = list(csv.reader(io.StringIO(spreadsheet.table_csv(view).removeprefix("\ufeff"))))
    andersen = next(row for row in rows if row[0] == "andersen-2015")
    assert andersen[1:9] == ["324", "Andersen 2015", "50", "1130", "8", "563", "16.0%", "3.21 [1.51, 6.82]"]
