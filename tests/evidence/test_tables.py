"""The tables are what the source prints, and their rows are consistent in themselves."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from decidua.check.ledger import Ledger, read_ledger
from decidua.content.package import shipped
from decidua.evidence import Evidence
from decidua.evidence.cells import EMPTY, CellError, parse_cell, plain
from decidua.evidence.model import Header, Row, Table
from decidua.evidence.printed import Printed
from decidua.evidence.read import parse_row
from decidua.provenance import TALK


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return read_ledger(shipped() / "ledger.tsv")


def faithful(row: Row | Header, ledger: Ledger) -> bool:
    """Cells joined by tabs are the stored line, whose hash the ledger keeps; the line's text is not needed."""
    line = "\t".join(row.printed)
    return hashlib.sha256(line.encode()).hexdigest()[:16] == ledger[row.lines[0] - 1].sha256


def printed_rows(evidence: Evidence) -> list[Row | Header]:
    return [row for table in evidence.tables.values() for row in (*table.headers, *table.rows) if row.printed]


def test_every_printed_row_is_the_sources_line(evidence: Evidence, ledger: Ledger) -> None:
    rows = printed_rows(evidence)
    assert len(rows) > 120
    assert [row.lines for row in rows if not faithful(row, ledger)] == []


def test_one_changed_digit_is_seen(evidence: Evidence, ledger: Ledger) -> None:
    row = next(row for row in evidence.tables["ivig-reviews"].rows if row.key == "wang-2016")
    cells = tuple(cell.replace("202/297", "203/297") for cell in row.printed)
    assert not faithful(row.model_copy(update={"printed": cells}), ledger)


def test_every_row_is_cited_by_its_table(evidence: Evidence) -> None:
    for table in evidence.tables.values():
        cited = {line for cite in table.cites if cite.source == TALK for line in cite.lines}
        for row in (*table.headers, *table.rows):
            assert set(row.lines) <= cited, (table.id, row.lines)


def test_no_line_of_a_table_is_left_out(evidence: Evidence, ledger: Ledger) -> None:
    """None is still to be encoded, and the ledger names each table at each of its rows."""
    assert [one.line for one in ledger if one.role == "evidence-not-yet-encoded"] == []
    for table in evidence.tables.values():
        lines = [line for row in (*table.headers, *table.rows) for line in row.lines]
        assert [line for line in lines if table.id not in ledger[line - 1].ids] == []


def test_every_digit_of_a_number_cell_is_read(evidence: Evidence) -> None:
    """What a column of numbers prints is wholly in its parts: nothing is dropped without a repair's note."""
    for table in evidence.tables.values():
        for row in table.rows:
            for column, text in zip(table.columns, row.printed, strict=False):
                if column.holds != "text" and column.key not in row.repairs and text.strip() not in EMPTY:
                    parts = parse_cell(text, column.holds, column.names or (column.key,))
                    read = "".join(part.text for part in parts.values() if isinstance(part, Printed))
                    assert sorted(re.findall(r"\d", read)) == sorted(re.findall(r"\d", plain(text))), (table.id, text)


def problem_in(evidence: Evidence, table: str, row: str) -> str | None:
    """The first number of a row that cannot be."""
    at = {ref.split("/", 2)[2]: n for ref, n in evidence.cells.items() if ref.startswith(f"{table}/{row}/")}
    value = {part: n.value for part, n in at.items() if isinstance(n, Printed)}
    for part, n in value.items():
        name, _, kind = part.rpartition(".")
        if kind == "total" and not 0 <= value.get(f"{name}.events", 0) <= n:
            return f"{part}: more events than women"
        if kind == "percent" and not 0 <= n <= 100:
            return f"{part}: no percentage"
        if kind == "lower" and not n <= value.get(f"{name}.estimate", n) <= value[f"{name}.upper"]:
            return f"{part}: the estimate is outside its interval"
        if (kind or part) == "p" and not 0 <= n <= 1 and "threshold" not in table:
            return f"{part}: no probability"
        if kind in ("events", "total", "sd") and n < 0:
            return f"{part}: negative"
    pairs = [
        (n, value[p.replace("events", "total")]) for p, n in value.items() if p.replace("events", "total") in value
    ]
    return next((f"{n:g} events of {total:g}" for n, total in pairs if n > total), None)


