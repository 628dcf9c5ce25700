"""How fast is a synthetic cohort made? One command: `uv run python -m benchmarks.synthetic [N]`.

Seconds are of the processor, of all threads together, so that they are of one core; the rival is a loop that draws
each patient by itself with Python's own random numbers (`benchmarks.consult.patients`, which is a much simpler model).
Peak memory is that of this process.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from benchmarks.consult import patients
from decidua.audit.synthetic import Cohort, read_model
from decidua.audit.synthetic.csv_file import write_csv
from decidua.audit.synthetic.draws import BLOCK
from decidua.fhir.cohort_files import write_bulk, write_bundles
from decidua.fhir.ndjson import FhirRows
from decidua.guidelines import Knowledge, read_knowledge
from decidua.intake.cohort import write_facts

SEED, LOOP, FHIR = 1, 300, 100_000


def processor(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def line(name: str, rows: int, seconds: float, more: str = "") -> None:
    print(f"{name:46} {rows:>12,} patients  {seconds:8.2f} s  {rows / seconds:>12,.0f} patients/s per core  {more}")


def main(count: int) -> None:
    knowledge = read_knowledge()
    model = read_model(knowledge)
    cohort = Cohort(model, count, SEED)
    cohort.frame(0)  # prepares the tables
    blocks = range(cohort.blocks)
    world = processor(lambda: [cohort.written(block) for block in blocks])
    loop = processor(lambda: patients(knowledge, LOOP)) / LOOP
    line("drawn and written down (arrays)", count, world, f"{loop * count / world:,.0f} x the loop, one by one")
    line("as frames of the facts table", count, processor(lambda: [len(cohort.frame(block)) for block in blocks]))
    with tempfile.TemporaryDirectory() as folder:
        files(knowledge, cohort, Path(folder))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB; blocks of {BLOCK:,} rows")


def files(knowledge: Knowledge, cohort: Cohort, folder: Path) -> None:
    parquet = folder / "c.parquet"
    start = time.perf_counter()
    made = processor(lambda: write_facts(cohort.table(workers=2), parquet))
    wall = time.perf_counter() - start
    read = processor(lambda: pl.read_parquet(parquet).height)
    size = parquet.stat().st_size / cohort.count
    line(
        "to Parquet",
        cohort.count,
        made,
        f"{wall:.1f} s by the clock, {size:.0f} bytes each; {made / read:.1f} x its read",
    )
    few = Cohort(cohort.model, min(cohort.count, FHIR), SEED)
    line("to CSV", few.count, processor(lambda: write_csv(few, folder / "c.csv")))
    fhir(knowledge, few, folder)


def fhir(knowledge: Knowledge, cohort: Cohort, folder: Path) -> None:
    """A Bundle a line, and a bulk export."""
    bulk, bundles = folder / "bulk", folder / "c.ndjson"
    bulk.mkdir()
    names, as_of = [one.name for one in cohort.model.written.stated], cohort.model.written.as_of
    for name, place in (("to FHIR bundles", bundles), ("to a FHIR bulk export", bulk)):
        rows = FhirRows(knowledge.vocabulary, names, as_of, entries=place is bundles)
        write = write_bundles if place is bundles else write_bulk
        seconds = processor(lambda write=write, rows=rows, place=place: write(cohort.frames(), rows, place))
        size = sum(file.stat().st_size for file in (place.iterdir() if place is bulk else [place]))
        line(name, cohort.count, seconds, f"{size / 1e9:.2f} GB, {size / cohort.count / 1000:.1f} kB each")
    resources = sum(file.read_bytes().count(b"\n") for file in bulk.iterdir())
    print(f"{resources / cohort.count:.1f} resources a patient")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
