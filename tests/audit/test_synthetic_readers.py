"""What is written is read back cell by cell by every reader of cohorts, and is known as synthetic."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from decidua.answers import Answers
from decidua.audit.run import run
from decidua.audit.synthetic import Cohort, read_model
from decidua.audit.synthetic.csv_file import write_csv
from decidua.fhir.cohort_files import write_bulk, write_bundles
from decidua.fhir.ndjson import FhirRows
from decidua.guidelines import Knowledge
from decidua.intake.bulk import read_bulk
from decidua.intake.cohort import ColumnMapping, FactsTable, Names, Settings, option_places, read_cohort

COUNT = 1500


@pytest.fixture(scope="module")
def cohort(knowledge: Knowledge) -> Cohort:
    return Cohort(read_model(knowledge), COUNT, 41)


@pytest.fixture(scope="module")
def settings(cohort: Cohort, knowledge: Knowledge) -> Settings:
    places = option_places(knowledge.content)
    names = Names(knowledge.vocabulary, knowledge.stated, places)
    return Settings(names, ColumnMapping(), places, cohort.model.written.as_of)


def differing(cohort: Cohort, table: FactsTable) -> dict[str, int]:
    """Column → how many cells are not the same; a column that is missing differs where a value was written."""
    wanted, found = cohort.frame(0), table.frame.collect().sort("patient")
    assert found["patient"].equals(wanted["patient"])
    differ: dict[str, int] = {}
    for name in wanted.columns:
        other = found[name].cast(wanted[name].dtype) if name in found.columns else pl.Series([None] * COUNT)
        differ[name] = int(wanted[name].ne_missing(other.cast(wanted[name].dtype)).sum())
    return {name: count for name, count in differ.items() if count}


def test_csv(cohort: Cohort, settings: Settings, tmp_path: Path) -> None:
    write_csv(cohort, tmp_path / "c.csv")
    table = read_cohort(tmp_path / "c.csv", settings)
    assert differing(cohort, table) == {}
    unread = {problem.column for problem in table.description.problems} - {"synthetic"}
    assert unread == set()
    assert table.description.refused == 0


@pytest.mark.parametrize("bundles", [True, False], ids=["bundles", "bulk"])
def test_fhir(cohort: Cohort, settings: Settings, tmp_path: Path, bundles: bool) -> None:
    table = read_bulk(_written(cohort, tmp_path, bundles), settings)
    assert differing(cohort, table) == {}
    assert table.about.synthetic
    assert table.description.refused == 0


def test_the_tag_alone_says_so(cohort: Cohort, settings: Settings, tmp_path: Path) -> None:
    """One tagged resource among others is enough, and without any the table is not called synthetic."""
    path = _written(cohort, tmp_path, bundles=True)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(line.replace(b"HTEST", b"OTHER") for line in lines))
    assert not read_bulk(path, settings).about.synthetic
    path.write_bytes(b"".join(line.replace(b"HTEST", b"OTHER") for line in lines[:-1]) + lines[-1])
    assert read_bulk(path, settings).about.synthetic


@pytest.mark.parametrize("bundles", [True, False], ids=["bundles", "bulk"])
def test_an_audit_of_fhir_is_that_of_the_table(
    cohort: Cohort, settings: Settings, knowledge: Knowledge, tmp_path: Path, bundles: bool
) -> None:
    """The day of care and the year too, so that some care is concordant or discordant."""
    answers, options = Answers(knowledge), ["lit", "ivig", "test:tsh", "heparin-aspirin"]
    table = read_bulk(_written(cohort, tmp_path, bundles), settings)
    found, wanted = (run(answers, one, options=options, groups=["year"]) for one in (table, cohort.table()))
    assert len(found.concordance) > 1
    assert sum(row.n for row in found.concordance if row.verdict in ("concordant", "discordant")) > 0
    for part in ("definitions", "answers", "agreement", "unknowns", "readings", "attrition", "concordance"):
        assert getattr(found, part) == getattr(wanted, part), part


def _written(cohort: Cohort, folder: Path, bundles: bool) -> Path:
    model = cohort.model
    names = [one.name for one in model.written.stated]
    rows = FhirRows(model.knowledge.vocabulary, names, model.written.as_of, entries=bundles)
    if bundles:
        write_bundles(cohort.frames(), rows, folder / "c.ndjson")
        return folder / "c.ndjson"
    write_bulk(cohort.frames(), rows, folder)
    return folder