def test_every_row_is_consistent(evidence: Evidence) -> None:
    rows = [(table.id, row.key) for table in evidence.tables.values() for row in table.rows]
    assert {row: found for row in rows if (found := problem_in(evidence, *row))} == {}


@pytest.mark.parametrize(
    ("ref", "text"),
    [
        ("ivig-trial/live-week-6/ivig.events", "16"),
        ("vitamin-d-forest/thiele-2019/low-events", "199"),
        ("ivig-reviews/wang-2016/effect.lower", "1.26"),
        ("ivig-reviews/wang-2016/treated.percent", "168.0"),
        ("g-csf-trial/live-births/p", "1.0061"),
    ],
)
def test_a_broken_row_is_seen(evidence: Evidence, ref: str, text: str) -> None:
    table, row, _ = ref.split("/", 2)
    cells = {**evidence.cells, ref: Printed(text, float(text))}
    assert problem_in(Evidence(evidence.tables, {}, {}, {}, cells), table, row) is not None


CELLS = [
    ("66/88 (75.0%)", "events", {"x.events": 66, "x.total": 88, "x.percent": 75.0}),
    ("46‡ (29%)", "events", {"x.events": 46, "x.percent": 29}),
    ("RR 1.58 (1.23–2.02, p<0.001)", "effect", {"x.estimate": 1.58, "x.lower": 1.23, "x.upper": 2.02, "x.p": 0.001}),
    ("3.21 [1.51, 6.82]", "effect", {"x.estimate": 3.21, "x.lower": 1.51, "x.upper": 6.82}),
    ("0.7% (95% CI −9.2% to 10.6%)", "effect", {"x.estimate": 0.7, "x.lower": -9.2, "x.upper": 10.6}),
    ("1.08, CI = 0.93-1.26, p=0.3", "effect", {"x.estimate": 1.08, "x.lower": 0.93, "x.upper": 1.26, "x.p": 0.3}),
    ("<i>P</i> <0.001", "p", {"x": 0.001}),
    ("30,254", "count", {"x": 30254}),
    ("26.1±4.9", "mean-sd", {"x.mean": 26.1, "x.sd": 4.9}),
    ("Not estimable", "effect", {}),
]


@pytest.mark.parametrize(("text", "holds", "parts"), CELLS)
def test_the_grammar_of_cells(text: str, holds: str, parts: dict[str, float]) -> None:
    found = parse_cell(text, holds, ("x",))  # type: ignore[arg-type]
    assert {part: n.value for part, n in found.items() if isinstance(n, Printed)} == parts


@pytest.mark.parametrize(("text", "holds"), [("about 12", "count"), ("1.2 (0.9)", "effect"), ("many", "p")])
def test_a_cell_against_its_column(text: str, holds: str) -> None:
    with pytest.raises(CellError):
        parse_cell(text, holds, ("x",))  # type: ignore[arg-type]


def test_a_fragment_must_stand_in_its_row(evidence: Evidence) -> None:
    table: Table = evidence.tables["g-csf-studies"]
    row = table.rows[0].model_copy(update={"values": {"n": ("count", "31")}})
    with pytest.raises(CellError, match="does not stand"):
        list(parse_row(table, row))


def test_a_repair_needs_a_note() -> None:
    with pytest.raises(ValidationError, match="note"):
        Row.model_validate({"key": "x", "lines": [1], "repairs": {"n": {"holds": "count", "value": "1"}}})


def test_reviews_are_marked(evidence: Evidence) -> None:
    for table in evidence.tables.values():
        if table.kind in ("reviews", "outcomes"):
            assert all(row.review for row in table.rows), table.id


def test_links_lead_from_statements_to_tables(evidence: Evidence, content: object) -> None:
    statements = {item.id for item in content.of("statements")}  # type: ignore[attr-defined]
    assert set(evidence.links) <= statements
    assert {table for tables in evidence.links.values() for table in tables} <= set(evidence.tables)
    assert Path(shipped() / "evidence" / "links.yaml").is_file()
