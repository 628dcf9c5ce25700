"""A million rows with one that is none: all others are read, block by block, and can be kept."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from benchmarks.cohort import MAPPING, made
from decidua.facts import Vocabulary
from decidua.intake.cohort import read_cohort, read_facts, write_facts
from decidua.intake.cohort.read import KEPT
from intake.cohort_reading import problems, settings

ROWS = 1_000_000


@pytest.mark.slow
def test_one_bad_row_in_a_million(tmp_path: Path, vocabulary: Vocabulary) -> None:
    assert ROWS > KEPT, "it is not held in memory"
    made(ROWS, tmp_path / "c.csv")
    seen: list[int] = []
    table = read_cohort(tmp_path / "c.csv", settings(vocabulary, MAPPING, None), progress=seen.append)
    assert (table.description.rows, table.description.patients, table.description.refused) == (ROWS + 1, ROWS, 1)
    (bad,) = [problem for problem in problems(table).values() if not problem.note]
    assert (bad.key, bad.rows, bad.count) == ("cohort.row-quotes", (ROWS // 2 + 2,), 1)
    assert seen == sorted(seen)
    assert seen[-1] == ROWS + 1
    write_facts(table, tmp_path / "f.parquet")
    kept = read_facts(tmp_path / "f.parquet").frame
    both = [
        frame.select(pl.len(), pl.col("losses", "vitamin_d").sum(), pl.col("patient").n_unique())
        for frame in (table.frame, kept)
    ]
    one, other = (frame.collect(engine="streaming").row(0) for frame in both)
    assert one == pytest.approx(other)
    assert one[0] == one[3] == ROWS
