"""CSV files as they come: every odd line is told with its number, every other row is read."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest

from decidua.errors import CohortError
from decidua.facts import Vocabulary
from decidua.intake.cohort import csv_blocks, read_cohort
from intake.cohort_reading import cohort, problems, rows, settings

GOOD = "patient,losses,age\na,3,31\nb,2,29\n"


def test_plain(tmp_path: Path, vocabulary: Vocabulary) -> None:
    table = cohort(tmp_path, GOOD, vocabulary)
    assert rows(table, "patient", "losses", "age") == [("a", 3.0, 31.0), ("b", 2.0, 29.0)]
    assert table.description.sound
    assert (table.description.rows, table.description.patients) == (2, 2)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (b"x,1", "cohort.row-short"),
        (b"x,1,2,3", "cohort.row-long"),
        (b'x,"1,2', "cohort.row-quotes"),
        (b"x\xff,1,2", "cohort.row-letters"),
        (b"x\0,1,2", "cohort.row-letters"),
        (b",1,2", "cohort.no-patient"),
    ],
)
def test_one_bad_line_costs_only_itself(tmp_path: Path, vocabulary: Vocabulary, line: bytes, key: str) -> None:
    text = b"patient,losses,age\n" + b"".join(b"p%d,3,30\n" % n for n in range(40))
    lines = text.split(b"\n")
    bad = b"\n".join([*lines[:20], line, *lines[20:]])
    table = cohort(tmp_path, bad, vocabulary)
    assert table.frame.select(pl.len()).collect().item() == 40
    assert (problems(table)[key].rows, problems(table)[key].count) == ((21,), 1)
    assert (table.description.rows, table.description.refused, table.description.patients) == (41, 1, 40)
    with pytest.raises(CohortError):
        cohort(tmp_path, bad, vocabulary, strict=True)


def test_a_cell_may_span_lines_and_hold_separators(tmp_path: Path, vocabulary: Vocabulary) -> None:
    text = 'patient,losses,notes\n"Kim, A",3,x\nb,2,"two\nlines ""here"""\n\nc,1,"three\n\nlines"\n'
    table = cohort(tmp_path, text, vocabulary, "ignore: [notes]")
    assert rows(table, "patient", "losses") == [("Kim, A", 3.0), ("b", 2.0), ("c", 1.0)]
    assert table.description.sound


