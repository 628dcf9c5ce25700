"""How fast a cohort is read from CSV: `python -m benchmarks.cohort [ROWS]`.

The file is made with a pinned seed: 20 columns of counts, numbers with units, yes and no, choices and dates, a third of
them empty, and one row in the middle that is no row. Times are of the processor, all threads together. Beside it stands
the engine's own reading of the same file as text, in the same run: the ratio says what the meaning of the cells costs.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from decidua.guidelines import read_knowledge
from decidua.intake.cohort import Names, Settings, mapping_of, read_cohort, read_facts, write_facts

SEED = 20_260_101
PART = 250_000
MAPPING = """
care: seen
columns:
  vitamin_d: {fact: vitamin_d, unit: nmol/L}
  tsh: {fact: tsh, unit: mIU/L}
  weight: {fact: weight, unit: kg}
groups: {centre: centre}
"""


def made(rows: int, path: Path) -> None:
    """The cohort as a CSV file, made and written in parts so that it takes no memory of its own."""
    random, flags = np.random.default_rng(SEED), _flags()
    with path.open("wb") as file:
        for start in range(0, rows, PART):
            part = _part(random, flags, start, min(PART, rows - start))
            if start <= rows // 2 < start + PART:
                half = rows // 2 - start
                part.head(half).write_csv(file, include_header=start == 0)
                file.write(b'broken,"row\n')
                part.slice(half).write_csv(file, include_header=False)
            else:
                part.write_csv(file, include_header=start == 0)


def _flags() -> list[str]:
    facts = read_knowledge().vocabulary.facts
    return [fact.id for fact in facts.values() if fact.type == "boolean"][:8]


def _part(random: np.random.Generator, flags: list[str], start: int, rows: int) -> pl.DataFrame:
    columns = {
        "losses": _text(random.integers(0, 9, rows)),
        "clinical_losses": _text(random.integers(0, 5, rows)),
        "live_births": _text(random.integers(0, 4, rows)),
        "age": _text(random.normal(34, 4, rows).clip(18, 50).round(1)),
        "weight": _text(random.normal(60, 9, rows).clip(40, 120).round(1)),
        "vitamin_d": _text(random.normal(55, 20, rows).clip(5, 200).round(1)),
        "tsh": _text(random.gamma(4, 0.6, rows).round(2).clip(0.05)),
        "lupus_anticoagulant": pl.Series(random.choice(["positive", "negative"], rows)),
        "peripheral_nk": pl.Series(random.choice(["raised", "not-raised", "unknown"], rows)),
        **{flag: pl.Series(random.choice(["yes", "no", "예", "아니오"], rows)) for flag in flags},
    }
    gone = {name: pl.Series(random.random(rows) < 1 / 3) for name in columns}
    table = pl.DataFrame({name: cells.set(gone[name], None) for name, cells in columns.items()})
    days = pl.Series(random.integers(18_000, 20_000, rows)).cast(pl.Date)
    table = table.with_columns(seen=days, centre=pl.Series(random.choice(["A", "B", "C"], rows)))
    return table.with_columns(patient=pl.Series(range(start, start + rows)))


def _text(numbers: np.ndarray) -> pl.Series:  # type: ignore[type-arg]
    return pl.Series(numbers).cast(pl.String)


def timed(what: str, rows: int, work) -> float:  # type: ignore[no-untyped-def]
    start = time.process_time()
    work()
    seconds = time.process_time() - start
    print(f"{what:<44} {seconds:8.2f} s {rows / seconds:14,.0f} rows/s")
    return seconds


def main(rows: int) -> None:
    knowledge = read_knowledge()
    settings = Settings(
        Names(knowledge.vocabulary, knowledge.stated), mapping_of(MAPPING, "mapping"), as_of=date(2025, 1, 1)
    )
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "cohort.csv", Path(folder) / "facts.parquet"
        made(rows, path)
        print(f"{rows:,} rows, {path.stat().st_size / 1e6:,.0f} MB, Polars {pl.__version__}")
        # the engine on the good half only: the broken row would end it
        half = rows // 2
        text = pl.scan_csv(path, infer_schema=False, n_rows=half)
        plain = timed(
            "the engine's own reading as text, half",
            half,
            lambda: text.select(pl.all().len()).collect(engine="streaming"),
        )
        found = []
        own = timed("read, described, doubles looked for", rows, lambda: found.append(read_cohort(path, settings)))
        timed("facts written as Parquet", rows, lambda: write_facts(found[0], out))
        timed("facts opened again", rows, lambda: found.append(read_facts(out).frame.select(pl.len()).collect()))
        said = found[0].description
        print(f"ratio to the engine's reading: {own / (2 * plain):.1f}; rows refused: {said.refused} of {said.rows:,}")
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:,.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
