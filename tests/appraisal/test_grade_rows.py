"""Rows of the shipped tables: what is recorded of them holds in an appraisal too, whatever its file says."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from appraisal.grade_files import LOSS, appraised, changed, shipped, write
from decidua.appraisal.grade import AppraisedOutcome, Body
from decidua.appraisal.grade.per_thousand import PerThousand
from decidua.errors import AppraisalError

EFFECT = {name: f"effect.{name}" for name in ("estimate", "lower", "upper")}
PLOT = {"ai": "low-events", "n1i": "low-total", "ci": "enough-events", "n2i": "enough-total"}
SUMS = {"ai": "statistics/low-events-sum", "ci": "statistics/enough-events-sum"}
VITAMIN_D = ("andersen-2015", "flood-nichols-2015", "barebring-2018", "mumford-2018", "thiele-2019", "christoph-2020")
ALIFE2 = {"ai": "lmwh.events", "n1i": "groups/n-lmwh", "ci": "standard.events", "n2i": "groups/n-standard"}


def of_cells(
    folder: Path, table: str, rows: Sequence[str], measure: str, columns: dict[str, str], *changes: Any
) -> AppraisedOutcome:  # fmt: skip
    cells = {"table": table, "rows": list(rows), "measure": measure, "columns": columns}
    return appraised(write(folder, changed(((*LOSS, "body"), {"cells": cells}), *changes))).outcomes[0]


def body_of(found: AppraisedOutcome) -> Body:
    assert found.body is not None
    return found.body


# ---- what bars absolute numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("table", "rows", "measure", "columns", "reason"), [
    ("ivig-reviews", ["egerup-2015"], "RR", EFFECT, "discrepancy"),
    ("vitamin-d-forest", ["total"], "OR", EFFECT, "exposure"),
    ("vitamin-d-forest", VITAMIN_D, "OR", PLOT, "exposure"),
    ("calcineurin-forest", ["ciclosporin"], "OR", EFFECT, "design-not-randomised"),
    ("ivig-reviews", ["voon-2020"], "RR", EFFECT, "design-not-randomised"),
    ("ivig-trial", ["live-week-4-5"], "OR", EFFECT, "subgroup"),
])  # fmt: skip
def test_a_row_that_is_barred_has_no_number_per_1000(
    tmp_path: Path, table: str, rows: Sequence[str], measure: str, columns: dict[str, str], reason: str
) -> None:
    found = of_cells(tmp_path, table, rows, measure, columns)
    assert not isinstance(found.absolute, PerThousand)
    key, parts = found.absolute
    assert key in ("grade.why-refused", "grade.why-mismatch")
    assert reason in [one.key for one in body_of(found).refused]
    if key == "grade.why-refused":
        assert parts["reasons"] == body_of(found).refused
    assert {"refused", "mismatch"} & {flag.id for flag in found.flags}


def test_cells_of_another_row_are_that_rows(tmp_path: Path) -> None:
    """A row cannot lend its name to a number of a barred one."""
    columns = {name: f"total/effect.{name}" for name in EFFECT}
    found = of_cells(tmp_path, "vitamin-d-forest", ["andersen-2015"], "OR", columns)
    assert "exposure" in [one.key for one in body_of(found).refused]


def test_a_randomised_trial_is_not_barred(tmp_path: Path) -> None:
    found = of_cells(tmp_path, "alife2-outcome", ["live-birth"], "OR", ALIFE2)
    assert isinstance(found.absolute, PerThousand)
    assert body_of(found).refused == ()
    assert body_of(found).designs == ("randomised",)


def test_a_row_that_no_comparison_is_recorded_of_is_said_to_be_so(tmp_path: Path) -> None:
    recorded = of_cells(tmp_path, "alife2-outcome", ["live-birth"], "OR", ALIFE2)
    other = of_cells(tmp_path, "alife2-outcome", ["loss"], "OR", ALIFE2)
    assert [body_of(one).unrecorded for one in (recorded, other)] == [(), ("loss",)]


@pytest.mark.parametrize(("table", "row", "design", "flagged"), [
    ("vitamin-d-forest", "total", "randomised", True), ("vitamin-d-forest", "total", "non-randomised", False),
    ("ivig-reviews", "hutton-2007", "randomised", False), ("ivig-reviews", "hutton-2007", "non-randomised", True),
    ("thrombophilia-reviews", "de-jong-lmwh", "randomised", True),
])  # fmt: skip
def test_a_design_that_differs_from_the_recorded_one(
    tmp_path: Path, table: str, row: str, design: str, flagged: bool
) -> None:
    measure = shipped().evidence.cells.get(f"{table}/{row}/effect.measure", "OR")
    found = of_cells(tmp_path, table, [row], str(measure), EFFECT, ((*LOSS, "design"), design))
    assert ("design-other" in [flag.id for flag in found.flags]) is flagged


# ---- the printed measure --------------------------------------------------------------------------------------------


def test_the_printed_measure_stands(tmp_path: Path) -> None:
    """Christiansen 2005 prints OR 1.60."""
    found = of_cells(tmp_path, "ivig-reviews", ["christiansen-2005"], "OR", EFFECT)
    assert (body_of(found).measure, body_of(found).estimate) == ("OR", 1.6)
    with pytest.raises(AppraisalError, match="prints OR") as caught:
        of_cells(tmp_path, "ivig-reviews", ["christiansen-2005"], "RR", EFFECT)
    assert caught.value.message("ko") != caught.value.message("en")


def test_a_measure_that_is_said_elsewhere_stands_too(tmp_path: Path) -> None:
    """ALIFE2: its footnote says odds ratio."""
    with pytest.raises(AppraisalError, match="prints OR"):
        of_cells(tmp_path, "alife2-outcome", ["live-birth"], "RR", {name: f"unadjusted.{name}" for name in EFFECT})


def test_a_difference_in_risk_is_printed_in_percent(tmp_path: Path) -> None:
    """ALIFE2 prints a difference of 0.7 % (-9.2 to 10.6): 7 per 1000, from 92 fewer to 106 more."""
    columns = {name: f"difference.{name}" for name in EFFECT}
    found = of_cells(tmp_path, "alife2-outcome", ["live-birth"], "RD", columns)
    assert isinstance(found.absolute, PerThousand)
    assert [round(one or 0) for one in (found.absolute.difference, found.absolute.lower, found.absolute.upper)] == [
        round(10 * number.value)
        for number in (shipped().evidence.number(f"alife2-outcome/live-birth/{part}") for part in columns.values())
        if number
    ]


# ---- what is one study ----------------------------------------------------------------------------------------------

TOTALS = [
    ("vitamin-d-forest", "total"), ("calcineurin-forest", "ciclosporin"), ("calcineurin-forest", "tacrolimus"),
    ("calcineurin-forest", "total"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row"), TOTALS)
def test_a_total_is_as_printed_and_no_study(tmp_path: Path, table: str, row: str) -> None:
    found = of_cells(tmp_path, table, [row], "OR", EFFECT)
    assert (body_of(found).computed, body_of(found).studies) == (False, None)
    assert "studies" not in [check.id for check in found.checks]


@pytest.mark.parametrize(("table", "row", "effect"), [
    ("antiphospholipid-outcomes", "heparin-aspirin", "live"), ("antiphospholipid-outcomes", "by-heparin", "lmwh"),
    ("intralipid-outcomes", "rct-live-birth", "effect"), ("intralipid-conclusions", "implantation", "effect"),
])  # fmt: skip
def test_a_pooled_row_is_as_printed_and_no_study(tmp_path: Path, table: str, row: str, effect: str) -> None:
    columns = {name: f"{effect}.{name}" for name in EFFECT}
    measure = str(shipped().evidence.cells.get(f"{table}/{row}/{effect}.measure") or measure_said(table, row))
    found = body_of(of_cells(tmp_path, table, [row], measure, columns))
    assert (found.computed, found.studies) == (False, None)


def measure_said(table: str, row: str) -> str | None:
    ids = (f"{table}/{row}", f"{table}/{row}/live", f"{table}/{row}/lmwh")
    known = shipped().estimates.estimates
    return next((known[id_].said.measure for id_ in ids if id_ in known), None)


def test_a_printed_effect_of_one_study_is_not_computed_here(tmp_path: Path) -> None:
    found = body_of(of_cells(tmp_path, "vitamin-d-forest", ["andersen-2015"], "OR", EFFECT))
    assert (found.computed, found.studies, found.estimate) == (False, 1, 3.21)


@pytest.mark.parametrize(("table", "rows", "measure", "columns"), [
    ("vitamin-d-forest", ["andersen-2015", "total"], "OR", EFFECT),
    ("vitamin-d-forest", ["total"], "OR", {**PLOT, **SUMS}),
    ("vitamin-d-forest", ["andersen-2015"], "OR", {**PLOT, **SUMS}),
    ("intralipid-outcomes", ["rct-live-birth", "all-live-birth"], "OR", EFFECT),
])  # fmt: skip
def test_totals_are_never_pooled(
    tmp_path: Path, table: str, rows: Sequence[str], measure: str, columns: dict[str, str]
) -> None:
    with pytest.raises(AppraisalError, match="is no single study"):
        of_cells(tmp_path, table, rows, measure, columns)


def test_every_printed_effect_is_read_or_told(tmp_path: Path) -> None:
    """Of all tables: nothing but our own errors."""
    known = shipped().evidence.cells
    for ref in [ref for ref in known if ref.endswith(".estimate")]:
        table, row, part = ref.removesuffix(".estimate").split("/")
        measure = str(known.get(f"{table}/{row}/{part}.measure", "OR"))
        columns = {name: f"{part}.{name}" for name in EFFECT}
        with suppress(AppraisalError):
            assert body_of(of_cells(tmp_path, table, [row], measure, columns)).computed is False