def test_an_open_quotation_mark_does_not_swallow_the_rest(tmp_path: Path, vocabulary: Vocabulary) -> None:
    text = 'patient,losses,age\na,3,31\nb,"2,29\nc,1,30\nd,"1",30\n'
    assert rows(cohort(tmp_path, text, vocabulary), "patient") == [("a",), ("c",), ("d",)]
    two = 'patient,losses,age\na,3,"\nb,2,29\nc,1,"\nd,1,30\n'
    assert rows(cohort(tmp_path, two, vocabulary), "patient") == [("b",), ("d",)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp949", "utf-32"])
def test_encodings(tmp_path: Path, vocabulary: Vocabulary, encoding: str) -> None:
    table = cohort(tmp_path, "환자;유산횟수;age\n가;3;30,5\n나;모름;31\n".encode(encoding), vocabulary)
    assert rows(table, "patient", "losses", "age") == [("가", 3.0, 30.5), ("나", None, 31.0)]
    told = "cohort.encoding" in problems(table)
    assert told == (encoding != "utf-8-sig")
    assert table.description.sound


def test_an_encoding_that_is_not_sure_is_not_guessed(tmp_path: Path, vocabulary: Vocabulary) -> None:
    text = "patient,losses\nJosé,3\nZoë,2\n".encode("latin-1")
    with pytest.raises(CohortError, match="encoding"):
        cohort(tmp_path, text, vocabulary)
    named = cohort(tmp_path, text, vocabulary, "encoding: latin-1")
    assert rows(named, "patient") == [("José",), ("Zoë",)]


def test_gzip_whole_and_cut(tmp_path: Path, vocabulary: Vocabulary) -> None:
    text = b"patient,losses\n" + b"".join(b"p%d,%d\n" % (n, n * 7919 % 40) for n in range(5000))
    packed = gzip.compress(text)
    whole = cohort(tmp_path, packed, vocabulary, name="c.csv.gz")
    assert whole.description.sound
    assert whole.description.patients == 5000
    cut = cohort(tmp_path, packed[: len(packed) // 2], vocabulary, name="d.csv.gz")
    assert "cohort.gzip-cut" in problems(cut)
    read = rows(cut, "patient", "losses")
    assert 500 < len(read) < 5000
    assert read == rows(whole, "patient", "losses")[: len(read)]


def test_a_line_that_is_cut_is_no_row(tmp_path: Path, vocabulary: Vocabulary) -> None:
    text = b"patient,losses\n" + b"".join(b"p%d,%d\n" % (n, 20 + n) for n in range(9))
    packed = gzip.compress(text, 0)
    for missing in range(9, 40):
        read = rows(cohort(tmp_path, packed[:-missing], vocabulary, name="c.csv.gz"), "patient", "losses")
        assert read == [(f"p{n}", 20.0 + n) for n in range(len(read))]


def test_nothing_to_read(tmp_path: Path, vocabulary: Vocabulary) -> None:
    for content, key in (
        (b"", "cohort.file-empty"),
        (b"\n\n", "cohort.file-empty"),
        (b"PK\x03\x04x", "cohort.workbook"),
    ):
        with pytest.raises(CohortError) as found:
            cohort(tmp_path, content, vocabulary)
        assert found.value.key == key
    (tmp_path / "empty").mkdir()
    with pytest.raises(CohortError) as found:
        read_cohort(tmp_path / "empty", settings(vocabulary))
    assert found.value.key == "cohort.folder-empty"
    with pytest.raises(CohortError) as found:
        read_cohort(tmp_path / "none*.csv", settings(vocabulary))
    assert found.value.key == "cohort.no-files"
    with pytest.raises(CohortError) as found:
        read_cohort(tmp_path / "none.csv", settings(vocabulary))
    assert found.value.key == "cohort.file-missing"


def test_a_heading_without_rows_is_a_cohort_of_nobody(tmp_path: Path, vocabulary: Vocabulary) -> None:
    table = cohort(tmp_path, "patient,losses\n", vocabulary)
    assert table.frame.collect().height == 0
    assert (table.description.rows, table.description.patients) == (0, 0)


def test_one_bad_file_of_several_costs_only_itself(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "a.csv").write_text(GOOD)
    (tmp_path / "b.csv").write_text("")
    (tmp_path / "c.csv").write_text("age;patient;tsh [mIU/L]\n33;z;2,5\n")
    table = read_cohort(tmp_path, settings(vocabulary))
    assert rows(table, "patient", "losses", "age", "tsh") == [
        ("a", 3.0, 31.0, None), ("b", 2.0, 29.0, None), ("z", None, 33.0, 2.5),
    ]  # fmt: skip
    assert problems(table)["cohort.file-empty"].file.endswith("b.csv")
    with pytest.raises(CohortError):
        read_cohort(tmp_path, settings(vocabulary), strict=True)


def test_headings(tmp_path: Path, vocabulary: Vocabulary) -> None:
    text = "patient,losses,losses,vitamin_d_nmol_l,Weight (kg),age,tsh,lossses\na,1,2,75,60,30,2,3\n"
    table = cohort(tmp_path, text, vocabulary)
    assert rows(table, "vitamin_d", "weight", "age", "tsh") == [(30.0, 60.0, 30.0, None)]
    found = problems(table)
    assert found["cohort.column-twice"].column == "losses"
    assert found["error.unit-missing"].column == "tsh"
    assert str(found["cohort.column-near"].parts["near"]).startswith("losses")
    assert "losses" not in table.frame.collect_schema().names()


def test_two_columns_of_one_meaning_are_not_chosen_between(tmp_path: Path, vocabulary: Vocabulary) -> None:
    table = cohort(tmp_path, "patient,losses,유산횟수\na,1,2\n", vocabulary)
    assert problems(table)["cohort.same-meaning"].parts["columns"] == "losses, 유산횟수"
    assert table.frame.collect_schema().names() == ["patient"]


def test_no_column_of_patients(tmp_path: Path, vocabulary: Vocabulary) -> None:
    with pytest.raises(CohortError, match="id, losses"):
        cohort(tmp_path, "id,losses\n1,2\n", vocabulary)


def test_doubles(tmp_path: Path, vocabulary: Vocabulary) -> None:
    text = "patient,losses\na,3\nb,2\na,3\nc,1\nc,2\nc,2\nd,4\n"
    for kept in (10, 0):
        table = cohort(tmp_path, text, vocabulary, kept=kept)
        assert rows(table, "patient", "losses") == [("a", 3.0), ("b", 2.0), ("d", 4.0)]
        found = problems(table)
        assert (found["cohort.double-same"].rows, found["cohort.double-same"].count) == ((4,), 1)
        assert (found["cohort.double-differs"].rows, found["cohort.double-differs"].count) == ((5, 6, 7), 3)
        assert (table.description.patients, table.description.refused, table.description.duplicates) == (3, 3, 1)


@pytest.mark.parametrize("spilled", [True, False])
@pytest.mark.parametrize("kept", [10, 0])
def test_rows_that_are_left_out_are_in_no_count(
    tmp_path: Path, vocabulary: Vocabulary, kept: int, spilled: bool
) -> None:
    """Each column adds up to the patients; what is wrong with a row that is left out is still told."""
    text = "patient,losses,age\na,3,30\na,3,30\nb,>=2,\nc,1,30\nc,many,31\n,4,30\nd,some,30\n"
    (tmp_path / "s").mkdir()
    table = cohort(tmp_path, text, vocabulary, kept=kept, spill=tmp_path / "s" if spilled else None)
    counts = {one.name: (one.known, one.bounded, one.unknown, one.refused) for one in table.description.columns}
    assert table.description.patients == 3
    assert counts == {"losses": (1, 1, 0, 1), "age": (2, 0, 1, 0)}
    assert (problems(table)["error.count"].rows, problems(table)["error.count"].count) == ((6, 8), 2)


def test_the_same_row_is_the_same_in_every_block_and_file(
    tmp_path: Path, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_blocks.CsvFile.__init__, "__defaults__", (None, 40))
    (tmp_path / "a.csv").write_text("patient,losses\n" + "same,3\nx,>=2\ny,1\nz,2\nsame,3\n")
    (tmp_path / "b.csv").write_text("patient,losses,age\nsame,3,\nw,3,30\n")
    table = read_cohort(tmp_path, settings(vocabulary))
    assert rows(table, "patient", "losses", "losses.low", "age") == [
        ("same", 3.0, None, None), ("x", None, 2.0, None), ("y", 1.0, None, None), ("z", 2.0, None, None),
        ("w", 3.0, None, 30.0),
    ]  # fmt: skip
    assert (table.description.duplicates, table.description.refused) == (2, 0)


def test_bounds_come_in_pairs(tmp_path: Path, vocabulary: Vocabulary) -> None:
    table = cohort(tmp_path, "patient,losses,losses.low\na,,3\nb,2,\n", vocabulary)
    assert rows(table, "losses", "losses.low", "losses.high") == [(None, 3.0, None), (2.0, None, None)]
    plain = cohort(tmp_path, "patient,losses\na,3\n", vocabulary)
    assert plain.frame.collect_schema().names() == ["patient", "losses"]


def test_a_patient_at_two_index_dates_is_two_rows(tmp_path: Path, vocabulary: Vocabulary) -> None:
    text = "patient,losses,seen\na,3,2020-01-01\na,4,2022-01-01\n"
    table = cohort(tmp_path, text, vocabulary, "index: seen")
    assert rows(table, "patient", "losses") == [("a", 3.0), ("a", 4.0)]


def test_blocks_give_the_same_as_one(tmp_path: Path, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"p{n},{n % 12},{20 + n % 25}" for n in range(3000)]
    lines[700], lines[1500], lines[2900] = 'x,"', "y,1", 'q,3,"3\n0"'
    text = "patient,losses,age\n" + "\n".join(lines) + "\n"
    whole = cohort(tmp_path, text, vocabulary)
    monkeypatch.setattr(csv_blocks.CsvFile.__init__, "__defaults__", (None, 997))
    (tmp_path / "s").mkdir()
    spilled = cohort(tmp_path, text, vocabulary, kept=1000, spill=tmp_path / "s")
    assert len(list((tmp_path / "s").iterdir())) > 3
    assert rows(spilled, "patient", "losses", "age") == rows(whole, "patient", "losses", "age")
    assert rows(spilled, "age") == rows(whole, "age")
    small = cohort(tmp_path, text, vocabulary, kept=0)
    assert rows(small, "patient", "losses", "age") == rows(whole, "patient", "losses", "age")
    again = {"cohort.parsed-again": ((), 1)}
    found = {p.key: (p.rows, p.count) for p in whole.description.problems}
    assert {p.key: (p.rows, p.count) for p in small.description.problems} == found | again
    assert {p.key: (p.rows, p.count) for p in spilled.description.problems} == found
    assert whole.description.refused == 2
    only = small.frame.filter(pl.col("age") > 40).select("patient").collect(engine="streaming")
    assert only.rows() == whole.frame.filter(pl.col("age") > 40).select("patient").collect().rows()


def test_formulas_are_text_and_no_numbers(tmp_path: Path, vocabulary: Vocabulary) -> None:
    table = cohort(tmp_path, "patient,losses\n=1+1,=2\n@x,3\n", vocabulary)
    assert rows(table, "patient", "losses") == [("=1+1", None), ("@x", 3.0)]
    assert problems(table)["error.count"].given == "=2"


def test_strict_refuses_a_column_that_is_not_understood_unless_it_is_ignored(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    text = "patient,losses,remark\na,NA,x\n"
    with pytest.raises(CohortError, match="remark"):
        cohort(tmp_path, text, vocabulary, strict=True)
    assert rows(cohort(tmp_path, text, vocabulary, "ignore: [remark]", strict=True), "losses") == [(None,)]


def test_what_is_kept_of_a_description_names_nobody(tmp_path: Path, vocabulary: Vocabulary) -> None:
    text = "patient,losses,age\nKim-800101,abc-secret,31\nKim-800101,2,31\nLee,3\n"
    said = cohort(tmp_path, text, vocabulary).description
    assert problems(cohort(tmp_path, text, vocabulary))["error.count"].given == "abc-secret"
    assert not {word for word in ("Kim", "800101", "Lee", "secret") if word in said.text()}


@pytest.mark.parametrize("text", [GOOD + "c,1,30\n", "patient,losses,age\na,3,31\n", ""])
def test_a_source_that_changes_under_the_reader_is_refused(tmp_path: Path, vocabulary: Vocabulary, text: str) -> None:
    table = cohort(tmp_path, GOOD, vocabulary, kept=0)
    assert table.frame.collect().height == 2
    (tmp_path / "c.csv").write_text(text)
    with pytest.raises(CohortError, match="changed"):
        table.frame.collect()
