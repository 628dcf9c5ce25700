"""A whole run: batches, groups, care, progress, cancelling, answers by patient, and input that is no facts table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event

import polars as pl
import pytest

from audit.by_consulting import consulted
from audit.cohorts import cohort
from decidua.answers import ANSWERS, Answers
from decidua.answers.columns import mask_of
from decidua.audit import still_open, walk
from decidua.audit.models import Audit, from_json, to_json
from decidua.audit.plan import Plan
from decidua.audit.run import run
from decidua.audit.signatures import explained, known
from decidua.errors import CohortError, UsageError
from decidua.guidelines import read_knowledge
from decidua.intake.cohort import About, FactsTable, read_facts, write_facts

FEW = {"guidelines": ("eshre-2022", "asri-2025"), "options": ("lit", "ivig", "test:vitamin-d", "supportive-care")}


@pytest.fixture(scope="module")
def answers() -> Answers:
    return Answers(read_knowledge())


@pytest.fixture(scope="module")
def rows(answers: Answers) -> pl.DataFrame:
    return cohort(answers.knowledge, 600, seed=7)


def table(rows: pl.DataFrame) -> FactsTable:
    return FactsTable(rows.lazy(), About(as_of=date(2026, 1, 1), synthetic=True, seed=7))


def audit(answers: Answers, rows: pl.DataFrame, **more: object) -> Audit:
    return replace(run(answers, table(rows), **FEW, **more), seconds=0.0)  # type: ignore[arg-type]


def test_batches_make_no_difference(answers: Answers, rows: pl.DataFrame) -> None:
    whole = audit(answers, rows, groups=("centre", "year"))
    assert audit(answers, rows, groups=("centre", "year"), batch=64) == whole
    assert from_json(to_json(whole)) == whole
    assert (whole.about.rows, whole.about.seed, whole.about.as_of) == (600, 7, "2026-01-01")
    assert whole.about.refused == sum(one.n for one in whole.refused) > 0


def test_how_many_wait_and_learn_together_makes_no_difference(
    answers: Answers, rows: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(answers, table(rows))
    monkeypatch.setattr(still_open, "MOST_WAITING", 100)
    monkeypatch.setattr(still_open, "AT_ONCE", 7)
    monkeypatch.setattr(walk, "FEW", 2)
    assert replace(run(answers, table(rows), batch=16), seconds=whole.seconds) == whole
    assert sum(row.open for row in whole.unknowns) > 1000


def test_what_an_open_fact_has_shown_holds_for_who_comes_later(
    answers: Answers, rows: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a fact left open the walk is led where no woman has been yet."""
    facts = ["aps", "thyroid_disorder", "diabetes", "uterine_anomaly", "first_line_failed", "sle"]
    women = [{"losses": 3.0, "clinical_losses": 3.0} | dict.fromkeys(facts[:known], False) for known in range(7)]
    frame = pl.DataFrame(women, schema={name: rows.schema[name] for name in ("losses", "clinical_losses", *facts)})
    whole = run(answers, table(frame))
    monkeypatch.setattr(still_open, "MOST_WAITING", 0)
    assert replace(run(answers, table(frame), batch=1), seconds=whole.seconds) == whole


def test_cells_with_one_answer_function_are_one_column(answers: Answers, rows: pl.DataFrame) -> None:
    columns = Plan(answers, rows.columns).columns
    assert columns["asrm-2012", "lit"] is columns["asrm-2012", "ivig"] is not columns["asri-2025", "ivig"]
    assert sorted(cell for column in set(columns.values()) for cell in column.cells) == sorted(columns)


def test_a_group_is_an_audit_of_its_rows(answers: Answers, rows: pl.DataFrame) -> None:
    whole = audit(answers, rows, groups=("centre", "year"))
    busan = audit(answers, rows.filter(pl.col("group.centre") == "Busan"))
    nowhere = audit(answers, rows.filter(pl.col("group.centre").is_null()))
    for kind in ("definitions", "answers", "agreement", "concordance"):
        for value, part in (("Busan", busan), (None, nowhere)):
            found = {
                replace(row, group="", value="")
                for row in getattr(whole, kind)
                if (row.group, row.value) == ("centre", value)
            }
            assert found == set(getattr(part, kind)), kind
    assert {row for row in whole.answers if row.group == ""} == set(audit(answers, rows).answers)


def test_rows_count_as_often_as_they_stand_there(answers: Answers, rows: pl.DataFrame) -> None:
    once, twice = audit(answers, rows), audit(answers, pl.concat([rows, rows]))
    assert {replace(row, n=2 * row.n) for row in once.answers} == set(twice.answers)
    assert twice.about.rows == 1200


def test_care_is_called_by_its_name_only_beside_a_strong_statement(answers: Answers, rows: pl.DataFrame) -> None:
    """Strong against LIT in 2022: done is discordant, not done concordant; before it was in force, variation."""
    woman = {"losses": 3.0, "clinical_losses": 3.0, "unexplained@eshre-2022": True}
    days = [date(2023, 5, 1), date(2022, 5, 1), date(2021, 5, 1), None]
    care = [{**woman, "date.care": day, "done.lit": done} for day in days for done in (True, False, None)]
    frame = pl.DataFrame(care, schema={name: rows.schema[name] for name in care[0]})
    found = run(answers, FactsTable(frame.lazy()), guidelines=("eshre-2022",), options=("lit",)).concordance
    told = {(row.verdict, row.statements): row.n for row in found}
    strong = ("eshre-2022.lit.unexplained",)
    assert told == {
        ("discordant", strong): 1, ("concordant", strong): 1, ("not-recorded", strong): 1,
        ("variation", ()): 6, ("not-recorded", ()): 3,
    }  # fmt: skip


