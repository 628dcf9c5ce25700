"""`decidua synthesize N --out FILE`: a plausible cohort, for benchmarks, tests and trying things out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from decidua.cli.progress import rows_bar
from decidua.cli.settings import language, open_knowledge, packages
from decidua.cli.stopping import beside, stopping

if TYPE_CHECKING:
    from decidua.audit.synthetic import Cohort
    from decidua.audit.synthetic.cohort import Progress
    from decidua.language import Lang

SHAPES = ("parquet", "csv", "ndjson", "bulk")
FHIR = "fhir"
"""A Bundle a line or a bulk folder, by the ending of the file."""
MOST = 999_999_999
"""Patients: their numbers have nine digits."""
MOST_SEED = 2**63 - 1
"""What every reader of the metadata holds as a whole number."""


@click.command(context_settings={"ignore_unknown_options": True})  # so that -5 is a wrong number, not an option
@click.argument("count", metavar="N")
@click.option("--seed", default="0", show_default=True, metavar="S", help="The same seed makes the same cohort.")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="FILE", help="A new file or folder.")
@click.option(
    "--format",
    "shape",
    type=click.Choice([*SHAPES, FHIR]),
    help="Default: by the ending of FILE; without one, bulk: a folder of NDJSON files. fhir: ndjson or bulk.",
)
@click.option("--force", is_flag=True, help="Replace what is there.")
@language
@packages
def command(
    count: str, seed: str, out: Path, shape: str | None, force: bool, lang: Lang, packages: tuple[Path, ...]
) -> None:
    """Write N synthetic patients to FILE: plausible, not real.

    Parquet (a facts table), CSV, FHIR R4 as NDJSON with one Bundle a line, or a bulk folder. Every rate has a source
    or is marked as an assumption (docs/synthetic.md). No conclusion about care may be drawn from what is made.
    """
    from decidua.language import say

    rows = _whole(count, MOST, "error.synthesize-count")
    number = _whole(seed, MOST_SEED, "error.synthesize-seed")
    chosen = shape or _shape_of(out)
    if chosen == FHIR:
        chosen = "ndjson" if out.suffix.lower() == ".ndjson" else "bulk"
    _refuse(out, chosen, force)
    _require_extras()
    from decidua.audit.synthetic import Cohort, read_model

    cohort = Cohort(read_model(open_knowledge(packages)), rows, number)
    with stopping() as check, rows_bar(say(lang, "synthesize.making"), rows) as told:
        progress = _added(told, check)
        beside(lambda: _write(cohort, out, chosen, force, progress))
    as_of = cohort.about.as_of
    click.echo(say(lang, "synthesize.written", count=f"{rows:,}", out=out, seed=number, as_of=as_of), err=True)


def _whole(given: str, most: int, key: str) -> int:
    from decidua.errors import UsageError

    if not (given.isascii() and given.isdigit() and int(given[:30]) <= most):
        raise UsageError(key, given=given[:40], most=most)
    return int(given)


def _shape_of(out: Path) -> str:
    from decidua.errors import UsageError

    ending = out.suffix.lower()
    if not ending and str(out) != "-":
        return "bulk"
    if ending[1:] not in SHAPES[:3]:
        raise UsageError("error.synthesize-suffix", given=out)
    return ending[1:]


def _refuse(out: Path, shape: str, force: bool) -> None:
    """Whatever would fail at the end fails before the work."""
    from decidua.errors import UsageError

    if out.is_dir() and shape != "bulk":
        raise UsageError("error.synthesize-is-folder", given=out, shape=shape)
    if out.exists() and not out.is_dir() and shape == "bulk":
        raise UsageError("error.synthesize-is-file", given=out)
    if out.exists() and not force:
        raise UsageError("error.file-exists", given=out)


def _require_extras() -> None:
    from importlib.util import find_spec

    from decidua.errors import UsageError

    if not (find_spec("numpy") and find_spec("polars")):
        raise UsageError("error.synthesize-extra")


def _write(cohort: Cohort, out: Path, shape: str, force: bool, progress: Progress) -> None:
    """Raises UsageError where it cannot be written; what was there before stays."""
    from decidua.audit.synthetic.csv_file import write_csv
    from decidua.fhir.cohort_files import write_bulk, write_bundles
    from decidua.fhir.ndjson import KINDS, FhirRows
    from decidua.intake.cohort import new_file, write_facts
    from decidua.intake.cohort.new_folder import new_folder

    workers = _cores()
    if shape == "parquet":
        write_facts(cohort.table(progress, workers), out, force=force)
        return
    if shape == "csv":
        with new_file(out, force=force) as part:
            write_csv(cohort, part, progress, workers)
        return
    model = cohort.model
    names = [stated.name for stated in model.written.stated]
    rows = FhirRows(model.knowledge.vocabulary, names, model.written.as_of, entries=shape == "ndjson")
    if shape == "ndjson":
        with new_file(out, force=force) as part:
            write_bundles(cohort.frames(workers), rows, part, progress)
    else:
        with new_folder(out, [f"{kind}.ndjson" for kind in KINDS], force) as part:
            write_bulk(cohort.frames(workers), rows, part, progress)


def _cores() -> int:
    import os

    return min(os.cpu_count() or 1, 4)


def _added(told: Callable[[int], None], check: Callable[[], None]) -> Progress:
    """From the rows of each part to the rows so far; and the place where a Ctrl-C is heard."""
    done = 0

    def made(rows: int) -> None:
        nonlocal done
        check()
        done += rows
        told(done)

    return made
