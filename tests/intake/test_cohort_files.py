"""Parquet, Arrow and facts files; a facts file is there whole or not at all, and nothing else is written."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from decidua.errors import CohortError, UsageError
from decidua.facts import Vocabulary
from decidua.intake.cohort import (
    About,
    Description,
    FactsTable,
    Problem,
    describe,
    read_cohort,
    read_facts,
    write_facts,
)
from intake.cohort_reading import cohort, problems, rows, settings


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


FRAME = pl.DataFrame(
    {
        "patient": [1, 2, 3],
        "losses": [3, None, 41],
        "age": [31.5, float("nan"), 29.0],
        "vitamin_d [nmol/L]": [75.0, 80.0, None],
        "done_tsh": [True, None, False],
        "stage": pl.Series(["pregnant", None, "trying"], dtype=pl.Categorical),
        "date.care": [date(2023, 1, 1), None, date(2024, 1, 1)],
        "notes": [[1], [2], []],
    }
)
READ = [
    (3.0, 31.5, 30.0, True, "pregnant"),
    (None, None, 32.05128205128205, None, None),
    (None, 29.0, None, False, "trying"),
]


@pytest.mark.parametrize("kind", ["parquet", "arrow", "feather"])
def test_tables_with_types(tmp_path: Path, vocabulary: Vocabulary, kind: str) -> None:
    path = tmp_path / f"c.{kind}"
    FRAME.write_parquet(path) if kind == "parquet" else FRAME.write_ipc(path)
    table = read_cohort(tmp_path, settings(vocabulary))
    assert rows(table, "losses", "age", "vitamin_d", "done_tsh", "stage") == READ
    assert rows(table, "patient", "date.care")[0] == ("1", date(2023, 1, 1))
    found = problems(table)
    assert (found["error.impossible"].rows, found["error.impossible"].given) == ((3,), "41")
    assert found["cohort.missing-mark"].column == "age"


def test_a_bare_number_of_two_units_is_refused_in_parquet_too(tmp_path: Path, vocabulary: Vocabulary) -> None:
    pl.DataFrame({"patient": ["a"], "vitamin_d": [75.0]}).write_parquet(tmp_path / "c.parquet")
    table = read_cohort(tmp_path / "c.parquet", settings(vocabulary))
    assert rows(table, "vitamin_d") == [(None,)]
    assert problems(table)["error.unit-missing"].count == 1


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_a_file_that_is_cut(tmp_path: Path, vocabulary: Vocabulary, kind: str) -> None:
    path, whole = tmp_path / f"c.{kind}", tmp_path / f"d.{kind}"
    for one in (path, whole):
        FRAME.write_parquet(one) if kind == "parquet" else FRAME.write_ipc(one)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(CohortError) as found:
        read_cohort(path, settings(vocabulary))
    assert found.value.key == f"cohort.{kind}"
    both = read_cohort(tmp_path, settings(vocabulary))
    assert both.description.patients == 3
    assert problems(both)[f"cohort.{kind}"].file == str(path)


def table_of(rows: int = 2, **more: object) -> FactsTable:
    frame = pl.LazyFrame({"patient": [f"p{n}" for n in range(rows)], "losses": [float(n % 9) for n in range(rows)]})
    said = Description(rows=rows, problems=(Problem("x", "losses", rows=(1,), count=1, given="a secret"),))
    return FactsTable(frame, About(date(2024, 1, 1), "abc", made_by="test", **more), said)  # type: ignore[arg-type]


def test_there_and_back(tmp_path: Path) -> None:
    table = table_of(synthetic=True, seed=7)
    write_facts(table, tmp_path / "f.parquet")
    back = read_facts(tmp_path / "f.parquet")
    assert back.about == table.about
    assert back.frame.collect().equals(table.frame.collect())
    assert back.description == table.description.without_values()
    assert b"a secret" not in (tmp_path / "f.parquet").read_bytes()
    assert pl.read_parquet(tmp_path / "f.parquet").height == 2


def test_as_a_source_it_keeps_its_units(tmp_path: Path, vocabulary: Vocabulary) -> None:
    first = cohort(tmp_path, "patient,vitamin_d,losses\na,75 nmol/L,>=3\n", vocabulary)
    write_facts(first, tmp_path / "f.parquet")
    again = read_cohort(tmp_path / "f.parquet", settings(vocabulary))
    assert again.frame.collect().equals(first.frame.collect())


def test_made_up_facts_stay_made_up(tmp_path: Path, vocabulary: Vocabulary) -> None:
    write_facts(table_of(synthetic=True, seed=7), tmp_path / "a.parquet")
    (tmp_path / "b.csv").write_text("patient,losses\nz,1\n")
    about = read_cohort(tmp_path, settings(vocabulary, as_of=None)).about
    assert (about.synthetic, about.seed, about.as_of, about.closed) == (True, 7, date(2024, 1, 1), False)


def test_made_up_rows_of_a_text_file_are_known_as_such(tmp_path: Path, vocabulary: Vocabulary) -> None:
    made_up = cohort(tmp_path, "patient,synthetic,losses\na,yes,3\n", vocabulary, strict=True)
    assert made_up.about.synthetic
    assert made_up.description.sound
    assert not cohort(tmp_path, "patient,losses\na,3\n", vocabulary).about.synthetic


def test_several_facts_files(tmp_path: Path) -> None:
    write_facts(table_of(), tmp_path / "a.parquet")
    write_facts(table_of(synthetic=True), tmp_path / "b.parquet")
    both = read_facts(tmp_path)
    assert both.about.synthetic
    assert both.frame.collect().height == 4
    other = FactsTable(table_of().frame, About(date(2025, 1, 1)))
    write_facts(other, tmp_path / "c.parquet")
    with pytest.raises(CohortError, match="2025-01-01"):
        read_facts(tmp_path)


def test_what_is_no_facts_file(tmp_path: Path) -> None:
    FRAME.write_parquet(tmp_path / "x.parquet")
    with pytest.raises(CohortError, match="not a facts file"):
        read_facts(tmp_path / "x.parquet")
    (tmp_path / "y.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(CohortError, match="no whole Parquet"):
        read_facts(tmp_path / "y.parquet")


def test_counted_where_the_file_does_not_say() -> None:
    frame = pl.LazyFrame(
        {"patient": ["a", "b"], "losses": [None, 2.0], "losses.low": [3.0, None], "losses.high": [None] * 2}
    )
    found = describe(FactsTable(frame))
    (column,) = found.columns
    assert (found.rows, column.known, column.bounded, column.unknown) == (2, 1, 1, 0)


def test_a_file_that_exists_is_only_replaced_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    path.write_text("mine")
    never = table_of().frame.map_batches(lambda _: pytest.fail("worked out in vain"))
    with pytest.raises(UsageError):
        write_facts(FactsTable(never), path)
    assert path.read_text() == "mine"
    write_facts(table_of(), path, force=True)
    assert read_facts(path).frame.collect().height == 2
    assert names(tmp_path) == ["f.parquet"]


def test_what_fails_half_way_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    write_facts(table_of(), path)
    before = path.read_bytes()

    def broken(_: pl.DataFrame) -> pl.DataFrame:
        raise KeyboardInterrupt

    frame = table_of(300_000).frame.map_batches(broken)
    with pytest.raises(BaseException):  # noqa: B017, PT011  # whatever the engine makes of it
        write_facts(FactsTable(frame), path, force=True)
    assert path.read_bytes() == before
    assert names(tmp_path) == ["f.parquet"]


FULL = """
import resource, sys
from pathlib import Path
import polars as pl, random
from decidua.errors import UsageError
from decidua.intake.cohort import FactsTable, write_facts
values = [random.random() for _ in range(400_000)]
frame = pl.LazyFrame({"patient": [str(v) for v in values], "age": values})
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    write_facts(FactsTable(frame), Path(sys.argv[1]), force=True)
except UsageError as error:
    print("refused:", error.message("en"))
"""


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    write_facts(table_of(), path)
    before = path.read_bytes()
    done = subprocess.run([sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("refused:"), done.stderr[-2000:]
    assert path.read_bytes() == before
    assert names(tmp_path) == ["f.parquet"]


def test_nothing_is_written_while_reading(
    tmp_path: Path, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "tmp"
    elsewhere.mkdir()
    monkeypatch.setenv("TMPDIR", str(elsewhere))
    source = tmp_path / "source"
    source.mkdir()
    text = "patient,losses\n" + "".join(f"p{n},{n % 9}\n" for n in range(5000))
    table = cohort(source, text, vocabulary, kept=0)
    write_facts(table, source / "f.parquet")
    assert list(elsewhere.iterdir()) == []
    assert names(source) == ["c.csv", "f.parquet"]
    assert read_facts(source / "f.parquet").frame.collect().height == 5000