def test_answers_by_patient_are_those_of_consulting(answers: Answers, rows: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "answers.parquet"
    audit(answers, rows, patients=path, batch=256)
    by_name = {row["patient"]: row for row in rows.iter_rows(named=True)}
    written, plan = pl.read_parquet(path), Plan(answers, rows.columns, **FEW)
    for told in written.head(40).iter_rows(named=True):
        whole = consulted(answers, by_name[told["patient"]])
        assert whole is not None
        for guideline, option in plan.columns:
            cell, name = whole.cell(guideline, option), f"{guideline}/{option}"
            assert told[f"answer.{name}"] == cell.answer
            assert told[f"possible.{name}"] == mask_of(cell.standing.possible)
            again = explained(plan, guideline, option, told[f"signature.{name}"])
            assert (again.answer, again.relevant, again.speaking) == (cell.answer, cell.relevant, cell.speaking)
    assert set(written["answer.eshre-2022/lit"].unique()) - set(ANSWERS) == {"needs-data", "disputed"}


def test_answers_by_patient_as_csv(answers: Answers, rows: pl.DataFrame, tmp_path: Path) -> None:
    audit(answers, rows, patients=tmp_path / "a.csv")
    audit(answers, rows, patients=tmp_path / "a.parquet")
    by_csv = pl.read_csv(tmp_path / "a.csv", infer_schema=False)
    assert by_csv["signature.asri-2025/ivig"].to_list() == [
        str(n) for n in pl.read_parquet(tmp_path / "a.parquet")["signature.asri-2025/ivig"]
    ]
    with pytest.raises(UsageError):
        audit(answers, rows, patients=tmp_path / "a.csv")
    with pytest.raises(CohortError, match=r"parquet or \.csv"):
        audit(answers, rows, patients=tmp_path / "a.xlsx")


def test_a_signature_says_nothing_where_nothing_was_known(answers: Answers) -> None:
    frame = pl.DataFrame({"patient": ["a"]})
    plan = Plan(answers, frame.columns, **FEW)
    from decidua.audit.coded import ROW
    from decidua.audit.counting import Counting
    from decidua.audit.patients import answers_of

    told = answers_of(plan, Counting(plan).add(frame.with_row_index(ROW, offset=1))).row(0, named=True)
    assert known(plan, "asri-2025", "ivig", told["signature.asri-2025/ivig"]) == {}


def test_progress_and_cancelling_leave_no_half_file(answers: Answers, rows: pl.DataFrame, tmp_path: Path) -> None:
    cancel, done = Event(), list[int]()

    def progress(rows_done: int) -> None:
        done.append(rows_done)
        if len(done) == 2:
            cancel.set()

    with pytest.raises(CohortError, match="cancelled"):
        audit(answers, rows, batch=100, progress=progress, cancel=cancel, patients=tmp_path / "a.parquet")
    assert done == [100, 200]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"vitamin_d": [20.0, float("nan")]}, "row 2.*NaN"),
        ({"vitamin_d": ["20", None]}, "vitamin_d.*Float64"),
        ({"aps": ["yes", None]}, "aps.*Boolean"),
        ({"done.ivig": ["yes", None]}, r"done\.ivig.*Boolean"),
        ({"date.care": ["2024-05-31", None]}, r"date\.care.*Date"),
        ({"ana": ["positive", "perhaps"]}, "ana.*row 2.*allowed"),
    ],
)
def test_what_is_no_fact_is_told_with_its_place(answers: Answers, columns: dict[str, list[object]], says: str) -> None:
    with pytest.raises(CohortError, match=says):
        run(answers, FactsTable(pl.LazyFrame({"patient": ["a", "b"], **columns})))


def test_groups_must_be_groups(answers: Answers) -> None:
    frame = pl.LazyFrame({"group.id": [str(n) for n in range(2000)]})
    with pytest.raises(CohortError, match="coarser"):
        run(answers, FactsTable(frame), groups=("id",), **FEW)  # type: ignore[arg-type]
    with pytest.raises(CohortError, match=r"group\.centre"):
        run(answers, FactsTable(frame), groups=("centre",))
    with pytest.raises(CohortError, match="polars, spark"):
        run(answers, FactsTable(frame), engine="abacus")


def test_an_empty_table(answers: Answers, rows: pl.DataFrame) -> None:
    empty = audit(answers, rows.clear())
    assert (empty.about.rows, empty.answers, empty.unknowns) == (0, (), ())


def test_facts_files_are_read_batch_by_batch(answers: Answers, rows: pl.DataFrame, tmp_path: Path) -> None:
    for at, part in enumerate((rows.head(250), rows.tail(350).drop("aps"))):
        write_facts(FactsTable(part.lazy(), About(as_of=date(2026, 1, 1))), tmp_path / f"{at}.parquet")
    together = pl.concat([rows.head(250), rows.tail(350).drop("aps")], how="diagonal")
    from_files = replace(run(answers, read_facts(tmp_path), **FEW, batch=100), seconds=0.0)  # type: ignore[arg-type]
    assert from_files.answers == audit(answers, together).answers
    assert from_files.refused == audit(answers, together).refused


def test_a_damaged_file_is_told_by_its_name(answers: Answers, rows: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "facts.parquet"
    write_facts(FactsTable(rows.lazy(), About()), path)
    table = read_facts(path)
    text = path.read_bytes()
    path.write_bytes(text[:400] + bytes(len(text) // 2) + text[400 + len(text) // 2 :])
    with pytest.raises(CohortError, match=r"facts\.parquet"):
        run(answers, table, **FEW)  # type: ignore[arg-type]
